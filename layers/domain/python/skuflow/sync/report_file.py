"""The report: one JSON document, laid out so that its rows can also be read a page at a time.

    {"import_id": …, …, "rows": [
    {…},
    {…}
    ]}

One row a line: the position of a page is a byte offset, and reading one costs a ranged read however long the report is.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import msgspec

from skuflow.kernel.errors import Invalid, Problem
from skuflow.sync.bucket import ImportBucket
from skuflow.sync.model import Import, Report, Totals
from skuflow.sync.report_rows import ReportRow

WINDOW = 128 * 1024


def write_rows(
    item: Import, totals: Totals, rows: Iterable[ReportRow], key: str, *, bucket: ImportBucket
) -> tuple[Report, array[int]]:
    """Write the report to `key`; returns where its rows lie, and the lines of the rows that were not taken, ascending."""
    failed = array("Q")
    head = {
        "import_id": item.import_id,
        "file_name": item.file_name,
        "rows_total": item.inspected().rows_total,
        "totals": totals,
    }
    with bucket.writer(key, "application/json") as out:
        out.write(msgspec.json.encode(head)[:-1] + b',"rows":[\n')
        rows_at = rows_end = out.position
        for row in rows:
            out.write((b",\n" if rows_end > rows_at else b"") + msgspec.json.encode(row))
            rows_end = out.position
            if row.severity == "error" and (not failed or failed[-1] != row.line):
                failed.append(row.line)
        out.write(b"\n]}\n")
    return Report(key, rows_at, rows_end, None), failed


def report_page(
    report: Report, offset: int | None, limit: int, *, bucket: ImportBucket
) -> tuple[list[ReportRow], int | None]:
    """At most `limit` rows from byte `offset` (None: the first), and the offset of the next page. Raises NotFound when the
    report has expired."""
    position = report.rows_at if offset is None else max(report.rows_at, offset)
    rows: list[ReportRow] = []
    text = b""
    while len(rows) < limit and position < report.rows_end:
        start = position + len(text)
        end = min(start + WINDOW, report.rows_end)
        text += bucket.read(report.key, start, end) if start < end else b""
        while len(rows) < limit and text:
            line, newline, rest = text.partition(b"\n")
            if not newline and end < report.rows_end:
                break
            rows.append(_row(line))
            position += len(line) + len(newline)
            text = rest
    return rows, position if position < report.rows_end else None


def _row(line: bytes) -> ReportRow:
    try:
        return msgspec.json.decode(line.rstrip(b","), type=ReportRow)
    except msgspec.DecodeError:
        fault = Problem("cursor", "does not point at a row", "take `next_cursor` of the page before")
        raise Invalid("the cursor is not valid", problems=[fault]) from None

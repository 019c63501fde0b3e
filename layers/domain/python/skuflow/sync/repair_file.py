"""The repair file: the rows that were not taken, as they stood in the upload, each with what is wrong with it.

It keeps the upload's columns and delimiter, so that it can be mended in a spreadsheet and uploaded again; the added columns
begin with `skuflow_` and are not read. Cells that a spreadsheet would run as a formula are defused.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from skuflow.sync.bucket import ImportBucket
from skuflow.sync.model import Import
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.reading import rows_at
from skuflow.sync.reading.values.text import neutralise
from skuflow.sync.report_rows import ReportRow

ADDED = ("skuflow_line", "skuflow_column", "skuflow_reason", "skuflow_hint")
_BETWEEN = " | "
_BOM = b"\xef\xbb\xbf"


def write_repair(
    item: Import, plan: ReadingPlan, lines: array[int], rows: Iterable[ReportRow], key: str, *, bucket: ImportBucket
) -> None:
    """Write the rows at `lines` (ascending) with the errors among `rows` (in the same order) to `key`. One pass over the upload;
    one row is held at a time. A row that only comes along, because another cannot stand without it, has nothing said of it.
    Raises UploadRefused if the upload is no longer what was read."""
    kept = [index for index, name in enumerate(plan.header) if not name.startswith("skuflow_")]
    errors = _by_line(rows)
    reported, remarks = next(errors, (0, ()))
    with bucket.writer(key, "text/csv; charset=utf-8") as out:
        out.write(_BOM + _csv([*(plan.header[index] for index in kept), *ADDED], plan.delimiter))
        for line, cells in rows_at(bucket.upload(item), plan, lines):
            while reported < line:
                reported, remarks = next(errors, (line, ()))
            original = [cells[index] if index < len(cells) else "" for index in kept]
            said = _said(remarks if reported == line else ())
            out.write(_csv([*original, str(line), *said], plan.delimiter))


def _by_line(rows: Iterable[ReportRow]) -> Iterator[tuple[int, Sequence[ReportRow]]]:
    errors = (row for row in rows if row.severity == "error")
    return ((line, tuple(group)) for line, group in groupby(errors, key=lambda row: row.line))


def _said(remarks: Sequence[ReportRow]) -> tuple[str, str, str]:
    """Column, reason, hint; of several remarks on one row, all of them."""
    columns = _BETWEEN.join(dict.fromkeys(remark.column for remark in remarks))
    reasons = _BETWEEN.join(dict.fromkeys(remark.reason for remark in remarks))
    return columns, reasons, _BETWEEN.join(dict.fromkeys(remark.hint for remark in remarks))


def _csv(cells: Iterable[str], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerow([neutralise(cell) for cell in cells])
    return text.getvalue().encode()

"""One remark on a row of the file, as reports show it, and the files that remarks wait in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from skuflow.contracts.catalog import RejectedRows
from skuflow.sync.reading.outcome import Chunk, RowReject

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """`error`: the row was not taken. `warning`: it was, without this cell. `column` is the header, "" for the whole row."""

    line: int
    column: str
    value: str
    reason: str
    hint: str
    severity: Severity


def rows_of(chunk: Chunk) -> list[ReportRow]:
    """What the reader has to say about `chunk`, in the order of the file."""
    rows = [_row(reject, "error") for reject in chunk.rejects] + [_row(remark, "warning") for remark in chunk.warnings]
    return sorted(rows, key=in_order)


def rows_from_catalogue(rejected: Iterable[RejectedRows], headers: dict[str, str]) -> list[ReportRow]:
    """What the catalogue has to say, one entry per row; `headers` names the column of each field."""
    return [
        ReportRow(line, headers.get(rows.field, rows.field), rows.value, rows.reason, rows.hint, "error")
        for rows in rejected
        for line in rows.lines
    ]


def in_order(row: ReportRow) -> tuple[int, str, str, str]:
    return row.line, row.severity, row.column, row.reason


def encoded(rows: Iterable[ReportRow]) -> bytes:
    """One JSON object a line."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def decoded(content: bytes) -> Iterator[ReportRow]:
    """The inverse of `encoded`."""
    decoder = msgspec.json.Decoder(ReportRow)
    return (decoder.decode(line) for line in content.splitlines() if line)


def _row(remark: RowReject, severity: Severity) -> ReportRow:
    return ReportRow(remark.line, remark.column, remark.value, remark.reason, remark.hint, severity)

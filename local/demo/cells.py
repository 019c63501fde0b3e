"""Where the cells of a delimited file lie in its text, so that some can be replaced and every other byte stays."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """`text[start:end]` is what the cell holds, without the quotes around it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Record:
    """`line` is the physical line it starts on, counted from 1."""

    line: int
    cells: Sequence[Cell]


def decode(body: bytes, encoding: str) -> tuple[str, str]:
    """The text of `body` and the codec that turns it back into the same bytes. A byte order mark stays in the text."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(codec), codec
    codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding.lower(), encoding)
    return body.decode(codec), codec


def records(text: str, delimiter: str) -> Iterator[Record]:
    """All records of `text`, read as Python's csv module reads them: doubled quotes, quoted line breaks, any line ending."""
    inside = re.escape(delimiter)
    pattern = re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"?)?([^{inside}\r\n]*)({inside}|\r\n|\n|\r|\Z)')
    position, line, end = 0, 1, len(text)
    while position < end:
        start, cells = position, list[Cell]()
        while True:
            found = pattern.match(text, position)
            if found is None:  # pragma: no cover - every alternative may be empty, so there is always a match
                return
            group = 1 if found.start(1) >= 0 and not found[2] else 0
            cells.append(Cell(found.start(1), found.end(1)) if group else Cell(found.start(), found.start(3)))
            position = found.end()
            if found[3] != delimiter:
                break
        yield Record(line, cells)
        line += _line_breaks(text, start, position)


def replaced(text: str, edits: Iterable[tuple[Cell, str]]) -> str:
    """`text` with the content of some cells replaced; `edits` in the order in which the cells lie."""
    pieces: list[str] = []
    position = 0
    for cell, new in edits:
        pieces += (text[position : cell.start], new)
        position = cell.end
    return "".join((*pieces, text[position:]))


def _line_breaks(text: str, start: int, end: int) -> int:
    both = text.count("\r\n", start, end)
    return text.count("\n", start, end) + text.count("\r", start, end) - both

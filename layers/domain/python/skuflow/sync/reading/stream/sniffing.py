"""What kind of file the first bytes are, and how its text is written. Nothing here trusts a file name."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass

from skuflow.sync.reading.formats.headers import comparable
from skuflow.sync.reading.refusal import UploadRefused

HEAD = 64 * 1024
"""How many bytes of a file are looked at."""

DELIMITERS = (",", ";", "\t", "|")
_BOMS = (
    (b"\xff\xfe\x00\x00", ""),
    (b"\x00\x00\xfe\xff", ""),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_COMPRESSED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"(\xb5/\xfd", "zstandard"),
    (b"7z\xbc\xaf'\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
)
_BINARY = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (xls)"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database (SQLite)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_MARKUP = re.compile(r"<(?:!doctype|\?xml|html|head|body|rss|feed|!--|[a-z][\w:]*[ >/])", re.IGNORECASE)
_JSON = re.compile(r"[{\[]\s*(?:[\"{\[}\]]|-?\d)")
_SAVE_AS = "open it in your spreadsheet program and save it as CSV (UTF-8)"


@dataclass(frozen=True, slots=True)
class Writing:
    """`encoding` is "" when only the whole file can tell (UTF-8 without a mark, or cp1252); `bom` is in bytes."""

    encoding: str
    bom: int


def sniff_writing(head: bytes) -> Writing:
    """How the text is encoded. Raises UploadRefused for everything that is not text, saying what it is."""
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        if b"\x00" in head:
            raise UploadRefused("not_text", "the file begins with nothing but zero bytes", "export it again")
        raise UploadRefused("empty", "the file is empty", "export it again and check that it has rows")
    _refuse_known(head)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            if not encoding:
                raise UploadRefused("bad_encoding", "the file is in UTF-32", "save it as UTF-8")
            return Writing(encoding, len(mark))
    if head.count(0) * 20 > len(head):  # fewer are strays: they are dropped like other control characters
        return Writing(_unmarked_utf16(head), 0)
    odd = sum(head.count(code) for code in range(32) if code not in b"\t\n\r\x0b\x0c\x1a\x1b")
    if odd * 20 > len(head):
        raise UploadRefused("not_text", "the file is not text: it is full of control characters", _SAVE_AS)
    return Writing("", 0)


def _refuse_known(head: bytes) -> None:
    if head.startswith(b"PK\x03\x04"):
        if b"xl/" in head or b"[Content_Types].xml" in head:
            raise UploadRefused("compressed", "the file is an Excel workbook (xlsx), not CSV", _SAVE_AS)
        if b"opendocument.spreadsheet" in head:
            raise UploadRefused("compressed", "the file is an OpenDocument spreadsheet (ods), not CSV", _SAVE_AS)
        raise UploadRefused(
            "compressed", "the file is a zip archive", "unpack it and upload the CSV file that is in it"
        )
    for mark, name in _COMPRESSED:
        if head.startswith(mark):
            raise UploadRefused(
                "compressed", f"the file is compressed ({name})", "unpack it and upload the CSV file that is in it"
            )
    for mark, name in _BINARY:
        if head.startswith(mark):
            raise UploadRefused("not_text", f"the file is {name}, not CSV", _SAVE_AS)


def _unmarked_utf16(head: bytes) -> str:
    """UTF-16 without a byte order mark: in Western text nearly every other byte is zero, always on the same side."""
    pairs = len(head) // 2
    even, odd = head[: pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.3 and even < pairs * 0.05:
        return "utf-16-le"
    if even > pairs * 0.3 and odd < pairs * 0.05:
        return "utf-16-be"
    raise UploadRefused("not_text", "the file is binary data, not text", _SAVE_AS)


def head_text(head: bytes, writing: Writing) -> str:
    """The beginning of the file as text, good enough to find the delimiter in. Raises UploadRefused for HTML, XML and JSON."""
    body = head[writing.bom :]
    if writing.encoding:
        text = body.decode(writing.encoding, "replace")
    else:
        try:
            text = body[: body.rfind(b"\n") + 1 or len(body)].decode("utf-8")
        except UnicodeDecodeError:
            text = body.decode("cp1252", "replace")
    start = text.lstrip("\ufeff \t\r\n")
    if _MARKUP.match(start):
        name = "HTML" if re.match(r"<(?:!doctype html|html|head|body)", start, re.IGNORECASE) else "XML"
        raise UploadRefused("not_csv", f"the file is {name}, not CSV", "upload the CSV or TSV export instead")
    if _JSON.match(start):
        raise UploadRefused("not_csv", "the file is JSON, not CSV", "upload the CSV or TSV export instead")
    return text


def sniff_delimiter(text: str, known: Collection[str]) -> str:
    """The delimiter that cuts the first records into the most columns, evenly; names in `known` count extra.

    Raises UploadRefused (not_delimited) if none cuts the first one at all, unless it is a known name.
    """
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        rows = _sample(text, delimiter)
        if not rows:
            continue
        width = len(rows[0])
        recognised = sum(comparable(name) in known for name in rows[0])
        if width < 2 and not recognised:
            continue
        even = sum(len(row) == width for row in rows) / len(rows)
        score = (width + 3 * recognised) * (0.2 + even)
        if score > best_score:
            best, best_score = delimiter, score
    if not best:
        raise UploadRefused(
            "not_delimited",
            "the first line is not a row of column names: no comma, semicolon, tab or bar separates anything in it",
            "upload a CSV or TSV file whose first line names the columns",
        )
    return best


def _sample(text: str, delimiter: str) -> list[list[str]]:
    """The first records, without the last one: it may be cut off."""
    lines = text.splitlines(keepends=True)[:400]
    rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(row)][:60]
    return rows[:-1] if len(rows) > 2 else rows


def terminator_of(text: str) -> str:
    """The line end that the first lines have."""
    counts = {"\r\n": text.count("\r\n")}
    counts["\n"] = text.count("\n") - counts["\r\n"]
    counts["\r"] = text.count("\r") - counts["\r\n"]
    return max(counts, key=lambda end: counts[end])

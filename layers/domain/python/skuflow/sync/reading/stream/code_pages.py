"""Bytes that are not UTF-8: cp1252, something else, or damage? A wrong guess is a catalogue full of wrong letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skuflow.sync.reading.refusal import UploadRefused
from skuflow.sync.reading.source import ByteSource
from skuflow.sync.reading.stream.lines import BadText

_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_FOREIGN_RUN = re.compile(rb"[\x80-\xff]{4}")
_CENTRAL_EUROPEAN = re.compile(rb"[A-Za-z\x80-\xff][\xb3\xb9\xbf][A-Za-z]|[A-Za-z][\xb3\xb9][A-Za-z\x80-\xff]")
_KANA = re.compile(rb"(?:\x82[\x9f-\xf1]|\x83[\x40-\x96]){2}")
_MACINTOSH = re.compile(rb"[a-z][\x8a\x8c\x8e\x9f]")
_REMEDY = "save the file as UTF-8 (in Excel: “CSV UTF-8”) and upload it again"
_MAX_PENDING = 1024 * 1024


def undecodable(encoding: str, fault: BadText) -> UploadRefused:
    return UploadRefused(
        "bad_encoding", f"line {fault.line}: the byte at offset {fault.offset} does not exist in {encoding}", _REMEDY
    )


def require_cp1252(source: ByteSource, fault: BadText) -> None:
    """Raises UploadRefused unless the file, which has at least one byte that is not UTF-8, is Western text in one byte per
    letter. Judged by its non-ASCII words:

    - some are UTF-8: the file is UTF-8 that was damaged or pasted together;
    - many have four such letters in a row: another alphabet, or an Asian encoding;
    - letters stand where cp1252 has ³ ¹ ¿ inside words: a Central European code page;
    - small letters are often followed by Š Œ Ž Ÿ: the Macintosh has ä å é ü there;
    - ‚ and ƒ often come twice, each with a letter: Japanese kana (Shift JIS), whose second byte may be ASCII.
    """
    utf8 = single = runs = central = elsewhere = 0
    for block in _line_blocks(source):
        if block.isascii():
            continue
        elsewhere += len(_KANA.findall(block)) + len(_MACINTOSH.findall(block))
        for word in _WORD.findall(block):
            if _is_utf8(word):
                utf8 += 1
                continue
            single += 1
            runs += _FOREIGN_RUN.search(word) is not None
            central += _CENTRAL_EUROPEAN.search(word) is not None
    if utf8 * 20 > single:
        raise undecodable("UTF-8, which the rest of the file is in", fault)
    if max(runs, elsewhere) * 4 > single or central > 2:
        raise UploadRefused(
            "bad_encoding",
            f"line {fault.line}: the text is neither UTF-8 nor in the Western code page (cp1252)",
            _REMEDY,
        )


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _line_blocks(source: ByteSource) -> Iterator[bytes]:
    """The file in pieces that end between words."""
    pending = b""
    for piece in source.read_from(0):
        data = pending + piece
        cut = max(data.rfind(b"\n"), data.rfind(b"\r"), data.rfind(b",")) + 1
        if not cut and len(data) > _MAX_PENDING:
            cut = len(data)
        yield data[:cut]
        pending = data[cut:]
    yield pending

"""Physical lines out of bytes, in every supported encoding, with the exact byte offset behind each.

A line ends at LF, CRLF or CR, as in a text editor. Control characters other than tab and line ends never mean anything in a
product file and are dropped here, where a whole block can be checked at once.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import NoReturn

from skuflow.sync.reading.source import ByteSource

_BLOCK = 256 * 1024
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
_NO_CONTROLS = dict.fromkeys(_CONTROLS)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WIDE_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_Decode = Callable[[bytes, str, bool], tuple[str, int]]
_WIDE_DECODERS: dict[str, _Decode] = {"utf-16-le": codecs.utf_16_le_decode, "utf-16-be": codecs.utf_16_be_decode}


class TooLong(Exception):
    """The line would carry the record over its limit."""


class BadText(Exception):
    """Bytes that the encoding does not have, at byte `offset`; `line` is filled in by Records."""

    def __init__(self, offset: int, line: int = 0) -> None:
        super().__init__(f"undecodable byte at {offset}")
        self.offset = offset
        self.line = line


class Lines:
    """Iterable of the lines from `offset` on. While it runs, `offset` is the end of the last line given out.

    The reader of records sets `barrier`: a line that ends behind it raises TooLong, with `skip_to` at that line's end.
    `ended` becomes True when a line is asked for and there is none.
    """

    def __init__(self, source: ByteSource, encoding: str, offset: int, max_line_bytes: int) -> None:
        self._source = source
        self._encoding = encoding
        self._max = max_line_bytes
        self.offset = offset
        self.barrier = offset + max_line_bytes
        self.skip_to = offset
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        yield from self._wide() if self._encoding in _WIDE_DECODERS else self._narrow()
        self.ended = True

    def _narrow(self) -> Iterator[str]:
        """One byte per code unit: splitting bytes at CR and LF is safe, and a piece of a character is never cut off."""
        pending, dropped = b"", 0
        for block in _blocks(self._source.read_from(self.offset)):
            data = pending + block if pending else block
            whole = data.splitlines(keepends=True)
            pending = b"" if whole[-1].endswith(b"\n") else whole.pop()
            if whole and dropped:
                self._too_long(dropped + len(whole[0]))
            yield from self._texts(data, whole)
            if len(pending) > self._max:
                dropped += len(pending) - 1
                pending = pending[-1:]
        if dropped:
            self._too_long(dropped + len(pending))
        if pending:
            yield from self._texts(pending, pending.splitlines(keepends=True))

    def _texts(self, data: bytes, lines: list[bytes]) -> Iterator[str]:
        clean = len(data.translate(None, _CONTROLS)) == len(data)
        encoding = "ascii" if data.isascii() else self._encoding
        offset = self.offset
        for raw in lines:
            end = offset + len(raw)
            if end > self.barrier:
                self._too_long(len(raw))
            try:
                text = (raw if clean else raw.translate(None, _CONTROLS)).decode(encoding)
            except UnicodeDecodeError:
                raise BadText(offset + _first_bad(raw, encoding)) from None
            self.offset = offset = end
            yield text

    def _wide(self) -> Iterator[str]:
        """UTF-16: a line end is a whole code unit, so the text is split, and each line's bytes are counted by encoding it."""
        encoding = self._encoding
        pending, dropped = b"", 0
        for block in _blocks(self._source.read_from(self.offset)):
            data = pending + block
            text, used, bad = _decode_wide(encoding, data, final=False, lenient=dropped > 0)
            whole = _WIDE_LINE.findall(text)
            tail = whole.pop() if whole and not whole[-1].endswith("\n") else ""
            pending = tail.encode(encoding, "surrogatepass") + data[used:]
            if whole and dropped:
                self._too_long(dropped + len(whole[0].encode(encoding, "surrogatepass")))
            yield from self._wide_texts(text, whole)
            if bad:
                raise BadText(self.offset + len(pending) - len(data[used:]))
            if len(pending) > self._max:
                kept = 2 + len(pending) % 2
                dropped += len(pending) - kept
                pending = pending[-kept:]
        if dropped:
            self._too_long(dropped + len(pending))
        text, used, bad = _decode_wide(encoding, pending, final=True, lenient=False)
        if bad:
            raise BadText(self.offset + used)
        yield from self._wide_texts(text, _WIDE_LINE.findall(text))

    def _wide_texts(self, block: str, lines: list[str]) -> Iterator[str]:
        clean = _CONTROL.search(block) is None
        for text in lines:
            length = len(text.encode(self._encoding, "surrogatepass"))
            if self.offset + length > self.barrier:
                self._too_long(length)
            self.offset += length
            yield text if clean else text.translate(_NO_CONTROLS)

    def _too_long(self, line_bytes: int) -> NoReturn:
        self.skip_to = self.offset + line_bytes
        raise TooLong


def _decode_wide(encoding: str, data: bytes, *, final: bool, lenient: bool) -> tuple[str, int, bool]:
    """(text, bytes that it took, whether the bytes behind it are not UTF-16)"""
    decode = _WIDE_DECODERS[encoding]
    try:
        return *decode(data, "replace" if lenient else "strict", final), False
    except UnicodeDecodeError as fault:
        return *decode(data[: fault.start], "strict", True), True


def _first_bad(raw: bytes, encoding: str) -> int:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as fault:
        return fault.start
    return 0


def _blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of a steady size, whatever sizes the source gives."""
    pool = bytearray()
    for piece in pieces:
        pool += piece
        while len(pool) >= _BLOCK:
            yield bytes(pool[:_BLOCK])
            del pool[:_BLOCK]
    if pool:
        yield bytes(pool)

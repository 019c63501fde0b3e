"""The result of a bulk operation, as it lies at the address that Shopify gave: read in windows, from any byte on, never whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from skuflow.kernel.errors import PermanentError, Throttled, TransientError
from skuflow.platform.outbound.calls import Call, Outbound, Streamed

WINDOW = 8 * 1024 * 1024
"""Bytes asked for at once: each call ends soon, and one that breaks off costs little."""
ATTEMPTS = 3
"""How often in a row a window may break off before it brought anything."""
DEADLINE_SECONDS = 60.0
_GONE = frozenset({400, 401, 403, 404, 410})
"""What an address that was signed for seven days answers afterwards; 400 is Google Cloud Storage's word for it."""
_PARTIAL, _NOT_THERE = 206, 416
_RANGE = re.compile(r"bytes \d+-\d+/(\d+)", re.ASCII)
_AGAIN = "start another synchronisation"


class ResultGone(PermanentError):
    """The result cannot be had any more, or is not what it was. `remedy` is for people."""

    def __init__(self, code: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.code = code
        self.remedy = remedy


class ResultSource:
    """`outbound` gives the way out, `renewed` another address once the first has expired; it is asked once. `credential` tells
    circuits and rates apart."""

    def __init__(self, outbound: Callable[[], Outbound], url: str, credential: str, renewed: Callable[[], str]) -> None:
        self._outbound = outbound
        self._url = url
        self._credential = credential
        self._renewed: Callable[[], str] | None = renewed

    def size(self) -> int:
        """Length in bytes. Raises ResultGone, and what the way out raises."""
        with self._open(0, 0) as answer:
            return 0 if answer.status == _NOT_THERE else _total(answer)

    def read_from(self, offset: int, size: int) -> Iterator[bytes]:
        """The bytes from `offset` to the end, `size`, in pieces. Raises ResultGone when another file lies there by now,
        TransientError when it breaks off again and again without bringing anything."""
        position, fruitless = offset, 0
        while position < size:
            before = position
            try:
                for piece in self._window(position, size):
                    position += len(piece)
                    yield piece
                if position == before:
                    raise TransientError(f"nothing came at byte {position} of the result")
            except Throttled:
                raise
            except TransientError:
                fruitless = fruitless + 1 if position == before else 0
                if fruitless == ATTEMPTS:
                    raise

    def _window(self, start: int, size: int) -> Iterator[bytes]:
        end = min(start + WINDOW, size)
        with self._open(start, end - 1) as answer:
            if answer.status == _NOT_THERE or _total(answer) != size:
                raise ResultGone("result_changed", "the result is another file than before", _AGAIN)
            missing = 0 if answer.status == _PARTIAL else start
            left = end - start if answer.status == _PARTIAL else size - start
            for piece in answer.chunks:
                if missing >= len(piece):
                    missing -= len(piece)
                    continue
                wanted = piece[missing : missing + left]
                missing, left = 0, left - len(wanted)
                if wanted:
                    yield wanted

    @contextmanager
    def _open(self, start: int, end: int) -> Iterator[Streamed]:
        """The answer that holds the bytes from `start` to `end`, both included; with an address that works."""
        with ExitStack() as open_:
            answer = open_.enter_context(self._outbound().stream(self._call(start, end)))
            if answer.status in _GONE and self._renewed is not None:
                open_.close()
                self._url, self._renewed = self._renewed(), None
                answer = open_.enter_context(self._outbound().stream(self._call(start, end)))
            _check(answer.status, start)
            yield answer

    def _call(self, start: int, end: int) -> Call:
        headers = {"Range": f"bytes={start}-{end}", "Accept-Encoding": "identity"}
        return Call(
            "bulk.download",
            "GET",
            self._url,
            headers=headers,
            credential=self._credential,
            repeatable=True,
            deadline_seconds=DEADLINE_SECONDS,
        )


def _check(status: int, start: int) -> None:
    """An empty file has no first byte either: there, that is no fault."""
    if status in {200, _PARTIAL} or (status == _NOT_THERE and start == 0):
        return
    if status in _GONE:
        raise ResultGone("result_gone", f"the result cannot be had any more ({status})", _AGAIN)
    if status == _NOT_THERE:
        raise ResultGone("result_changed", "the result is shorter than it was", _AGAIN)
    raise TransientError(f"the result does not come ({status})")


def _total(answer: Streamed) -> int:
    """The length of the whole file, in bytes."""
    found = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    if answer.status == _PARTIAL and found:
        return int(found[1])
    length = answer.headers.get("content-length", "")
    if answer.status == _PARTIAL or not length.isdecimal():
        raise ResultGone("result_unsized", "the place where the result lies does not say how long it is", _AGAIN)
    return int(length)

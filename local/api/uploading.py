"""A file on its way into the bucket, by a presigned form, as a browser would send it."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from local.api.calling import is_here
from local.problems import LocalProblem

Sent = Callable[[int], None]
"""Told how many bytes of the file are on their way so far."""

_TIMEOUT = 300
"""Seconds without a byte either way."""


def upload(form: dict[str, Any], name: str, body: BinaryIO, sent: Sent) -> None:
    """Send `body` by the form (`url`, `fields`, `max_bytes`) without holding it in memory. Raises LocalProblem with the store's
    reason, or without asking it when the file is too large: it would hang up in the middle of the upload."""
    import httpx

    size, most = body.seek(0, os.SEEK_END), form.get("max_bytes")
    body.seek(0)
    if most and size > most:
        raise LocalProblem(
            f"{name} holds {size:,} bytes; the limit is {most:,}", "split it, with the header in each part"
        )
    answer = httpx.post(
        form["url"],
        data=form["fields"],
        files={"file": (name, cast(BinaryIO, _Counted(body, sent)), "text/csv")},
        timeout=_TIMEOUT,
        trust_env=not is_here(form["url"]),
    )
    if answer.is_error:
        reason = re.search(r"<Message>(.*?)</Message>", answer.text, re.DOTALL)
        raise LocalProblem(
            f"the upload of {name} was refused ({answer.status_code}): {reason[1] if reason else answer.text[:200]}",
            "a file may hold 200 MB, and the form lives 15 minutes: run again",
        )


class _Counted(io.BufferedIOBase):
    """A file that tells how far it has been read."""

    def __init__(self, body: BinaryIO, sent: Sent) -> None:
        self._body = body
        self._sent = sent

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = self._body.read(-1 if size is None else size)
        self._sent(self._body.tell())
        return chunk

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._body.seek(offset, whence)

    def tell(self) -> int:
        return self._body.tell()

"""Looks at pictures where they are: whether they can be reached, and how large they are. Reads the beginning of a file and no more.

Addresses are written by strangers, so the call goes through the guarded way out: https on public addresses only, each redirect
checked, a deadline, a bound on what is read. Each host has a circuit of its own: one shop's dead server stops nobody else's
pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from urllib.parse import quote, urlsplit

from skuflow.kernel.errors import Invalid, SkuflowError, TransientError
from skuflow.platform.outbound.calls import Call, Outbound, Streamed
from skuflow.quality.model import ImageFact

HEAD_BYTES = 64 * 1024
"""The size stands in the first kilobytes of every common format, but for JPEGs with large previews and profiles before it."""

_LATER = frozenset({401, 403, 408, 425})
"""Statuses that say something of us, not of the picture: shops' servers turn away callers that look like programs."""

_EMPTY = 416
"""What a server says that has no first byte to give."""

_ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/gif,image/svg+xml,*/*;q=0.5"


def look(url: str, outbound: Outbound, now: datetime, *, deadline_seconds: float = 10.0) -> ImageFact | None:
    """What there is at `url`; None if nothing can be said just now (the server fails, is slow, or does not let us in): ask again
    later, and hold it against nobody. Never raises for what a server does."""
    address = _address(url)
    call = Call(
        operation="image.look",
        method="GET",
        url=address,
        headers={"accept": _ACCEPT, "range": f"bytes=0-{HEAD_BYTES - 1}"},
        credential=_host(address),
        repeatable=True,
        deadline_seconds=deadline_seconds,
    )
    try:
        with outbound.stream(call) as answer:
            return _seen(answer, now)
    except Invalid:
        return ImageFact("refused", now)
    except TransientError:
        return None


def _address(url: str) -> str:
    """`url` as a browser would ask for it: characters that an address cannot have are encoded; `//host/…` means https here."""
    plain = quote(url.strip(), safe="%/:?&=#+,;@!$'()*[]~-._")
    return f"https:{plain}" if plain.startswith("//") else plain


def _host(url: str) -> str:
    with suppress(ValueError):
        return (urlsplit(url).hostname or "")[:253]
    return ""


def _seen(answer: Streamed, now: datetime) -> ImageFact | None:
    if answer.status in _LATER or answer.status >= 500 or answer.status == 429:
        return None
    if answer.status >= 300:
        return ImageFact("not_an_image" if answer.status == _EMPTY else "unreachable", now)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    head = _head(answer.chunks)
    width, height = _size(head)
    if width and height:
        return ImageFact("ok", now, width, height)
    return ImageFact("ok" if kind.startswith("image/") and head else "not_an_image", now)


def _head(chunks: Iterator[bytes]) -> bytes:
    """The first HEAD_BYTES, or what came of them: servers need not honour a range, and may break off."""
    read = bytearray()
    with suppress(SkuflowError):
        for chunk in chunks:
            read += chunk[: HEAD_BYTES - len(read)]
            if len(read) >= HEAD_BYTES:
                break
    return bytes(read)


def _size(head: bytes) -> tuple[int, int]:
    """Width and height in pixels; zeros if they cannot be told from `head`. What begins as XML is not read: drawings have no
    pixels, and readers of XML can be made to work for ever."""
    if head.lstrip()[:1] in (b"<", b"", b"\xef"):
        return 0, 0
    import imagesize  # only where pictures are looked at

    try:
        width, height = imagesize.get(BytesIO(head))
    except Exception:  # whatever a stranger's bytes make of the reader, they are no picture
        return 0, 0
    return (int(width), int(height)) if width > 0 and height > 0 else (0, 0)

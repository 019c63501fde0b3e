"""What a change of the quality table tells the others."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from skuflow.kernel.errors import Malformed
from skuflow.platform.event_bus import Announcement, Change, Image
from skuflow.platform.images import NOTHING
from skuflow.quality.announcements.jobs import of_alert, of_chunk, of_job


def translate(change: Change) -> Announcement:
    """The events of `change`. Raises Malformed for an item that is not as this context writes it."""
    if change.new is None:
        return NOTHING
    translator = _TRANSLATORS.get(change.new["sk"]["S"].partition("#")[0])
    if translator is None:
        return NOTHING
    try:
        return translator(change.old, change.new)
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise Malformed(f"not an item of the quality table: {type(error).__name__} {error}") from None


_TRANSLATORS: dict[str, Callable[[Image | None, Image], Announcement]] = {
    "ALERT": of_alert,
    "CHUNK": of_chunk,
    "JOB": of_job,
}
"""By the first part of the sort key."""

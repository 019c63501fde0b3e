"""What a change of the quality table tells the others."""

from __future__ import annotations

from skuflow.platform.event_bus import Announcement, Change
from skuflow.platform.images import Translator, announced
from skuflow.quality.announcements.jobs import of_alert, of_chunk, of_job

_TRANSLATORS: dict[str, Translator] = {
    "ALERT": of_alert,
    "CHUNK": of_chunk,
    "JOB": of_job,
}


def translate(change: Change) -> Announcement:
    """The events of `change`. Raises Malformed for an item that is not as this context writes it."""
    return announced(change, _TRANSLATORS, "quality")

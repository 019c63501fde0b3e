"""What a change of the sync table tells the others."""

from __future__ import annotations

from skuflow.platform.event_bus import Announcement, Change
from skuflow.platform.images import Translator, announced
from skuflow.sync.announcements.imports import of_import, of_intake, of_slice
from skuflow.sync.announcements.shops import of_order, of_privacy_request, of_run, of_shop

_TRANSLATORS: dict[str, Translator] = {
    "SLICE": of_slice,
    "INTAKE": of_intake,
    "IMPORT": of_import,
    "SHOP": of_shop,
    "RUN": of_run,
    "ORDER": of_order,
    "REQUEST": of_privacy_request,
}


def translate(change: Change) -> Announcement:
    """The events of `change`. Raises Malformed for an item that is not as this context writes it."""
    return announced(change, _TRANSLATORS, "sync")

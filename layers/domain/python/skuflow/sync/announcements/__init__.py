"""What a change of the sync table tells the others."""

from __future__ import annotations

import msgspec

from skuflow.kernel.errors import Malformed
from skuflow.platform.event_bus import Announcement, Change, Image
from skuflow.platform.images import NOTHING
from skuflow.sync.announcements.imports import of_import, of_intake, of_slice
from skuflow.sync.announcements.shops import of_order, of_privacy_request, of_run, of_shop


def translate(change: Change) -> Announcement:
    """The events of `change`. Raises Malformed for an item that is not as this context writes it."""
    if change.new is None:
        return NOTHING
    try:
        return _TRANSLATORS.get(change.new["sk"]["S"].partition("#")[0], _silent)(change.old, change.new)
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise Malformed(f"not an item of the sync table: {type(error).__name__} {error}") from None


def _silent(_old: Image | None, _new: Image) -> Announcement:
    return NOTHING


_TRANSLATORS = {
    "SLICE": of_slice,
    "INTAKE": of_intake,
    "IMPORT": of_import,
    "SHOP": of_shop,
    "RUN": of_run,
    "ORDER": of_order,
    "REQUEST": of_privacy_request,
}
"""By the first part of the sort key."""

"""What a change of the billing table tells the others."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from skuflow.billing.announcements.invoices import of_credit_note, of_invoice
from skuflow.billing.announcements.plans import of_plan_version
from skuflow.billing.announcements.reconciliations import of_reconciliation
from skuflow.billing.announcements.runs import of_run
from skuflow.billing.announcements.subscriptions import of_entitled, of_subscription
from skuflow.kernel.errors import Malformed
from skuflow.platform.event_bus import Announcement, Change, Image
from skuflow.platform.images import NOTHING


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
        raise Malformed(f"not an item of the billing table: {type(error).__name__} {error}") from None


_TRANSLATORS: dict[str, Callable[[Image | None, Image], Announcement]] = {
    "RECONCILIATION": of_reconciliation,
    "TERMS": of_plan_version,
    "INVOICE": of_invoice,
    "NOTE": of_credit_note,
    "RUN": of_run,
    "SUBSCRIPTION": of_subscription,
    "ENTITLED": of_entitled,
}
"""By the first part of the sort key."""

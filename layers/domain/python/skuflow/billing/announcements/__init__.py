"""What a change of the billing table tells the others."""

from __future__ import annotations

from skuflow.billing.announcements.invoices import of_credit_note, of_invoice
from skuflow.billing.announcements.plans import of_plan_version
from skuflow.billing.announcements.reconciliations import of_reconciliation
from skuflow.billing.announcements.runs import of_run
from skuflow.billing.announcements.subscriptions import of_entitled, of_subscription
from skuflow.platform.event_bus import Announcement, Change
from skuflow.platform.images import Translator, announced

_TRANSLATORS: dict[str, Translator] = {
    "RECONCILIATION": of_reconciliation,
    "TERMS": of_plan_version,
    "INVOICE": of_invoice,
    "NOTE": of_credit_note,
    "RUN": of_run,
    "SUBSCRIPTION": of_subscription,
    "ENTITLED": of_entitled,
}


def translate(change: Change) -> Announcement:
    """The events of `change`. Raises Malformed for an item that is not as this context writes it."""
    return announced(change, _TRANSLATORS, "billing")

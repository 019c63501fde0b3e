"""What may become of an invoice. Pure.

    draft ──> pending ──> paid
                │ ▲  └──> void, uncollectible
                ▼ │
              failed ───> paid, void, uncollectible

    uncollectible ──> paid, void

A draft has no number yet and gets one within moments; nothing else can happen to it. `failed`: an attempt to collect it failed;
it is still owed. `uncollectible`: given up, but money may come after all. Nothing leads out of `paid` and `void`: what was paid is
taken back by credit notes. A number stays taken for ever, also by an invoice that is void.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from skuflow.billing.invoices.model import Invoice, InvoiceStatus
from skuflow.kernel.errors import Conflict

NEXT: Mapping[InvoiceStatus, frozenset[InvoiceStatus]] = {
    "draft": frozenset({"pending"}),
    "pending": frozenset({"paid", "failed", "void", "uncollectible"}),
    "failed": frozenset({"pending", "paid", "void", "uncollectible"}),
    "uncollectible": frozenset({"paid", "void"}),
    "paid": frozenset(),
    "void": frozenset(),
}
DIGITS = 6
"""That a number in an invoice's name has at least."""


def moved(invoice: Invoice, status: InvoiceStatus, now: datetime, reason: str = "") -> Invoice:
    """`invoice` in `status`. Raises Conflict if the one it is in does not lead there."""
    if status not in NEXT[invoice.status]:
        raise Conflict(f"an invoice that is {invoice.status} cannot become {status}")
    return replace(invoice, status=status, updated_at=now, reason=reason)


def numbered(invoice: Invoice, sequence: int, now: datetime) -> Invoice:
    """The draft `invoice` with its number; paid at once if it asks for nothing."""
    name = f"{invoice.seller.invoice_prefix}{sequence:0{DIGITS}d}"
    pending = replace(moved(invoice, "pending", now), number=name, sequence=sequence)
    return settled_if_covered(pending, now)


def settled_if_covered(invoice: Invoice, now: datetime) -> Invoice:
    """`invoice`, paid if nothing of it is due any more."""
    if invoice.status == "paid" or invoice.amount_due.minor > 0:
        return invoice
    return moved(invoice, "paid", now)


def voided(invoice: Invoice, now: datetime, reason: str) -> Invoice:
    """`invoice` void. The time and usage that it charged for stay billed. Raises Conflict where money has moved."""
    if invoice.amount_paid.minor or invoice.amount_credited.minor:
        raise Conflict("money has moved on this invoice: take it back by a credit note")
    if invoice.amount_given_back.minor:
        raise Conflict("a later invoice gave part of this one back: take back the rest by a credit note")
    return moved(invoice, "void", now, reason)

"""What invoices and credit notes tell the others."""

from __future__ import annotations

from collections.abc import Iterator

from skuflow.billing.invoices.model import CreditNote, Invoice
from skuflow.contracts.billing import (
    SOURCE,
    CreditNoteIssued,
    InvoiceFinalized,
    InvoicePaid,
    InvoiceVoided,
    MoneyAmount,
)
from skuflow.kernel.clock import iso
from skuflow.kernel.money import Money
from skuflow.platform.event_bus import Announcement, Image
from skuflow.platform.images import NOTHING, record, told


def of_invoice(old: Image | None, new: Image) -> Announcement:
    """An invoice that has got its number, is paid or void says so, once each."""
    item = record(Invoice, new)
    before = record(Invoice, old) if old is not None else None
    events = [told(SOURCE, new, payload, (item.invoice_id,), item.updated_at) for payload in _said(before, item)]
    return Announcement(item.invoice_id, tuple(events)) if events else NOTHING


def _said(before: Invoice | None, item: Invoice) -> Iterator[InvoiceFinalized | InvoicePaid | InvoiceVoided]:
    if item.number and (before is None or not before.number):
        yield _finalized(item)
    if before is not None and before.status == item.status:
        return
    if item.status == "paid":
        yield InvoicePaid(
            invoice_id=item.invoice_id,
            number=item.number,
            subscription_id=item.subscription_id,
            subject=item.subject,
            paid_at=iso(item.updated_at),
            total=_amount(item.total),
            amount_paid=_amount(item.amount_paid),
        )
    if item.status == "void":
        yield InvoiceVoided(
            invoice_id=item.invoice_id,
            number=item.number,
            subscription_id=item.subscription_id,
            subject=item.subject,
            voided_at=iso(item.updated_at),
            total=_amount(item.total),
            reason=item.reason,
        )


def _finalized(item: Invoice) -> InvoiceFinalized:
    return InvoiceFinalized(
        invoice_id=item.invoice_id,
        number=item.number,
        seller_id=item.seller.seller_id,
        subscription_id=item.subscription_id,
        subject=item.subject,
        issued_at=iso(item.issued_at),
        due_at=iso(item.due_at),
        period_from=iso(item.period_from),
        period_to=iso(item.period_to),
        total=_amount(item.total),
        tax=_amount(item.tax),
        amount_due=_amount(item.amount_due),
    )


def of_credit_note(old: Image | None, new: Image) -> Announcement:
    """A credit note tells of itself, once: it does not change."""
    if old is not None:
        return NOTHING
    note = record(CreditNote, new)
    payload = CreditNoteIssued(
        note_id=note.note_id,
        number=note.number,
        invoice_id=note.invoice_id,
        invoice_number=note.invoice_number,
        subject=note.subject,
        issued_at=iso(note.issued_at),
        amount=_amount(note.amount),
        refund=_amount(note.refund),
        to_credit=_amount(note.to_credit),
        off_due=_amount(note.off_due),
        reason=note.reason,
    )
    return Announcement(note.invoice_id, (told(SOURCE, new, payload, (note.note_id,), note.issued_at),))


def _amount(money: Money) -> MoneyAmount:
    return MoneyAmount(money.minor, money.currency)

"""Draw a document once and keep it; later readers get what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from skuflow.billing.pdf.document_bucket import DocumentBucket, document_key
from skuflow.kernel.tenancy import ClientId

if TYPE_CHECKING:
    from skuflow.billing.invoices.model import CreditNote, Invoice


@dataclass(frozen=True, slots=True)
class Link:
    """`url` serves the PDF to anybody who has it, until `expires_at`."""

    url: str
    file_name: str
    expires_at: datetime


def keep_invoice(client_id: ClientId, invoice: Invoice, *, bucket: DocumentBucket, now: datetime) -> Link:
    """A link to the PDF of `invoice` as it stands. Two who come first draw the same bytes, so it does not matter whose stay."""
    key = document_key(client_id, invoice.invoice_id, invoice.version)
    if not bucket.holds(key):
        from skuflow.billing.pdf.render import invoice_pdf

        bucket.put(key, invoice_pdf(invoice))
    return _link(bucket, key, invoice.number or f"{invoice.invoice_id}-draft", now)


def keep_credit_note(client_id: ClientId, note: CreditNote, *, bucket: DocumentBucket, now: datetime) -> Link:
    """A link to the PDF of `note`, which never changes."""
    key = document_key(client_id, note.note_id, 0)
    if not bucket.holds(key):
        from skuflow.billing.pdf.render import credit_note_pdf

        bucket.put(key, credit_note_pdf(note))
    return _link(bucket, key, note.number, now)


def _link(bucket: DocumentBucket, key: str, name: str, now: datetime) -> Link:
    file_name = f"{name}.pdf"
    url, expires_at = bucket.link(key, file_name, now)
    return Link(url, file_name, expires_at)

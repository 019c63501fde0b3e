"""Invoices and credit notes as PDF. The drawing library is loaded by the first that is drawn."""

from __future__ import annotations

from skuflow.billing.invoices.model import CreditNote, Invoice
from skuflow.billing.pdf.credit_note_document import credit_note_document
from skuflow.billing.pdf.invoice_document import invoice_document


def invoice_pdf(invoice: Invoice) -> bytes:
    """The same invoice gives the same bytes."""
    from skuflow.billing.pdf.drawing import draw

    return draw(invoice_document(invoice))


def credit_note_pdf(note: CreditNote) -> bytes:
    """The same credit note gives the same bytes."""
    from skuflow.billing.pdf.drawing import draw

    return draw(credit_note_document(note))

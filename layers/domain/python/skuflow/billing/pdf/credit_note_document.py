"""What stands on a credit note."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from skuflow.billing.invoices.model import CreditNote
from skuflow.billing.pdf.document import Document, Row, Total
from skuflow.billing.pdf.parties_shown import (
    Style,
    customer_party,
    paper_of,
    place_of_supply,
    seller_party,
    style_of,
    tax_totals,
)


def credit_note_document(note: CreditNote) -> Document:
    """`note` in its customer's language. Its days are those of the seller's time zone."""
    style = style_of(note.customer, note.currency, note.seller.time_zone)
    words, figures = style.words, style.figures
    seller = seller_party(note.seller, style)
    place = place_of_supply(note.seller, note.customer, style)
    subject = words.credit_for.format(number=note.invoice_number)
    contact = note.seller.email or note.seller.website
    return Document(
        language=note.customer.language[:2],
        paper=paper_of(note.seller),
        title=words.credit_note,
        number=note.number,
        author=note.seller.name,
        seller=seller,
        customer=customer_party(note.customer, style),
        facts=(
            (words.number, note.number),
            (words.issued, figures.day(note.issued_at)),
            (words.for_invoice, note.invoice_number),
            *(((words.place_of_supply, place),) if place else ()),
        ),
        headline=(words.amount_credited, figures.money(note.amount)),
        headline_note=note.reason,
        columns=(words.description, words.quantity, words.unit_price, words.amount),
        rows=(
            Row(subject, note.reason, figures.quantity(Decimal(1)), figures.money(note.net), figures.money(note.net)),
        ),
        totals=tuple(_totals(note, style)),
        page=words.page,
        foreign=words.foreign,
        rewritten=words.rewritten,
        footer=" · ".join((note.seller.name, *seller.numbers)),
        notes=(
            words.currency.format(name=figures.currency_name(), code=note.currency),
            *((note.memo,) if note.memo else ()),
            *((words.contact.format(contact=contact),) if contact else ()),
        ),
    )


def _totals(note: CreditNote, style: Style) -> Iterator[Total]:
    words, figures = style.words, style.figures
    yield Total(words.before_taxes, figures.money(note.net))
    yield from tax_totals(note.taxes, style)
    yield Total(words.amount_credited, figures.money(note.amount), strong=True)
    for label, amount in (
        (words.refunded, note.refund),
        (words.to_credit, note.to_credit),
        (words.off_due, note.off_due),
    ):
        if amount.minor:
            yield Total(label, figures.money(amount))

"""What stands on an invoice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from skuflow.billing.invoices.model import Explained, Invoice, InvoiceLine
from skuflow.billing.pdf.document import Annex, Document, Row, Total
from skuflow.billing.pdf.parties_shown import (
    Style,
    customer_party,
    paper_of,
    place_of_supply,
    relief_notes,
    seller_party,
    style_of,
    tax_totals,
)
from skuflow.billing.pdf.words import Words
from skuflow.billing.phrases import Phrase
from skuflow.kernel.money import Money

MOST_STEPS = 500
"""A charge can have a step for each event, and nobody waits for, or reads, a thousand pages; the invoice as JSON has them all."""


def invoice_document(invoice: Invoice) -> Document:
    """`invoice` in its customer's language, with figures as they are written there and days of the invoice's time zone."""
    style = style_of(invoice.customer, invoice.currency, invoice.time_zone)
    words = style.words
    seller = seller_party(invoice.seller, style)
    number = invoice.number or words.not_numbered
    return Document(
        language=invoice.customer.language[:2],
        paper=paper_of(invoice.seller),
        title=_title(invoice, words),
        number=number,
        author=invoice.seller.name,
        seller=seller,
        customer=customer_party(invoice.customer, style),
        facts=_facts(invoice, style, number),
        headline=_headline(invoice, style),
        headline_note=_headline_note(invoice, style),
        columns=(words.description, words.quantity, words.unit_price, words.amount),
        rows=tuple(_row(line, style) for line in invoice.lines if line.kind != "discount"),
        totals=(*_sums(invoice, style), *_settlement(invoice, style)),
        page=words.page,
        foreign=words.foreign,
        rewritten=words.rewritten,
        footer=" · ".join((invoice.seller.name, *seller.numbers)),
        stamp={"draft": words.draft, "void": words.void}.get(invoice.status, ""),
        notes=_notes(invoice, style, number),
        annexes=tuple(_annexes(invoice, style)),
    )


def _title(invoice: Invoice, words: Words) -> str:
    if invoice.kind == "credit_note":
        return words.credit_note
    return words.tax_invoice if invoice.taxes and "GSTIN" in invoice.seller.registrations else words.invoice


def _facts(invoice: Invoice, style: Style, number: str) -> tuple[tuple[str, str], ...]:
    words, figures = style.words, style.figures
    place = place_of_supply(invoice.seller, invoice.customer, style)
    return (
        (words.number, number),
        (words.issued, figures.day(invoice.issued_at)),
        *(((words.due, figures.day(invoice.due_at)),) if invoice.kind == "invoice" else ()),
        (words.period, figures.span(invoice.period_from, invoice.period_to)),
        *(((words.place_of_supply, place),) if place else ()),
        (words.reference, invoice.subscription_id),
    )


def _headline(invoice: Invoice, style: Style) -> tuple[str, str]:
    if invoice.kind == "credit_note":
        return style.words.amount_credited, style.figures.money(-invoice.total)
    return style.words.amount_due, style.figures.money(invoice.amount_due)


def _headline_note(invoice: Invoice, style: Style) -> str:
    words = style.words
    if invoice.kind == "credit_note":
        return words.kept_as_credit
    if not invoice.number:
        return words.draft
    if invoice.amount_due.minor:
        return words.pay_by.format(date=style.figures.day(invoice.due_at))
    return words.paid_in_full if invoice.amount_paid.minor else words.nothing_due


def _row(line: InvoiceLine, style: Style) -> Row:
    figures = style.figures
    period = figures.span(line.period_from, line.period_to)
    code = style.words.product_code.format(code=line.hsn) if line.hsn else ""
    shown = figures.share if line.kind in {"base", "base_credit"} else figures.quantity
    return Row(
        style.said(line.description),
        " · ".join(part for part in (period, code) if part),
        style.words.metrics_unit.format(quantity=shown(line.quantity), unit=line.unit).strip(),
        "" if line.unit_amount is None else figures.price(line.unit_amount),
        figures.money(line.amount),
    )


def _sums(invoice: Invoice, style: Style) -> Iterator[Total]:
    """From the lines to the total. Taxes that are contained in prices stand below it, or are taken off again where other prices
    come without."""
    words, figures = style.words, style.figures
    zero = Money(0, invoice.currency)
    discounts = [line for line in invoice.lines if line.kind == "discount"]
    charged = sum((line.amount for line in invoice.lines if line.kind != "discount"), start=zero)
    every = sum((tax.amount for tax in invoice.taxes), start=zero)
    all_contained = invoice.contained_tax == every and bool(every.minor)
    yield Total(words.subtotal_with_taxes if invoice.contained_tax.minor else words.subtotal, figures.money(charged))
    for line in discounts:
        yield Total(style.said(line.description), figures.money(line.amount))
    if discounts and not invoice.contained_tax.minor:
        yield Total(words.before_taxes, figures.money(sum((one.amount for one in discounts), start=charged)))
    if not all_contained:
        yield from tax_totals(invoice.taxes, style)
        if invoice.contained_tax.minor:
            yield Total(words.taxes_contained, figures.money(-invoice.contained_tax))
    yield Total(words.total, figures.money(invoice.total), strong=True)
    if all_contained:
        yield from tax_totals(invoice.taxes, style, contained=True)


def _settlement(invoice: Invoice, style: Style) -> Iterator[Total]:
    """From the total to what is due."""
    words, figures = style.words, style.figures
    if invoice.kind == "credit_note":
        return
    for label, amount in ((words.credit_used, invoice.credit_used), (words.credited, invoice.amount_credited)):
        if amount.minor:
            yield Total(label, figures.money(-amount))
    for one in invoice.payments:
        if one.outcome == "succeeded":
            how = " · ".join(part for part in (figures.day(one.received_at), one.method, one.reference) if part)
            yield Total(words.paid, figures.money(-one.amount), how)
    left = invoice.total - invoice.credit_used - invoice.amount_credited - invoice.amount_paid + invoice.amount_refunded
    rest = words.void if invoice.status == "void" else words.to_credit
    for label, amount in ((words.refunded, invoice.amount_refunded), (rest, invoice.amount_due - left)):
        if amount.minor:
            yield Total(label, figures.money(amount))
    yield Total(words.amount_due, figures.money(invoice.amount_due), strong=True)


def _notes(invoice: Invoice, style: Style, number: str) -> tuple[str, ...]:
    words, figures, seller = style.words, style.figures, invoice.seller
    terms = words.terms.format(days=seller.payment_terms_days, date=figures.day(invoice.due_at), number=number)
    contact = seller.email or seller.website
    said = (
        *((terms, seller.payment_instructions) if invoice.amount_due.minor and invoice.number else ()),
        words.currency.format(name=figures.currency_name(), code=invoice.currency),
        *relief_notes(invoice.reliefs, style),
        words.reverse_charge if _title(invoice, words) == words.tax_invoice else "",
        style.remark(invoice.estimate),
        *(style.remark(note) for note in invoice.notes),
        words.contact.format(contact=contact) if contact else "",
    )
    return tuple(note for note in said if note)


def _annexes(invoice: Invoice, style: Style) -> Iterator[Annex]:
    words, figures = style.words, style.figures
    if invoice.usage:
        names = {line.metric: _name_of_usage(line) for line in invoice.lines if line.metric}
        rows = tuple(
            (
                names.get(one.metric, one.metric),
                figures.span(one.period_from, one.period_to),
                str(one.events),
                words.metrics_unit.format(quantity=figures.quantity(one.quantity), unit=one.unit).strip(),
            )
            for one in invoice.usage
        )
        yield Annex(words.usage, (words.metric, words.period, words.events, words.quantity), rows, frozenset({2, 3}))
    steps = tuple(
        (style.said(line.description) if at == 0 else "", *_step(step, style))
        for line in invoice.lines
        if len(line.explanation) > 1
        for at, step in enumerate(line.explanation)
    )
    if steps:
        columns = (words.description, words.step, words.quantity, words.unit_price, words.amount)
        rest = words.more_steps.format(count=figures.quantity(Decimal(len(steps) - MOST_STEPS)))
        shown = (*steps[:MOST_STEPS], ("", rest, "", "", "")) if len(steps) > MOST_STEPS else steps
        yield Annex(words.workings, columns, shown, frozenset({2, 3, 4}))


def _name_of_usage(line: InvoiceLine) -> str:
    """What the plan calls it, if it does."""
    said = line.description
    return said.names.get("charge", line.metric) if isinstance(said, Phrase) else line.metric


def _step(step: Explained, style: Style) -> tuple[str, ...]:
    figures = style.figures
    unit_amount = "" if step.unit_amount is None else figures.price(step.unit_amount)
    return (
        style.said(step.text),
        figures.quantity(step.quantity),
        unit_amount,
        figures.price(step.amount),
    )

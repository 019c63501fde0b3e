"""What a coupon takes off an invoice's lines, as lines of its own. Pure.

A discount is taken off what is charged, before taxes, and spread over the kinds of tax (tax code, whether prices contain taxes) in
proportion to what is charged of each. What is given back of a fee that had been discounted is given back at the discounted
price: the share that the coupon took off the earlier invoice comes off the credit, too. So does what credit notes on that invoice
took back already, or its being void: nobody gets back what was never, or is no longer, paid. The same holds for late usage that
makes what was used before cheaper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from skuflow.billing.invoices.coupons import Redeemed, discount_on, used
from skuflow.billing.invoices.model import Invoice, InvoiceLine
from skuflow.billing.phrases import Phrase, Text
from skuflow.billing.timeline_model import Line
from skuflow.kernel.money import Money

Lines = tuple[InvoiceLine, ...]
_TaxKind = tuple[str, bool]


def gives_back(line: InvoiceLine | Line) -> bool:
    """Whether it takes back what an earlier invoice charged. (A commitment goes down only as charges go up.)"""
    return line.kind == "base_credit" or (line.kind == "late_usage" and line.amount.minor < 0)


def origin_of(line: InvoiceLine | Line, earlier: Iterable[Invoice]) -> tuple[Invoice, InvoiceLine] | None:
    """The invoice, newest first among `earlier`, and its line by which that was charged which `line` gives back; None if it is
    not known."""
    for invoice in earlier:
        for one in invoice.lines:
            if one.plan == line.plan and (_is_use_of(one, line) if line.charge else _is_fee_of(one, line)):
                return invoice, one
    return None


def discounted(
    lines: Lines, held: Redeemed | None, earlier: Sequence[Invoice], period_from: datetime, currency: str
) -> tuple[Lines, Redeemed | None]:
    """`lines` with the discounts on them, and the coupon after its use. `earlier`: invoices of the subscription that `lines` may
    give something back of, newest first. `period_from`: when the period began that is billed."""
    given_back = [extra for one in lines for extra in _off_credit(one, earlier)]
    taken: list[InvoiceLine] = []
    if held is not None:
        charged = [one for one in lines if not gives_back(one)]
        subtotal = sum((one.amount for one in charged), start=Money(0, currency))
        discount = discount_on(held, subtotal, period_from)
        taken = list(_taken(charged, discount, held))
        held = used(held, discount, period_from)
    extra = [replace(one, line_id=str(len(lines) + at)) for at, one in enumerate([*given_back, *taken], start=1)]
    return (*lines, *extra), held


def _taken(charged: Sequence[InvoiceLine], discount: Money, held: Redeemed) -> Iterable[InvoiceLine]:
    """One line per kind of tax; together they are `discount`, negative."""
    if not discount.minor:
        return
    kinds: dict[_TaxKind, list[InvoiceLine]] = {}
    for one in charged:
        kinds.setdefault((one.tax_code, one.tax_inclusive), []).append(one)
    weights = [max(0, sum(one.amount.minor for one in group)) for group in kinds.values()]
    for part, group in zip(discount.allocate(weights), kinds.values(), strict=True):
        if part.minor:
            yield _line(group[0], -part, held.terms.label, held.terms.code, group)


def _off_credit(line: InvoiceLine, earlier: Sequence[Invoice]) -> Iterable[InvoiceLine]:
    """What comes off the credit `line`: the discount of the earlier invoice, then what of that was taken back already."""
    origin = origin_of(line, earlier) if gives_back(line) else None
    if origin is None:
        return
    invoice, charged = origin
    left = line.amount
    discount = _given_back(line, invoice, charged)
    if discount is not None:
        left += discount.amount
        yield discount
    amount = Money(round(-left.minor * _taken_back(invoice)), left.currency)
    if amount.minor:
        said = line.description
        code = "usage_taken_back" if line.charge else "base_taken_back"
        text = Phrase(code, said.names) if isinstance(said, Phrase) else said
        taken_back = _line(line, amount, text, "", [line])
        yield replace(taken_back, kind="base_credit")


def _taken_back(invoice: Invoice) -> Fraction:
    """The share of what `invoice` charged that is not to be given back any more: what its credit notes took, or all that it asked
    for if it is void, as spread over its charges. What of those was set off against credits in it was paid by them."""
    charged = sum(one.amount.minor for one in invoice.lines if _is_charge(one))
    if invoice.total.minor <= 0 or charged <= 0:
        return Fraction(0)
    gone = invoice.total if invoice.status == "void" else invoice.amount_credited
    net = sum(one.amount.minor for one in invoice.lines)
    return min(Fraction(gone.minor, invoice.total.minor) * Fraction(net, charged), Fraction(1))


def _is_charge(line: InvoiceLine) -> bool:
    """Charged, or a discount on that; no credit and nothing that comes off one."""
    return not gives_back(line) and not (line.kind == "discount" and line.amount.minor > 0)


def _given_back(line: InvoiceLine, invoice: Invoice, charged: InvoiceLine) -> InvoiceLine | None:
    """What the discount of the earlier `invoice` takes off the credit `line`; None if there was none."""
    alike = [
        one for one in invoice.lines if (one.tax_code, one.tax_inclusive) == (charged.tax_code, charged.tax_inclusive)
    ]
    off = [one for one in alike if one.kind == "discount" and one.amount.minor < 0]
    whole = sum(one.amount.minor for one in alike if one.kind != "discount" and not gives_back(one))
    if not off or whole <= 0:
        return None
    share = Fraction(-sum(one.amount.minor for one in off), whole)
    amount = Money(round(-line.amount.minor * share), line.amount.currency)
    text = Phrase("discount_given_back", {"coupon": off[0].coupon})
    return _line(line, amount, text, off[0].coupon, [line]) if amount.minor else None


def _line(like: InvoiceLine, amount: Money, text: Text, coupon: str, group: Sequence[InvoiceLine]) -> InvoiceLine:
    return InvoiceLine(
        line_id="",
        kind="discount",
        description=text,
        quantity=Decimal(1),
        unit_amount=amount.to_decimal(),
        amount=amount,
        period_from=min(one.period_from for one in group),
        period_to=max(one.period_to for one in group),
        plan=like.plan,
        charge=like.charge if gives_back(like) else "",
        coupon=coupon,
        tax_code=like.tax_code,
        tax_inclusive=like.tax_inclusive,
    )


def _is_fee_of(charged: InvoiceLine, given_back: InvoiceLine | Line) -> bool:
    within = charged.period_from <= given_back.period_from and given_back.period_to <= charged.period_to
    return charged.kind == "base" and within


def _is_use_of(charged: InvoiceLine, given_back: InvoiceLine | Line) -> bool:
    """Windows of one plan that meet are the same one: it may have been cut since, by a change that was backdated."""
    meets = charged.period_from < given_back.period_to and given_back.period_from < charged.period_to
    return charged.kind == "usage" and charged.charge == given_back.charge and meets

"""From what the billing engine says is due to an invoice: discounts, then taxes, then the customer's credit. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import add

from skuflow.billing.invoices.coupons import Redeemed
from skuflow.billing.invoices.discounting import Lines, discounted
from skuflow.billing.invoices.giving_back import lessened, within_what_is_left
from skuflow.billing.invoices.model import (
    CustomerSnapshot,
    Explained,
    Invoice,
    InvoiceLine,
    SellerSnapshot,
    UsageFigure,
    invoice_id_of,
)
from skuflow.billing.invoices.taxing import Taxed, taxed
from skuflow.billing.parties import Customer, Seller
from skuflow.billing.plans import Plan
from skuflow.billing.subscriptions import Subscription
from skuflow.billing.timeline_model import Line
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money

ROUNDING = "Each line is rounded once, half to even. Each tax is rounded once per invoice, half up."
KEPT_AS_CREDIT = (
    "The amount is set off against what is due of earlier invoices; the rest is credit that the next ones use up."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What an invoice is made of. `lines`: of the engine, at least one. `plans` by key. `held`: the subscription's coupon.
    `earlier`: its invoices that `lines` may give something back of, newest first. `period_from`: when the period began that is
    billed."""

    subscription: Subscription
    seller: Seller
    customer: Customer
    plans: Mapping[str, Plan]
    lines: Sequence[Line]
    usage: tuple[UsageFigure, ...]
    held: Redeemed | None
    earlier: Sequence[Invoice]
    period_from: datetime
    issued_at: datetime
    cause: Cause
    run_id: str = ""
    batch: int = -1


@dataclass(frozen=True, slots=True)
class Drafted:
    """An invoice without number, the coupon after its use, what the customer has in credit afterwards (minor units), the earlier
    invoices of which something is given back, as they are then."""

    invoice: Invoice
    held: Redeemed | None
    credit: int
    lessened: tuple[Invoice, ...] = ()


def drafted(basis: Basis) -> Drafted:
    """The invoice for `basis`. Raises Invalid where no tax can be found for the customer's address."""
    currency = basis.subscription.currency
    charged = tuple(_line(number, one, basis.plans[one.plan]) for number, one in enumerate(basis.lines, start=1))
    lines, held = discounted(charged, basis.held, basis.earlier, basis.period_from, currency)
    lines = within_what_is_left(lines, basis.earlier)
    taxes = taxed(lines, basis.seller, basis.customer, basis.issued_at, basis.earlier)
    invoice = _totalled(basis, lines, taxes)
    gained = max(-invoice.total, invoice.zero)
    earlier, left = lessened(lines, basis.earlier, gained, basis.issued_at, basis.cause)
    credit = _credit(basis, invoice.currency) - invoice.credit_used.minor + left.minor
    return Drafted(invoice, held, credit, earlier)


def _credit(basis: Basis, currency: str) -> int:
    return basis.customer.credit_minor.get(currency, 0)


def _totalled(basis: Basis, lines: Lines, taxes: Taxed) -> Invoice:
    item, currency = basis.subscription, lines[0].amount.currency
    discount = _sum([one.amount for one in lines if one.kind == "discount"], currency)
    tax = _sum([one.amount for one in taxes.taxes], currency)
    subtotal = _sum([one.amount for one in lines], currency) - discount
    total = subtotal + discount + tax - taxes.contained
    use = max(0, min(_credit(basis, currency), total.minor))
    return Invoice(
        invoice_id=invoice_id_of(item.subscription_id, item.cycle),
        subscription_id=item.subscription_id,
        cycle=item.cycle,
        subject=item.subject,
        status="draft",
        currency=currency,
        seller=seller_snapshot(basis.seller),
        customer=customer_snapshot(basis.customer),
        plan=item.plan.key,
        time_zone=item.time_zone,
        period_from=min(one.period_from for one in lines),
        period_to=max(one.period_to for one in lines),
        issued_at=basis.issued_at,
        due_at=basis.issued_at + timedelta(days=basis.seller.payment_terms_days),
        lines=lines,
        taxes=taxes.taxes,
        subtotal=subtotal,
        discount=discount,
        tax=tax,
        contained_tax=taxes.contained,
        total=total,
        credit_used=Money(use, currency),
        cause=basis.cause,
        updated_at=basis.issued_at,
        reliefs=taxes.reliefs,
        estimate=taxes.estimate,
        usage=basis.usage,
        run_id=basis.run_id,
        batch=basis.batch,
        notes=(ROUNDING, *([KEPT_AS_CREDIT] if total.minor < 0 else [])),
    )


def seller_snapshot(seller: Seller) -> SellerSnapshot:
    return SellerSnapshot(
        seller_id=seller.seller_id,
        name=seller.name,
        address=seller.address,
        invoice_prefix=seller.invoice_prefix,
        registrations=dict(seller.registrations),
        email=seller.email,
        website=seller.website,
        time_zone=seller.time_zone,
        payment_terms_days=seller.payment_terms_days,
        payment_instructions=seller.payment_instructions,
    )


def customer_snapshot(customer: Customer) -> CustomerSnapshot:
    return CustomerSnapshot(
        subject=customer.subject,
        name=customer.name,
        address=customer.address,
        email=customer.email,
        language=customer.language,
        tax_number=customer.tax_number,
    )


def _line(number: int, line: Line, plan: Plan) -> InvoiceLine:
    return InvoiceLine(
        line_id=str(number),
        kind=line.kind,
        description=line.description,
        quantity=line.quantity,
        unit_amount=line.unit_amount,
        amount=line.amount,
        period_from=line.period_from,
        period_to=line.period_to,
        plan=line.plan,
        metric=line.metric,
        charge=line.charge,
        tax_code=plan.offer.tax_code,
        hsn=plan.offer.hsn,
        tax_inclusive=plan.offer.tax_inclusive,
        explanation=tuple(Explained(one.text, one.quantity, one.unit_amount, one.amount) for one in line.explanation),
    )


def _sum(amounts: Sequence[Money], currency: str) -> Money:
    return reduce(add, amounts, Money(0, currency))

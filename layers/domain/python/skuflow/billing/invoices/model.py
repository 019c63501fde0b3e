"""An invoice, and what corrects it. Records only; who may do what to them stands in `statuses`, `payments` and `credit_notes`.

    total      = Σ lines (discounts are lines of their own, negative) + Σ taxes that are not contained in prices
    amount_due = total - credit used - credit notes - payments, never below zero
    credit notes + what later invoices gave back <= total

Each line is rounded once, half to even, to the currency's minor unit. Each tax is computed on the lines' sum after discount and
rounded once per invoice, half up, as the tax authorities have it. An invoice says so in `notes`.

An invoice whose total is negative takes back more than it charges: a credit note in all but the word (`kind`). It is numbered like
the others, becomes the customer's credit, and is `paid` from its number on. So is one whose total is zero. Where nothing at all is
to be billed, there are no lines and no invoice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from skuflow.billing.parties import Address
from skuflow.billing.phrases import Text
from skuflow.billing.tax.model import Relief, TaxLine
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money

InvoiceStatus = Literal["draft", "pending", "paid", "failed", "void", "uncollectible"]
STATUSES: tuple[InvoiceStatus, ...] = ("draft", "pending", "paid", "failed", "void", "uncollectible")

LineKind = Literal["base", "base_credit", "usage", "late_usage", "commitment", "discount"]
"""As the billing engine has them, and `discount`: what a coupon takes off, per tax code."""

DocumentKind = Literal["invoice", "credit_note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerSnapshot:
    """The seller as it was when the invoice was made. `registrations`: tax regime -> number."""

    seller_id: str
    name: str
    address: Address
    invoice_prefix: str
    registrations: Mapping[str, str] = field(default_factory=dict)
    email: str = ""
    website: str = ""
    time_zone: str = "UTC"
    payment_terms_days: int = 30
    payment_instructions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSnapshot:
    """The customer as it was when the invoice was made."""

    subject: str
    name: str
    address: Address
    email: str = ""
    language: str = "en"
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """One step of how a line's amount came about. `amount` is exact, in major units; `unit_amount` None: a flat amount."""

    text: Text
    quantity: Decimal
    unit_amount: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """`amount` is rounded half to even. `unit_amount` is in major units, up to 12 decimals; None where no single price explains
    the amount, which `explanation` then does. `plan` is `code@version`; `metric` and `charge` are empty unless usage is charged.
    `tax_inclusive`: the taxes are contained in `amount`. `coupon`: which one a discount comes from. `hsn`: India's HSN or SAC
    code."""

    line_id: str
    kind: LineKind
    description: Text
    quantity: Decimal
    unit_amount: Decimal | None
    amount: Money
    period_from: datetime
    period_to: datetime
    plan: str
    unit: str = ""
    metric: str = ""
    charge: str = ""
    coupon: str = ""
    tax_code: str = "general"
    hsn: str = ""
    tax_inclusive: bool = False
    explanation: tuple[Explained, ...] = ()


@dataclass(frozen=True, slots=True)
class UsageFigure:
    """What was measured: `quantity` of `metric` from `period_from` up to `period_to`, in `events` events, charged or not."""

    metric: str
    unit: str
    quantity: Decimal
    events: int
    period_from: datetime
    period_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An attempt to pay. `payment_id` comes from whoever reports it, and stands for it once and for ever. `failed` ones moved no
    money; `reason` says why. `method`: card, transfer, cash, … as the collector calls it."""

    payment_id: str
    amount: Money
    outcome: Literal["succeeded", "failed"]
    received_at: datetime
    recorded_at: datetime
    method: str = ""
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """`number` is empty while the invoice is a draft; `sequence` is its place in the seller's gapless numbering, from 1.

    `cycle` counts the times that its subscription was billed, from 0; subscription and cycle make up the id. `lines` and `taxes`
    never change. `subtotal` is the sum of the lines before discounts, `discount` the sum of the discounts (negative), `tax` the sum
    of `taxes`, of which `contained_tax` is contained in the lines' prices. `credit_used`: taken from the customer's credit when
    the invoice was made, and from what later invoices gave back of it. `credited`: sum of its credit notes, of which `refunded`
    went back as money. `given_back`: what later invoices of the subscription gave back of it, taxes included. `estimate`: why the
    taxes are not to be relied on. `run_id` and `batch` say which piece of work made it. `version` counts writes.
    """

    invoice_id: str
    subscription_id: str
    cycle: int
    subject: str
    status: InvoiceStatus
    currency: str
    seller: SellerSnapshot
    customer: CustomerSnapshot
    plan: str
    time_zone: str
    period_from: datetime
    period_to: datetime
    issued_at: datetime
    due_at: datetime
    lines: tuple[InvoiceLine, ...]
    taxes: tuple[TaxLine, ...]
    subtotal: Money
    discount: Money
    tax: Money
    total: Money
    credit_used: Money
    cause: Cause
    updated_at: datetime
    contained_tax: Money
    reliefs: tuple[Relief, ...] = ()
    estimate: str = ""
    usage: tuple[UsageFigure, ...] = ()
    payments: tuple[Payment, ...] = ()
    credited: Money | None = None
    refunded: Money | None = None
    given_back: Money | None = None
    number: str = ""
    sequence: int = 0
    run_id: str = ""
    batch: int = -1
    reason: str = ""
    notes: tuple[str, ...] = ()
    version: int = 0

    @property
    def kind(self) -> DocumentKind:
        """What it is called: a negative total is no invoice."""
        return "credit_note" if self.total.minor < 0 else "invoice"

    @property
    def zero(self) -> Money:
        return Money(0, self.currency)

    @property
    def amount_paid(self) -> Money:
        """Sum of the payments that succeeded; refunds are not taken off."""
        return sum((one.amount for one in self.payments if one.outcome == "succeeded"), start=self.zero)

    @property
    def amount_credited(self) -> Money:
        """Sum of the credit notes on this invoice."""
        return self.credited or self.zero

    @property
    def amount_refunded(self) -> Money:
        """What of the payments went back."""
        return self.refunded or self.zero

    @property
    def amount_given_back(self) -> Money:
        """What later invoices gave back of it."""
        return self.given_back or self.zero

    @property
    def amount_left(self) -> Money:
        """What of the total was neither credited nor given back: all that can still be taken back."""
        return max(self.total - self.amount_credited - self.amount_given_back, self.zero)

    @property
    def amount_due(self) -> Money:
        """What is still to be paid; nothing of an invoice that is void."""
        if self.status == "void":
            return self.zero
        open_amount = self.total - self.credit_used - self.amount_credited - self.amount_paid
        return max(open_amount, self.zero)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote:
    """Takes back (part of) one invoice. `amount` includes taxes and is positive; it is `net` and the sum of `taxes`, split as the
    invoice was. `number` and `sequence` are of the seller's credit notes, gapless too. `reference` is the caller's name for it.

    `refund` goes back to the payer, `to_credit` to the customer's credit, `off_due` lowered what was still to be paid; together
    they are `amount`. `destination` is what was asked for.
    """

    note_id: str
    reference: str
    invoice_id: str
    invoice_number: str
    subject: str
    number: str
    sequence: int
    reason: str
    currency: str
    amount: Money
    net: Money
    taxes: tuple[TaxLine, ...]
    refund: Money
    to_credit: Money
    off_due: Money
    destination: Literal["refund", "credit"]
    seller: SellerSnapshot
    customer: CustomerSnapshot
    issued_at: datetime
    cause: Cause
    memo: str = ""


def invoice_id_of(subscription_id: str, cycle: int) -> str:
    """The id of the invoice of that cycle of a subscription: there cannot be two of them."""
    return f"inv_{subscription_id.removeprefix('sub_')}_{cycle}"

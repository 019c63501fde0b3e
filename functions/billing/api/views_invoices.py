"""What is answered about invoices, credit notes, coupons and billing runs. For the OpenAPI document and the tests; never loaded at
run time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from functions.billing.api.views_parties import AddressView

Decimals = str
"""A decimal number; amounts in major units."""


class Amount(BaseModel):
    """`amount_minor` counts the currency's smallest unit."""

    amount_minor: int
    currency: str


class InvoiceSummary(BaseModel):
    """An invoice in a list."""

    invoice_id: str
    number: str | None = Field(description="Gapless per seller; null for the moments until it is given.")
    kind: Literal["invoice", "credit_note"] = Field(
        description="credit_note: the total is negative and became the customer's credit."
    )
    status: Literal["draft", "pending", "paid", "failed", "void", "uncollectible"]
    subscription_id: str
    subject: str
    seller_id: str
    customer_name: str
    plan: str = Field(description="Code and version, `code@version`.")
    period_from: datetime
    period_to: datetime
    issued_at: datetime
    due_at: datetime
    total: Amount
    amount_due: Amount = Field(description="What is still to be paid.")
    updated_at: datetime


class InvoicePage(BaseModel):
    """With a filter a page may be short, even empty, and lead on."""

    items: list[InvoiceSummary]
    next_cursor: str | None


class SellerOnInvoice(BaseModel):
    """The seller as it was then."""

    seller_id: str
    name: str
    address: AddressView
    invoice_prefix: str
    registrations: dict[str, str]
    email: str
    website: str
    time_zone: str
    payment_terms_days: int
    payment_instructions: str


class CustomerOnInvoice(BaseModel):
    """The customer as it was then."""

    subject: str
    name: str
    address: AddressView
    email: str
    language: str
    tax_number: str


class StepView(BaseModel):
    """One step of how an amount came about; exact, the line's amount is rounded."""

    text: str
    quantity: Decimals
    unit_amount: Decimals | None
    amount: Decimals


class InvoiceLineView(BaseModel):
    line_id: str
    kind: Literal["base", "base_credit", "usage", "late_usage", "commitment", "discount"]
    description: str = Field(description="In the customer's language, as all texts of an invoice.")
    quantity: Decimals
    unit: str
    unit_amount: Decimals | None = Field(
        description="Up to 12 decimals; null where no single price explains the amount."
    )
    amount: Amount = Field(description="Rounded once, half to even.")
    period_from: datetime
    period_to: datetime
    plan: str
    metric: str
    charge: str
    coupon: str
    tax_code: str
    hsn: str = Field(description="India's HSN or SAC code; empty unless the plan has one.")
    tax_inclusive: bool
    explanation: list[StepView]


class TaxLineView(BaseModel):
    """One tax, rounded once per invoice, half up."""

    tax: str
    name: str
    jurisdiction: str
    rate: Decimals = Field(description="Percent.")
    base: Amount
    amount: Amount
    registration: str = Field(description="The seller's number.")


class ReliefView(BaseModel):
    """Why a tax was not, or not fully, charged."""

    why: str
    regime: str
    jurisdiction: str
    certificate: str


class UsageFigureView(BaseModel):
    metric: str
    unit: str
    quantity: Decimals
    events: int
    period_from: datetime
    period_to: datetime


class PaymentView(BaseModel):
    payment_id: str
    amount: Amount
    outcome: Literal["succeeded", "failed"]
    received_at: datetime
    method: str
    reference: str
    reason: str


class InvoiceView(InvoiceSummary):
    """`total` is the sum of the lines and of the taxes that are not contained in prices."""

    seller: SellerOnInvoice
    customer: CustomerOnInvoice
    time_zone: str
    lines: list[InvoiceLineView]
    subtotal: Amount = Field(description="The lines without discounts.")
    discount: Amount = Field(description="The discounts; negative.")
    taxes: list[TaxLineView]
    tax: Amount
    contained_tax: Amount = Field(description="How much of `tax` is contained in the lines' prices.")
    reliefs: list[ReliefView]
    estimate: str = Field(description="Why the taxes are not to be relied on; empty if they are.")
    credit_used: Amount = Field(description="Taken from the customer's credit, or from what later invoices gave back.")
    amount_paid: Amount
    amount_credited: Amount = Field(description="By credit notes.")
    amount_refunded: Amount
    amount_given_back: Amount = Field(
        description="By later invoices of the subscription; credit notes take back the rest at most."
    )
    usage: list[UsageFigureView]
    payments: list[PaymentView]
    run_id: str | None
    reason: str = Field(description="Why it failed, is void or uncollectible.")
    notes: list[str]


class CreditNoteView(BaseModel):
    """`amount` is `refund`, `to_credit` and `off_due` together."""

    credit_note_id: str
    number: str
    reference: str
    invoice_id: str
    invoice_number: str
    subject: str
    reason: str
    memo: str
    amount: Amount
    net: Amount
    taxes: list[TaxLineView]
    refund: Amount = Field(description="Goes back to the payer.")
    to_credit: Amount = Field(description="Becomes the customer's credit.")
    off_due: Amount = Field(description="Lowered what was still to be paid.")
    issued_at: datetime


class CreditNotePage(BaseModel):
    items: list[CreditNoteView]
    next_cursor: str | None


class CreditNotesOfInvoice(BaseModel):
    items: list[CreditNoteView]


class CouponView(BaseModel):
    """Takes off `percent` or `amount`."""

    code: str
    name: str
    percent: Decimals | None
    amount: Amount | None
    duration: Literal["once", "periods", "forever"]
    periods: int | None
    redeem_by: datetime | None
    max_redemptions: int | None
    redemptions: int
    created_at: datetime
    archived_at: datetime | None = Field(description="Since when nobody can redeem it.")


class CouponPage(BaseModel):
    items: list[CouponView]
    next_cursor: str | None


class FailureView(BaseModel):
    subscription_id: str
    code: str = Field(description="Stable; made for programs.")
    detail: str


class ExplainedView(BaseModel):
    """What a run would make of a subscription."""

    subscription_id: str
    invoice: InvoiceView | None
    reason: str = Field(description="Why there would be no invoice.")


class PreviewView(BaseModel):
    items: list[ExplainedView]
    totals: list[Amount] = Field(description="Of the invoices of this page, by currency.")
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page of subscriptions.")


class BillingRunView(BaseModel):
    """A run, or what one would do (`kind` dry)."""

    run_id: str | None = Field(description="Null for a dry run, which leaves nothing behind.")
    kind: Literal["scheduled", "requested", "dry"]
    status: Literal["planning", "billing", "completed"]
    as_of: datetime
    created_at: datetime | None
    updated_at: datetime | None
    completed_at: datetime | None
    subscriptions: int
    progress: float = Field(ge=0, le=1, description="Share of the subscriptions that are worked off.")
    invoices: int
    without_invoice: int = Field(description="Subscriptions with nothing to bill, or billed by another run meanwhile.")
    failed: int = Field(description="Subscriptions that could not be billed; they stay due.")
    failures: list[FailureView] = Field(description="The first 100 of them.")
    preview: PreviewView | None


class BillingRunPage(BaseModel):
    items: list[BillingRunView]
    next_cursor: str | None

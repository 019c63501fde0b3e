"""What billing tells the others. Money is {"amount_minor": int, "currency": code}; instants are ISO 8601, UTC."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "skuflow.billing"


@dataclass(frozen=True, slots=True)
class PlanPublished:
    """Version `version` of the plan `code` can be subscribed to; versions never change. `base_fee`: decimal string, major units."""

    code: str
    version: int
    product: str
    name: str
    currency: str
    interval: str
    base_fee: str
    entitlements: dict[str, int | bool]


@dataclass(frozen=True, slots=True)
class SubscriptionStarted:
    """`subject` (`client`: the client itself) has `product` on this plan since `started_at`. `status`: trialing or active.
    `replaces`: the subscription that it follows, "" if there was none."""

    subscription_id: str
    subject: str
    product: str
    plan_code: str
    plan_version: int
    status: str
    started_at: str
    replaces: str


@dataclass(frozen=True, slots=True)
class SubscriptionChanged:
    """What `change` says has happened, and counts from `effective_at` on: changed, change_scheduled, change_withdrawn, trial_ended,
    paused, resumed, cancellation_scheduled, reactivated. The plan is the one in force, or chosen; `plan_before_…` the one that it
    follows ("" and 0: it is the same). `status`: as it is now."""

    subscription_id: str
    subject: str
    product: str
    change: str
    effective_at: str
    plan_code: str
    plan_version: int
    plan_before_code: str
    plan_before_version: int
    status: str


@dataclass(frozen=True, slots=True)
class SubscriptionEnded:
    """It is over since `ended_at`. `replaced_by`: the subscription that follows, "" if it was cancelled."""

    subscription_id: str
    subject: str
    product: str
    plan_code: str
    plan_version: int
    ended_at: str
    replaced_by: str


@dataclass(frozen=True, slots=True)
class EntitlementStep:
    """From `start` on, until the next step, `status` holds (trialing, active, paused, cancelled) and this is entitled."""

    start: str
    status: str
    plan_code: str
    plan_version: int
    entitlements: dict[str, int | bool]


@dataclass(frozen=True, slots=True)
class EntitlementsChanged:
    """What `subject` is entitled to of `product`, at present and at the dates that are known already: whoever keeps all `steps`, in
    order of time, is right at every moment until the next such event. Paused or cancelled: empty. `version`: of the subscription,
    the greater one is the newer."""

    subject: str
    product: str
    subscription_id: str
    version: int
    steps: tuple[EntitlementStep, ...]


@dataclass(frozen=True, slots=True)
class UsageDrift:
    """A figure that differs. `subject` "" is the daily record of jobs, whose `name` is a source type; else `name` is a metric.
    `figure` is `events`, `value`, `markers` (an event that lacks its own would count again if it came again), or a field of the
    daily record. `raw`: what the events add up to, `counted`: what the counter says; decimal strings."""

    subject: str
    name: str
    figure: str
    raw: str
    counted: str


@dataclass(frozen=True, slots=True)
class UsageDrifted:
    """On `day` (UTC, YYYY-MM-DD), counters say something else than the events they were made of. `drifts` are at most 50 of the
    `drift_count` figures that differ; `counters` counters were compared with `events` events at `checked_at`. Told once for the
    same drift, and again when it changes."""

    day: str
    checked_at: str
    counters: int
    events: int
    drift_count: int
    drifts: tuple[UsageDrift, ...]


@dataclass(frozen=True, slots=True)
class MoneyAmount:
    """In the currency's smallest unit."""

    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class BillingRunProgressed:
    """The run has worked off `batches_done` of its `batches`; told about a hundred times a run, the greater figure is the newer.
    `invoices` are written so far, `failed` subscriptions could not be billed."""

    run_id: str
    subscriptions: int
    batches: int
    batches_done: int
    invoices: int
    without_invoice: int
    failed: int


@dataclass(frozen=True, slots=True)
class BillingRunCompleted:
    """The run is over. `failed` subscriptions stay due; `without_invoice` had nothing to bill, or another run billed them."""

    run_id: str
    kind: str
    as_of: str
    completed_at: str
    subscriptions: int
    invoices: int
    without_invoice: int
    failed: int


@dataclass(frozen=True, slots=True)
class InvoiceFinalized:
    """The invoice has its number and will not change any more. A negative `total` became the customer's credit. Who collects asks
    for `amount_due`, with the invoice's id as idempotency key."""

    invoice_id: str
    number: str
    seller_id: str
    subscription_id: str
    subject: str
    issued_at: str
    due_at: str
    period_from: str
    period_to: str
    total: MoneyAmount
    tax: MoneyAmount
    amount_due: MoneyAmount


@dataclass(frozen=True, slots=True)
class InvoicePaid:
    """Nothing is due of the invoice any more: by payments, credit, credit notes, or because it asked for nothing."""

    invoice_id: str
    number: str
    subscription_id: str
    subject: str
    paid_at: str
    total: MoneyAmount
    amount_paid: MoneyAmount


@dataclass(frozen=True, slots=True)
class InvoiceVoided:
    """The invoice counts no more; its number stays taken."""

    invoice_id: str
    number: str
    subscription_id: str
    subject: str
    voided_at: str
    total: MoneyAmount
    reason: str


@dataclass(frozen=True, slots=True)
class CreditNoteIssued:
    """`amount` of the invoice is taken back: `refund` goes back to the payer, `to_credit` to the customer's credit, `off_due`
    lowered what was still to be paid."""

    note_id: str
    number: str
    invoice_id: str
    invoice_number: str
    subject: str
    issued_at: str
    amount: MoneyAmount
    refund: MoneyAmount
    to_credit: MoneyAmount
    off_due: MoneyAmount
    reason: str


EVENTS: dict[tuple[str, int], type] = {
    ("PlanPublished", 1): PlanPublished,
    ("SubscriptionStarted", 1): SubscriptionStarted,
    ("SubscriptionChanged", 1): SubscriptionChanged,
    ("SubscriptionEnded", 1): SubscriptionEnded,
    ("EntitlementsChanged", 1): EntitlementsChanged,
    ("UsageDrifted", 1): UsageDrifted,
    ("BillingRunProgressed", 1): BillingRunProgressed,
    ("BillingRunCompleted", 1): BillingRunCompleted,
    ("InvoiceFinalized", 1): InvoiceFinalized,
    ("InvoicePaid", 1): InvoicePaid,
    ("InvoiceVoided", 1): InvoiceVoided,
    ("CreditNoteIssued", 1): CreditNoteIssued,
}
"""Every event of this context by name and schema version; `events/billing` is made from it."""

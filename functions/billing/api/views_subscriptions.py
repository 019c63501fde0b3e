"""What is answered about subscriptions. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from functions.billing.api.views_invoices import InvoiceView
from skuflow.billing.subscriptions import ActKind

Kind = Literal["trial", "active", "paused"]
Status = Literal["trialing", "active", "paused", "cancelled"]


class PlanRefView(BaseModel):
    code: str
    version: int


class PendingView(BaseModel):
    """A change of plan that comes at the end of the period."""

    plan: PlanRefView
    at: datetime


class PhaseView(BaseModel):
    """Which plan is in force from `start` until `end`; null: until further notice."""

    plan: PlanRefView
    kind: Kind
    start: datetime
    end: datetime | None


class PeriodView(BaseModel):
    start: datetime
    end: datetime


class SubscriptionView(BaseModel):
    """A subscription as it is at the time of the answer, whatever the next billing run has still to enter."""

    subscription_id: str
    subject: str
    product: str
    seller_id: str
    currency: str
    plan: PlanRefView = Field(description="The one in force, or at the end.")
    status: Status = Field(description="A paused or cancelled subscription entitles to nothing.")
    time_zone: str
    anchor_at: datetime = Field(description="Where the periods are counted from.")
    started_at: datetime
    cancel_at: datetime | None = Field(description="When it ends, or ended.")
    ended_at: datetime | None
    pending: PendingView | None
    phases: list[PhaseView]
    coupon: str | None
    invoiced_through: datetime | None = Field(description="Up to where it was invoiced; null: not yet.")
    next_invoice_at: datetime | None = Field(description="Null: nothing is due any more.")
    replaces: str | None = Field(description="The subscription of the same subject and product before this one.")
    replaced_by: str | None
    created_at: datetime
    updated_at: datetime
    version: int


class SubscriptionDetails(SubscriptionView):
    period: PeriodView | None = Field(description="The present one; a trial is one by itself. Null: it is over.")


class SubscriptionPage(BaseModel):
    items: list[SubscriptionView]
    next_cursor: str | None


class ActView(BaseModel):
    """Something that happened to a subscription."""

    kind: ActKind
    at: datetime
    effective_at: datetime
    plan: PlanRefView
    plan_before: PlanRefView | None
    by: str | None = Field(description="Who asked for it; null where a date has come.")


class HistoryPage(BaseModel):
    items: list[ActView]
    next_cursor: str | None


class ChangePreview(BaseModel):
    """What the change would bring."""

    subscription: SubscriptionView
    effective_at: datetime = Field(description="Now, or when the change comes.")
    invoice: InvoiceView | None = Field(
        description="The invoice that a run would make for it, still a draft. Null: there is nothing to bill."
    )
    usage_until: datetime = Field(description="Usage that the invoice charges for was recorded by then.")
    usage_complete: bool = Field(description="False: usage may still come until `effective_at`, and will be charged.")

"""What callers may send about subscriptions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

PlanCode = Annotated[str, StringConstraints(min_length=1, max_length=40)]
CouponCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{2,40}$")]
Subject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SubscribeBody(_Body):
    subject: Subject = Field(
        default="client", description="Who is billed: `client` for you, or a shopper or household.", examples=["client"]
    )
    plan: PlanCode = Field(description="Its code.", examples=["nestsync-basic"])
    plan_version: int | None = Field(default=None, ge=1, le=999_999, description="Absent: the latest.")
    start_at: AwareDatetime | None = Field(default=None, description="Absent: now. At most 35 days back.")
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        default=None,
        description="Where its days and months are counted. Absent: the customer's.",
        examples=["America/Toronto"],
    )
    trial: StrictBool = Field(
        default=True,
        description="Whether to begin with the plan's trial; only a first subscription to a product has one.",
    )
    coupon: CouponCode | None = Field(
        default=None,
        description="Redeemed with it, or nothing is begun. On its invoices from the first on.",
        examples=[None],
    )


class ChangeBody(_Body):
    plan: PlanCode = Field(description="Its code.", examples=["nestsync-premium"])
    plan_version: int | None = Field(default=None, ge=1, le=999_999, description="Absent: the latest.")
    when: Literal["now", "period_end"] | None = Field(
        default=None,
        description="Absent: now, unless a year of the plan costs less base fee than one of the present plan.",
    )


class CancelBody(_Body):
    when: Literal["now", "period_end"] = "period_end"

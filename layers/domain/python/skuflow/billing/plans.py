"""Plans: what is sold under which terms. Pure; what makes one valid stands in `plan_rules`.

A plan is a row of versions. A version never changes once it is written: editing makes the next one, and who is subscribed stays on
theirs until they change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from skuflow.billing.charges.model import Charge
from skuflow.billing.timeline_model import Terms, plan_key
from skuflow.kernel.events import Cause

Interval = Literal["month", "quarter", "year"]
Alignment = Literal["anchored", "calendar"]
Proration = Literal["day", "second"]
UpdateFrequency = Literal["daily", "weekly", "monthly"]
Entitlements = Mapping[str, int | bool]

MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}
"""Interval -> its length in months."""


@dataclass(frozen=True, slots=True)
class PlanRef:
    """A version of a plan."""

    code: str
    version: int

    @property
    def key(self) -> str:
        """How the billing engine calls it."""
        return plan_key(self.code, self.version)


def ref_of(key: str) -> PlanRef:
    """The inverse of `PlanRef.key`."""
    code, _, version = key.rpartition("@")
    return PlanRef(code, int(version))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a version of a plan says.

    `base_fee`: major units per interval, billed in advance. `charges`: billed in arrears. `minimum_commitment`: major units per
    period that base fee and charges are topped up to. `trial_days`: free days before the first period. `grace_hours`: how long
    after the end of a period late usage is waited for. `seller_id`: who issues the invoices. `product`: what a subject subscribes
    to, at most once at a time. `proration`: the unit in which parts of a period are counted. `hsn`: India's HSN or SAC code of
    what is sold, which invoices there must show.
    """

    name: str
    product: str
    seller_id: str
    currency: str
    interval: Interval
    base_fee: Decimal
    description: str = ""
    alignment: Alignment = "anchored"
    charges: tuple[Charge, ...] = ()
    minimum_commitment: Decimal = Decimal(0)
    entitlements: Entitlements = field(default_factory=dict)
    trial_days: int = 0
    proration: Proration = "second"
    grace_hours: int = 24
    tax_code: str = "saas"
    hsn: str = ""
    tax_inclusive: bool = False
    auto_update: bool = False
    update_frequency: UpdateFrequency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Version `version` of the plan `code`, as it was published."""

    code: str
    version: int
    offer: Offer
    published_at: datetime
    cause: Cause

    @property
    def ref(self) -> PlanRef:
        return PlanRef(self.code, self.version)

    @property
    def terms(self) -> Terms:
        """What the billing engine needs to know of it."""
        return Terms(
            plan=self.ref.key,
            name=self.offer.name,
            currency=self.offer.currency,
            interval=self.offer.interval,
            alignment=self.offer.alignment,
            proration=self.offer.proration,
            base_fee=self.offer.base_fee,
            minimum_commitment=self.offer.minimum_commitment,
            charges=self.offer.charges,
        )

    @property
    def yearly_fee(self) -> Decimal:
        """Major units of base fee in twelve months: what plans of different intervals are compared by."""
        return self.offer.base_fee * (12 // MONTHS[self.offer.interval])


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHead:
    """The plan `code` as a whole: its `latest` version, and since when nobody new may subscribe to it. `version` counts writes."""

    code: str
    latest: int
    product: str
    created_at: datetime
    updated_at: datetime
    cause: Cause
    archived_at: datetime | None = None
    version: int = 0

"""What is answered about plans. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from skuflow.billing.charges.model import ChargeModel

Amount = str
"""A decimal number in major units."""


class TierView(BaseModel):
    up_to: Amount | None
    above: Amount | None
    unit_amount: Amount
    flat_amount: Amount
    rate: Amount


class BlockView(BaseModel):
    size: Amount
    price: Amount
    max_blocks: int | None


class ChargeView(BaseModel):
    """One charge, billed in arrears."""

    code: str
    metric: str
    model: ChargeModel
    description: str
    currency: str
    included: Amount
    unit_amount: Amount | None
    tiers: list[TierView]
    blocks: list[BlockView]
    package_size: Amount | None
    package_price: Amount | None
    rate: Amount | None
    fixed_amount: Amount
    free_events: int | None
    free_amount: Amount | None
    min_per_event: Amount | None
    max_per_event: Amount | None


class PlanView(BaseModel):
    """A version of a plan. It never changes: editing a plan makes the next one."""

    code: str
    version: int
    latest_version: int
    archived_at: datetime | None = Field(description="Since when nobody new may subscribe.")
    published_at: datetime
    name: str
    description: str
    product: str
    seller_id: str
    currency: str
    interval: Literal["month", "quarter", "year"]
    alignment: Literal["anchored", "calendar"]
    base_fee: Amount
    charges: list[ChargeView]
    minimum_commitment: Amount
    entitlements: dict[str, bool | int]
    trial_days: int
    proration: Literal["day", "second"]
    grace_hours: int
    tax_code: str
    hsn: str
    tax_inclusive: bool
    auto_update: bool
    update_frequency: Literal["daily", "weekly", "monthly"] | None


class PlanPage(BaseModel):
    items: list[PlanView]
    next_cursor: str | None


class SeededPlans(BaseModel):
    """All of them, those that were there before too."""

    items: list[PlanView]

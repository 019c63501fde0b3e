"""What is answered about entitlements. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from functions.billing.api.views_subscriptions import PlanRefView


class EntitlementsView(BaseModel):
    """What holds now. Whatever is not named is not entitled."""

    subject: str
    product: str
    status: Literal["none", "trialing", "active", "paused", "cancelled"]
    entitled: bool
    entitlements: dict[str, bool | int] = Field(description="Empty unless `entitled`.")
    plan: PlanRefView | None
    subscription_id: str | None
    until: datetime | None = Field(description="When this is known to change.")

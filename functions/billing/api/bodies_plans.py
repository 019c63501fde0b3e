"""What callers may send about plans. Amounts are texts: a number of JSON may lose a digit on its way."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints

from skuflow.billing.charges.model import ChargeModel


def _exact(value: Any) -> Any:
    if isinstance(value, float) or (isinstance(value, str) and len(value) > 64):
        raise ValueError('an amount is written as text, e.g. "19.99"')
    return value


Exact = Annotated[Decimal, BeforeValidator(_exact)]
"""A decimal number, as text or as a whole number; what is too large, too long or negative is told by the rules of plans."""
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
ProductName = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TierBody(_Body):
    """Units up to `up_to`, inclusive; the last tier has none. The amounts that a model does not know must be left out."""

    up_to: Exact | None = Field(default=None, examples=["1000"])
    above: Exact | None = Field(
        default=None, description="Where the tier before ends; need not be given.", examples=["0"]
    )
    unit_amount: Exact = Field(default=Decimal(0), examples=["0.05"])
    flat_amount: Exact = Field(default=Decimal(0), examples=["0"])
    rate: Exact = Field(default=Decimal(0), description="In percent.", examples=["0"])


class BlockBody(_Body):
    """Blocks of `size` units, each started one at `price`; at most `max_blocks`, the last tier has none."""

    size: Exact = Field(examples=["100"])
    price: Exact = Field(examples=["4.50"])
    max_blocks: int | None = Field(default=None, ge=1, le=10**9)


class ChargeBody(_Body):
    """One charge, billed in arrears. Only the fields of its model may be set."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["items"])
    metric: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["billable_items"])
    model: ChargeModel = Field(examples=["per_item"])
    description: Annotated[str, StringConstraints(max_length=200)] = Field(default="", examples=["Items repaired"])
    currency: Annotated[str, StringConstraints(max_length=3)] = Field(default="", description="The plan's; no other.")
    included: Exact = Field(default=Decimal(0), description="Free units in each period.", examples=["1000"])
    unit_amount: Exact | None = Field(default=None, examples=["0.05"])
    tiers: list[TierBody] = Field(default=[], max_length=200, examples=[[]])
    blocks: list[BlockBody] = Field(default=[], max_length=200, examples=[[]])
    package_size: Exact | None = None
    package_price: Exact | None = None
    rate: Exact | None = Field(default=None, description="In percent.")
    fixed_amount: Exact = Field(default=Decimal(0), examples=["0"])
    free_events: int | None = Field(default=None, ge=0, le=10**9)
    free_amount: Exact | None = None
    min_per_event: Exact | None = None
    max_per_event: Exact | None = None


class OfferBody(_Body):
    """What a version of a plan says."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = Field(examples=["Basic"])
    description: Annotated[str, StringConstraints(max_length=4000)] = ""
    product: ProductName = Field(
        description="What a subject subscribes to, at most once at a time.", examples=["sku-genie"]
    )
    seller_id: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(
        description="Who issues the invoices.", examples=["north"]
    )
    currency: Annotated[str, StringConstraints(min_length=3, max_length=3)] = Field(examples=["CAD"])
    interval: Literal["month", "quarter", "year"] = "month"
    alignment: Literal["anchored", "calendar"] = Field(
        default="anchored", description="Periods from the day of the start, or of the calendar."
    )
    base_fee: Exact = Field(description="Major units per interval, billed in advance.", examples=["19.99"])
    charges: list[ChargeBody] = Field(default=[], max_length=100, examples=[[]])
    minimum_commitment: Exact = Field(
        default=Decimal(0), description="Base fee and charges of a period are topped up to it.", examples=["0"]
    )
    entitlements: dict[str, StrictBool | Annotated[int, Field(strict=True)]] = Field(
        default={}, max_length=100, examples=[{"child_profiles": 3, "price_comparison": True}]
    )
    trial_days: int = Field(default=0, description="0 to 365 free days before the first period.")
    proration: Literal["day", "second"] = "second"
    grace_hours: int = Field(default=24, description="0 to 72: how long late usage is waited for after a period.")
    tax_code: Annotated[str, StringConstraints(max_length=40)] = Field(default="saas", examples=["saas"])
    hsn: Annotated[str, StringConstraints(max_length=8)] = Field(default="", description="India's HSN or SAC code.")
    tax_inclusive: StrictBool = Field(default=False, description="Whether the prices contain taxes.")
    auto_update: StrictBool = False
    update_frequency: Literal["daily", "weekly", "monthly"] | None = None


class PlanBody(OfferBody):
    code: Code = Field(description="Yours, for ever.", examples=["basic"])


class SeedPlansBody(_Body):
    seller_id: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(examples=["north"])
    products: list[Literal["sku-genie", "nestsync"]] = Field(
        default=["sku-genie", "nestsync"], min_length=1, max_length=2, examples=[["sku-genie", "nestsync"]]
    )

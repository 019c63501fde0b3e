"""What callers may send about stock and reservations."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from skuflow.catalog.inventory import DEFAULT_LOCATION
from skuflow.catalog.reservation import DEFAULT_HOLD, LONGEST_HOLD, MAX_LINES

_MOST = 1_000_000_000
Location = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._-]{1,32}$", description="Where the goods lie.", examples=["toronto-1"])
]
VariantId = Annotated[str, Field(min_length=1, max_length=64)]
Version = Annotated[
    int | None, Field(ge=0, description="The version that was read, instead of `If-Match`; absent: whatever it is.")
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LevelBody(_Body):
    location: Location = DEFAULT_LOCATION
    on_hand: int = Field(ge=0, le=_MOST, description="Units on the shelf, those included that are reserved.")
    low_stock_threshold: int | None = Field(
        default=None, ge=0, le=_MOST, description="`StockRanLow` is told when no more than this are available."
    )


class StockBody(_Body):
    """All that is to be known of one variant's stock."""

    tracked: StrictBool = Field(description="Whether units are counted. If not, `in_stock` alone tells.")
    backorder: StrictBool = Field(default=False, description="Sell on when nothing is left.")
    in_stock: StrictBool = Field(default=True, description="For stock that is not counted.")
    levels: list[LevelBody] = Field(default=[], max_length=500, description="One for each location.")
    version: Version = None


class AdjustmentBody(_Body):
    variant_id: VariantId
    location: Location = DEFAULT_LOCATION
    units: int = Field(ge=-_MOST, le=_MOST, description="How many come; negative: how many go.", examples=[-2])


class AdjustBody(_Body):
    adjustments: list[AdjustmentBody] = Field(min_length=1, max_length=100)
    version: Version = None


class LineBody(_Body):
    product_id: Annotated[str, Field(min_length=1, max_length=64)]
    variant_id: VariantId
    quantity: int = Field(ge=1, le=1_000_000)
    location: Location | None = Field(default=None, description="Absent: wherever most are.")


class ReserveBody(_Body):
    lines: list[LineBody] = Field(min_length=1, max_length=MAX_LINES)
    hold_seconds: int = Field(
        default=int(DEFAULT_HOLD.total_seconds()),
        ge=1,
        le=int(LONGEST_HOLD.total_seconds()),
        description="How long the goods are held.",
    )
    reservation_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="An id of the caller's own, e.g. the order's: the same lines under the same id are reserved once.",
        examples=["order-2026-000417"],
    )
    reference: str = Field(default="", max_length=200, description="A note of the caller's, e.g. a cart.")

"""What is answered about stock and reservations. For the documentation and the tests; no running function imports this."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field


class LevelView(BaseModel):
    location: str
    on_hand: int = Field(description="`available` + `reserved`.")
    available: int = Field(description="Below zero where more is promised than there is.")
    reserved: int
    low_stock_threshold: int | None
    is_low: bool


class VariantStockView(BaseModel):
    variant_id: str
    tracked: bool
    backorder: bool
    in_stock: bool = Field(description="Tells only where `tracked` is false.")
    available: int | None = Field(description="Over all locations; null where units are not counted.")
    is_available: bool = Field(description="Whether one can be sold now.")
    levels: list[LevelView]


class StockView(BaseModel):
    """The stock of a product. Version 0: none is kept."""

    product_id: str
    version: int
    changed_at: AwareDatetime | None
    source: str
    variants: list[VariantStockView]


class AdjustedView(StockView):
    """The stock as it is after the adjustment."""

    adjustment_id: str


class TakenView(BaseModel):
    location: str
    units: int


class LineView(BaseModel):
    product_id: str
    variant_id: str
    quantity: int
    location: str | None = Field(description="The one that was asked for.")
    taken: list[TakenView] = Field(description="Where the units are held; empty where units are not counted.")


class ReservationView(BaseModel):
    reservation_id: str
    status: Literal["held", "committed", "released", "expired"]
    reference: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    ended_at: AwareDatetime | None
    lines: list[LineView]

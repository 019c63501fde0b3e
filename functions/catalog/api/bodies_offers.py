"""What callers may send about offers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from functions.catalog.api.bodies import MoneyBody


class PlaceBody(BaseModel):
    """Degrees, WGS 84."""

    model_config = ConfigDict(extra="forbid")

    lat: float = Field(ge=-90, le=90, examples=[45.5019])
    lon: float = Field(ge=-180, le=180, examples=[-73.5674])


class OfferBody(BaseModel):
    """What was seen of an offer."""

    model_config = ConfigDict(extra="forbid")

    retailer: str = Field(min_length=1, max_length=200, description="The retailer or shop.", examples=["Nordstrom"])
    price: MoneyBody
    original_price: MoneyBody | None = Field(default=None, description="The price it is crossed out against.")
    variant_id: str = Field(default="", max_length=64, description="Absent: the offer is for the product as a whole.")
    url: str = Field(default="", max_length=2048, pattern=r"^(https?://[^\s\x00-\x1f\x7f]+)?$")
    is_available: StrictBool = True
    stock_status: Literal["in_stock", "low_stock", "out_of_stock", "preorder", "backorder", "unknown"] = "unknown"
    shipping: MoneyBody | None = Field(default=None, description="Its cost; absent: not known.")
    condition: Literal["new", "refurbished", "used"] = "new"
    rating: Annotated[Decimal, Field(ge=0, le=5, decimal_places=2, description="The seller's stars.")] | None = None
    place: PlaceBody | None = Field(default=None, description="Where the goods can be fetched.")
    source: str = Field(default="api", min_length=1, max_length=50, pattern=r"^[a-z0-9_-]+$", examples=["webhook"])
    seen_at: AwareDatetime | None = Field(default=None, description="Absent: now. An older look never undoes a newer.")
    version: int | None = Field(
        default=None, ge=0, description="The version that was read, instead of `If-Match`; 0: it must be new."
    )

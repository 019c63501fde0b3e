"""What is answered about offers and prices. For the documentation and the tests; no running function imports this."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from functions.catalog.api.views import MoneyView


class PlaceView(BaseModel):
    lat: float
    lon: float


class OfferView(BaseModel):
    """What a retailer or shop asks for a product or variant, as last seen there."""

    offer_id: str
    product_id: str
    variant_id: str | None = Field(description="Null: the offer is for the product as a whole.")
    retailer: str
    url: str | None
    price: MoneyView
    original_price: MoneyView | None
    is_available: bool
    stock_status: Literal["in_stock", "low_stock", "out_of_stock", "preorder", "backorder", "unknown"]
    shipping: MoneyView | None
    condition: Literal["new", "refurbished", "used"]
    rating: float | None = Field(ge=0, le=5)
    place: PlaceView | None
    source: str
    first_seen_at: AwareDatetime
    changed_at: AwareDatetime = Field(description="When these terms were first seen.")
    last_seen_at: AwareDatetime
    version: int


class ObservedOfferView(OfferView):
    observed: Literal["created", "changed", "unchanged", "outdated"] = Field(
        description="What this look did. `outdated`: it was older than what is known, and changed nothing."
    )


class OfferPage(BaseModel):
    items: list[OfferView]
    next_cursor: str | None


class ListingView(BaseModel):
    """One place to buy."""

    offer_id: str | None = Field(description="Null: the client's own variant.")
    variant_id: str | None
    seller: str | None = Field(description="Null: the client itself.")
    url: str | None
    price: MoneyView
    price_text: str = Field(examples=["$50"])
    compare_at: MoneyView | None
    rating: float | None


class NearestView(BaseModel):
    listing: ListingView
    distance_m: int = Field(description="As the crow flies.")


class SavingView(BaseModel):
    amount: MoneyView
    percent: int = Field(description="Rounded down.")
    text: str = Field(examples=["Save $25 (33%)"])


class DisplayView(BaseModel):
    """The prices in one currency of everything in stock. Savings are those of the cheapest listing."""

    currency: str
    listings: int
    lowest: MoneyView
    highest: MoneyView
    text: str = Field(examples=["$50–$75"])
    starting_at: str | None = Field(description="For a range.", examples=["Starting at $50"])
    cheapest: ListingView
    nearest: NearestView | None = Field(description="Null without `lat` and `lon`, or if no listing has a place.")
    best_rated: ListingView | None
    saving_on_compare_at: SavingView | None
    saving_on_30_day_low: SavingView | None = Field(
        description="Against the lowest price of the 30 days before the present one."
    )


class PricingView(BaseModel):
    """What to show of a product's prices. Amounts in different currencies are never compared: each has a display of its own,
    that of the market (or else of the client's home currency) first."""

    product_id: str
    locale: str
    status: Literal["in_stock", "out_of_stock"]
    text: str = Field(
        description="Of the first display, or that it is out of stock.", examples=["$50–$75", "Out of stock"]
    )
    displays: list[DisplayView]

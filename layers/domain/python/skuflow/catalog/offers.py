"""An offer: what one retailer or shop asks for a variant, as last seen there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from skuflow.catalog.distance import Place
from skuflow.catalog.price_change import PriceEvent, Subject, told
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money

StockStatus = Literal["in_stock", "low_stock", "out_of_stock", "preorder", "backorder", "unknown"]
Condition = Literal["new", "refurbished", "used"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was seen. `variant_id` is "" where the offer is for the product as a whole. `shipping` is its cost, None if not
    known. `rating` is the seller's, in hundredths of a star (0 to 500). `place` is where goods can be fetched."""

    retailer: str
    price: Money
    variant_id: str = ""
    url: str = ""
    original_price: Money | None = None
    is_available: bool = True
    stock_status: StockStatus = "unknown"
    shipping: Money | None = None
    condition: Condition = "new"
    rating: int | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """`title` and `sku` are the product's and variant's when the terms last changed. `changed_at` is when these terms were
    first seen, `last_seen_at` when they were last confirmed; RFC 3339 UTC. `version` counts changes of the terms."""

    product_id: str
    offer_id: str
    title: str
    sku: str | None
    terms: Terms
    source: str
    first_seen_at: str
    changed_at: str
    last_seen_at: str
    version: int = 1
    cause: Cause = Cause("")  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class OfferPoint:
    """One point of an offer's price history."""

    offer_id: str
    variant_id: str
    price: Money
    compare_at: Money | None
    available: bool
    at: str
    source: str
    version: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation of an offer, made at `at`."""

    product_id: str
    offer_id: str
    title: str
    sku: str | None
    terms: Terms
    source: str
    at: datetime
    cause: Cause


def observe(old: Offer | None, seen: Seen) -> Offer | None:
    """The offer after `seen`: a version on if its terms are others, the same with a later `last_seen_at` if they are not;
    None if `seen` is no newer than what is known."""
    at = iso(seen.at)
    if old is None:
        return Offer(
            seen.product_id, seen.offer_id, seen.title, seen.sku, seen.terms, seen.source, at, at, at, 1, seen.cause
        )
    if seen.at <= parse_iso(old.last_seen_at):
        return None
    if seen.terms == old.terms:
        return replace(old, last_seen_at=at)
    return replace(
        old,
        title=seen.title,
        sku=seen.sku,
        terms=seen.terms,
        source=seen.source,
        changed_at=at,
        last_seen_at=at,
        version=old.version + 1,
        cause=seen.cause,
    )


def offer_point(old: Offer | None, new: Offer | None) -> OfferPoint | None:
    """The point that the change from `old` to `new` adds to the price history; None unless price, original price or
    availability is another. A removed offer adds none: nobody saw a price that day."""
    if new is None or (old is not None and _priced(old.terms) == _priced(new.terms)):
        return None
    t = new.terms
    return OfferPoint(
        new.offer_id, t.variant_id, t.price, t.original_price, t.is_available, new.changed_at, new.source, new.version
    )


def _priced(terms: Terms) -> tuple[str, Money, Money | None, bool]:
    return terms.variant_id, terms.price, terms.original_price, terms.is_available


def offer_events(old: Offer | None, new: Offer | None) -> list[PriceEvent]:
    """What the change from `old` to `new` tells the others. In these payloads `product_version` is the offer's version. An offer
    that comes or goes is no price change; a price in another currency is a change, but no drop."""
    if old is None or new is None:
        return []
    before, after = old.terms, new.terms
    subject = Subject(new.product_id, new.version, after.variant_id, new.offer_id, new.sku, new.title, new.source)
    return list(told((before.price, before.original_price), (after.price, after.original_price), subject))

"""Gather every place where a product can be bought, and work out what to show of its prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from skuflow.catalog.distance import Place
from skuflow.catalog.inventory import ProductStock, is_available
from skuflow.catalog.model import Product
from skuflow.catalog.offers import Offer
from skuflow.catalog.price_store import PriceStore
from skuflow.catalog.pricing import Display, Listing, display_prices
from skuflow.catalog.read_prices import PriceReader, Series
from skuflow.kernel.money import Money
from skuflow.kernel.tenancy import ClientId


@dataclass(frozen=True, slots=True)
class Goods:
    """What is known of a product when its prices are shown. `variant_id` None: all of its variants."""

    client_id: ClientId
    product: Product
    stock: ProductStock | None
    offers: Sequence[Offer]
    variant_id: str | None = None


def show_prices(
    goods: Goods, *, prices: PriceStore, currencies: Sequence[str], buyer: Place | None, now: datetime
) -> tuple[Display, ...]:
    """The displays of `goods`, by currency. History is read for the cheapest listing of each alone: only its savings are shown."""
    listings = tuple(listings_of(goods))
    displays = display_prices(listings, currencies=currencies, buyer=buyer)
    found = {display.cheapest.key: _prior_low(goods, display.cheapest, prices, now) for display in displays}
    lows = {key: low for key, low in found.items() if low is not None}
    return display_prices(listings, currencies=currencies, buyer=buyer, lows=lows) if lows else displays


def listings_of(goods: Goods) -> Iterator[Listing]:
    """The client's own variants that have a price, and all offers. A product that is not active is not for sale, nor is what is
    out of stock; of a variant whose stock nobody counts there is some."""
    stocked = {v.variant_id: is_available(v) for v in goods.stock.variants} if goods.stock else {}
    for variant in goods.product.variants:
        if variant.price is not None and goods.variant_id in (None, variant.variant_id):
            there = goods.product.status == "active" and stocked.get(variant.variant_id, True)
            yield Listing(
                offer_id="",
                variant_id=variant.variant_id,
                seller="",
                url=goods.product.url,
                price=variant.price,
                compare_at=variant.compare_at,
                available=there,
            )
    yield from map(_of_offer, _wanted(goods))


def _wanted(goods: Goods) -> Iterable[Offer]:
    """Offers of the variant asked for. One for the product as a whole counts if the product has no other variant."""
    only = {v.variant_id for v in goods.product.variants} == {goods.variant_id}
    return (
        offer
        for offer in goods.offers
        if goods.variant_id in (None, offer.terms.variant_id) or (only and not offer.terms.variant_id)
    )


def _of_offer(offer: Offer) -> Listing:
    terms = offer.terms
    return Listing(
        offer_id=offer.offer_id,
        variant_id=terms.variant_id,
        seller=terms.retailer,
        url=terms.url,
        price=terms.price,
        compare_at=terms.original_price,
        available=terms.is_available and terms.stock_status != "out_of_stock",
        rating=terms.rating,
        place=terms.place,
    )


def _prior_low(goods: Goods, listing: Listing, prices: PriceStore, now: datetime) -> Money | None:
    """The lowest price of the 30 days before the listing's present one."""
    own = listing.variant_id if not listing.offer_id else None
    series = Series(goods.client_id, goods.product, goods.stock, offer_id=listing.offer_id, variant_id=own)
    known = PriceReader(prices, series).statistics(now)
    statistics = known.get(listing.variant_id)
    return statistics.prior_low if statistics and statistics.current.price == listing.price else None

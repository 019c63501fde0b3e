"""What a shopper is shown of a product's prices: one price, a range or "out of stock", where it is cheapest, what is saved.

Amounts of different currencies are never compared: each currency has a display of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from skuflow.catalog.distance import Place, distance_m
from skuflow.kernel.money import Money

ListingKey = tuple[str, str]
"""Offer id ("" for the client's own price) and variant id."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One place to buy: the client's own variant (`offer_id` "") or an offer. `rating` in hundredths of a star."""

    offer_id: str
    variant_id: str
    seller: str
    url: str
    price: Money
    compare_at: Money | None
    available: bool
    rating: int | None = None
    place: Place | None = None

    @property
    def key(self) -> ListingKey:
        return self.offer_id, self.variant_id


@dataclass(frozen=True, slots=True)
class Saving:
    """`percent` is a whole number, rounded down: a saving is never overstated."""

    amount: Money
    percent: int


@dataclass(frozen=True, slots=True)
class Nearest:
    listing: Listing
    metres: int


@dataclass(frozen=True, slots=True)
class Display:
    """The prices in one currency of everything that is in stock. Savings are those of the cheapest listing; None if none."""

    listings: int
    lowest: Money
    highest: Money
    cheapest: Listing
    nearest: Nearest | None
    best_rated: Listing | None
    saving_on_compare_at: Saving | None
    saving_on_30_day_low: Saving | None

    @property
    def currency(self) -> str:
        return self.lowest.currency

    @property
    def is_range(self) -> bool:
        return self.lowest != self.highest


def display_prices(
    listings: Iterable[Listing],
    *,
    currencies: Sequence[str],
    buyer: Place | None = None,
    lows: Mapping[ListingKey, Money] | None = None,
) -> tuple[Display, ...]:
    """A display per currency, those of `currencies` first and in their order, the others by code. Empty: out of stock.

    `lows` has, for a listing, the lowest price of the 30 days before its present one; the saving against it is shown only
    where that price is in the same currency.
    """
    groups: dict[str, list[Listing]] = {}
    for listing in listings:
        if listing.available:
            groups.setdefault(listing.price.currency, []).append(listing)
    wanted = {currency: rank for rank, currency in reversed(list(enumerate(currencies)))}
    order = sorted(groups, key=lambda currency: (wanted.get(currency, len(wanted)), currency))
    return tuple(_display(groups[currency], buyer, lows or {}) for currency in order)


def _display(group: Sequence[Listing], buyer: Place | None, lows: Mapping[ListingKey, Money]) -> Display:
    cheapest = min(group, key=_by_price)
    rated = [listing for listing in group if listing.rating is not None]
    return Display(
        listings=len(group),
        lowest=cheapest.price,
        highest=max(listing.price for listing in group),
        cheapest=cheapest,
        nearest=_nearest(group, buyer),
        best_rated=min(rated, key=lambda listing: (-(listing.rating or 0), _by_price(listing)), default=None),
        saving_on_compare_at=saving(cheapest.compare_at, cheapest.price),
        saving_on_30_day_low=saving(lows.get(cheapest.key), cheapest.price),
    )


def _by_price(listing: Listing) -> tuple[int, bool, int, ListingKey]:
    """The lower price, then the client's own, then the better rated, then the id: the same listings give the same answer."""
    return listing.price.minor, listing.offer_id != "", -(listing.rating or 0), listing.key


def _nearest(group: Sequence[Listing], buyer: Place | None) -> Nearest | None:
    if buyer is None:
        return None
    near = [(distance_m(buyer, listing.place), listing) for listing in group if listing.place is not None]
    if not near:
        return None
    metres, listing = min(near, key=lambda pair: (pair[0], _by_price(pair[1])))
    return Nearest(listing, metres)


def saving(before: Money | None, now: Money) -> Saving | None:
    """What is saved at `now` against `before`; None if nothing is, or if they are in different currencies."""
    if before is None or before.currency != now.currency or before <= now:
        return None
    return Saving(before - now, (before.minor - now.minor) * 100 // before.minor)

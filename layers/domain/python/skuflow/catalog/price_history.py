"""Prices through time: points that say what changed, and the course that follows from them.

A point names only what changed, so that it stays small; whoever draws a chart gets whole states, filled forward.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from skuflow.catalog import offers
from skuflow.catalog.inventory import ProductStock, is_available
from skuflow.catalog.model import Product, Variant, visible
from skuflow.catalog.offers import Offer
from skuflow.kernel.clock import parse_iso
from skuflow.kernel.money import Money

_Prices = tuple[Money | None, Money | None]
_NO_PRICES: _Prices = (None, None)


@dataclass(frozen=True, slots=True)
class Shift:
    """What changed for one variant: its prices if `priced` (None: it has none any more), its availability if not None."""

    priced: bool = False
    price: Money | None = None
    compare_at: Money | None = None
    available: bool | None = None


@dataclass(frozen=True, slots=True)
class PricePoint:
    """One change of a product's prices or availability. `mark` orders points of one moment and names the state that it is
    from; `offer_id` "" is the client's own. `shifts` is by variant id."""

    at: datetime
    mark: str
    source: str
    shifts: Mapping[str, Shift]
    offer_id: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Price, compare-at price and availability in force; None: no price, nothing to compare, not counted."""

    price: Money | None = None
    compare_at: Money | None = None
    available: bool | None = None

    def after(self, shift: Shift) -> State:
        available = self.available if shift.available is None else shift.available
        if not shift.priced:
            return replace(self, available=available)
        return State(shift.price, shift.compare_at, available)


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of a variant from `at` on. `carried`: nothing changed then, the state is repeated where a range begins or ends."""

    at: datetime
    variant_id: str
    state: State
    source: str = ""
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A variant on one day (UTC): the state at its end, and the lowest and highest price that was in force, in the currency of
    the last one."""

    day: date
    variant_id: str
    state: State
    lowest: Money
    highest: Money


def product_point(old: Product | None, new: Product) -> PricePoint | None:
    """What a write of a product does to its prices; None if nothing. `old` and `new` are as stored: what nobody is shown has no
    prices, so they begin when it is described and end when it is removed."""
    before = _all_prices(visible(old))
    after = _all_prices(visible(new))
    shifts = {
        name: Shift(True, *after.get(name, _NO_PRICES))
        for name in sorted(before.keys() | after.keys())
        if before.get(name, _NO_PRICES) != after.get(name, _NO_PRICES)
    }
    return PricePoint(new.updated_at, f"P{new.version:010d}", new.channel, shifts) if shifts else None


def _all_prices(product: Product | None) -> dict[str, _Prices]:
    return {v.variant_id: _prices(v) for v in product.variants} if product else {}


def _prices(variant: Variant) -> _Prices:
    price, compare_at = variant.price, variant.compare_at
    if price is None or compare_at is None or compare_at.currency != price.currency:
        return price, None
    return price, compare_at


def stock_point(old: ProductStock | None, new: ProductStock) -> PricePoint | None:
    """What a write of a product's stock does to availability; None if nothing. A variant that is gone cannot be had."""
    before = {v.variant_id: is_available(v) for v in old.variants} if old else {}
    after = dict.fromkeys(before, False) | {v.variant_id: is_available(v) for v in new.variants}
    shifts = {name: Shift(available=there) for name, there in sorted(after.items()) if before.get(name) != there}
    return PricePoint(parse_iso(new.changed_at), f"S{new.version:010d}", new.source, shifts) if shifts else None


def offer_point(old: Offer | None, new: Offer) -> PricePoint | None:
    """What was seen of an offer that is news; None if nothing. An offer is one price, whichever variant it is for: its points
    are about the variant \"\"."""
    seen = offers.offer_point(old, new)
    if seen is None:
        return None
    compare_at = seen.compare_at if seen.compare_at and seen.compare_at.currency == seen.price.currency else None
    shift = Shift(True, seen.price, compare_at, seen.available)
    return PricePoint(parse_iso(seen.at), f"O{seen.version:010d}", seen.source, {"": shift}, offer_id=seen.offer_id)


def together(points: Iterable[PricePoint]) -> Iterator[list[PricePoint]]:
    """`points` (in order of time) by moment: an import writes a product and its stock apart, but sees them at once."""
    return (list(group) for _, group in groupby(points, key=lambda point: point.at))


def moved_on(states: dict[str, State], points: Sequence[PricePoint]) -> list[Moment]:
    """Bring `states` (by variant) past the points of one moment, and give the whole state of each variant that they change."""
    sources: dict[str, str] = {}
    for point in points:
        for variant_id, shift in point.shifts.items():
            states[variant_id] = states.get(variant_id, State()).after(shift)
            if shift.priced or variant_id not in sources:
                sources[variant_id] = point.source
    return [Moment(points[0].at, name, states[name], source) for name, source in sources.items()]


def carried(states: Mapping[str, State], at: datetime) -> list[Moment]:
    """`states` repeated at `at`, without variants that have no price then."""
    return [Moment(at, name, states[name], carried=True) for name in sorted(states) if states[name].price]


@dataclass(slots=True)
class Backwards:
    """Collects the states at some moment from the points before it, the latest first. `_wanted` are the variants whose prices
    and whose availability must be found before it may stop."""

    _prices_wanted: set[str]
    _stock_wanted: set[str]
    _priced: dict[str, Shift] = field(default_factory=dict)
    _available: dict[str, bool] = field(default_factory=dict)

    def add(self, point: PricePoint) -> None:
        for variant_id, shift in point.shifts.items():
            if shift.priced:
                self._priced.setdefault(variant_id, shift)
            if shift.available is not None:
                self._available.setdefault(variant_id, shift.available)

    @property
    def is_complete(self) -> bool:
        return self._prices_wanted <= self._priced.keys() and self._stock_wanted <= self._available.keys()

    @property
    def states(self) -> dict[str, State]:
        nothing = Shift()
        return {
            name: State(
                self._priced.get(name, nothing).price,
                self._priced.get(name, nothing).compare_at,
                self._available.get(name),
            )
            for name in sorted(self._priced.keys() | self._available.keys())
        }


def days(states: dict[str, State], points: Iterable[PricePoint], first: date, last: date) -> Iterator[list[Day]]:
    """Day by day from `first` to `last`, each variant that has or had a price on that day; days before the first point are left
    out. `states` are those as `first` begins and are moved on; `points` are in order of time."""
    waiting = together(points)
    moment = next(waiting, None)
    day = first
    while day <= last:
        if not states:
            if moment is None:
                return
            day = max(day, moment[0].at.astimezone(UTC).date())
        end = datetime.combine(day + timedelta(days=1), time(), UTC)
        seen = {name: [state.price] for name, state in states.items()}
        while moment is not None and moment[0].at < end:
            for one in moved_on(states, moment):
                seen.setdefault(one.variant_id, []).append(one.state.price)
            moment = next(waiting, None)
        if day <= last:
            yield [_day(day, name, states[name], prices) for name, prices in sorted(seen.items()) if any(prices)]
        day += timedelta(days=1)


def _day(day: date, variant_id: str, state: State, seen: Iterable[Money | None]) -> Day:
    """Lowest and highest are in the currency of the day's last price."""
    prices = [money for money in seen if money is not None]
    alike = [money for money in prices if money.currency == prices[-1].currency]
    return Day(day, variant_id, state, min(alike), max(alike))

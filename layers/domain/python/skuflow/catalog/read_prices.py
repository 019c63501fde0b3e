"""The prices of a product over a range of time, in pages that a chart can draw as they are, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TypeVar

from skuflow.catalog.inventory import ProductStock
from skuflow.catalog.model import Product
from skuflow.catalog.price_history import Backwards, Day, Moment, PricePoint, State, carried, days, moved_on, together
from skuflow.catalog.price_statistics import LONGEST_LOOK, Statistics, statistics
from skuflow.catalog.price_store import BEHIND_ALL, PriceStore
from skuflow.kernel.clock import iso
from skuflow.kernel.tenancy import ClientId

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Series:
    """Which prices: the client's own of a product, of all its variants or one; or one offer's."""

    client_id: ClientId
    product: Product
    stock: ProductStock | None
    offer_id: str = ""
    variant_id: str | None = None

    def of(self, point: PricePoint) -> PricePoint:
        """`point` as far as it is about these prices."""
        if self.variant_id is None or self.offer_id:
            return point
        return replace(point, shifts={name: s for name, s in point.shifts.items() if name == self.variant_id})

    def wanted(self) -> tuple[set[str], set[str]]:
        """The variants whose last price, and those whose last availability, is worth going far back for."""
        if self.offer_id:
            return {""}, set()
        priced = {v.variant_id for v in self.product.variants if v.price}
        counted = {v.variant_id for v in self.stock.variants} if self.stock else set()
        if self.variant_id is not None:
            return priced & {self.variant_id}, counted & {self.variant_id}
        return priced, counted


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` to `end`, both included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: `skip` items into a group (a moment, a day, the states carried to the range's ends). "": the first."""

    group: str = ""
    skip: int = 0


@dataclass(frozen=True, slots=True)
class PriceReader:
    """Reads one series."""

    prices: PriceStore
    series: Series

    def moments(self, within: Range, position: Position, limit: int) -> tuple[list[Moment], Position | None]:
        """States of the range, each from its moment on: those in force as it begins, every change, those in force as it ends."""
        return _page(self._moments(within, position.group), position, limit)

    def days(self, within: Range, position: Position, limit: int) -> tuple[list[Day], Position | None]:
        """Days (UTC) of the range, without a gap from the first known price on."""
        return _page(self._days(within, position.group), position, limit)

    def statistics(self, now: datetime) -> dict[str, Statistics]:
        """By variant ("" for an offer), of those that have a price at present."""
        start = now - LONGEST_LOOK
        states = self._states(iso(start))
        courses: dict[str, list[Moment]] = {}
        for moment in carried(states, start):
            courses.setdefault(moment.variant_id, []).append(moment)
        for points in together(self._points(iso(start), now)):
            for moment in moved_on(states, points):
                courses.setdefault(moment.variant_id, []).append(moment)
        made = {name: statistics(moments, now) for name, moments in sorted(courses.items())}
        return {name: one for name, one in made.items() if one is not None}

    def last_change(self, now: datetime) -> datetime | None:
        """When the prices last changed; None if there never were any."""
        points = self._before(iso(now) + BEHIND_ALL)
        return next((point.at for point in points if point.shifts), None)

    def _moments(self, within: Range, group: str) -> Iterator[tuple[str, Sequence[Moment]]]:
        begin, end = iso(within.start), iso(within.end) + BEHIND_ALL
        states = self._states(group or begin)
        if not group:
            yield "", carried(states, within.start)
        for points in together(self._points(group or begin, within.end)):
            yield iso(points[0].at), moved_on(states, points)
        yield end, carried(states, within.end)

    def _days(self, within: Range, group: str) -> Iterator[tuple[str, Sequence[Day]]]:
        first = date.fromisoformat(group) if group else within.start.astimezone(UTC).date()
        begin = iso(datetime.combine(first, time(), UTC))
        states = self._states(begin)
        for one in days(states, self._points(begin, within.end), first, within.end.astimezone(UTC).date()):
            if one:
                yield one[0].day.isoformat(), one

    def _points(self, begin: str, until: datetime) -> Iterator[PricePoint]:
        s = self.series
        points = map(s.of, self.prices.points(s.client_id, s.product.product_id, s.offer_id, begin, until))
        return (point for point in points if point.shifts)

    def _before(self, begin: str) -> Iterable[PricePoint]:
        s = self.series
        return map(s.of, self.prices.points_before(s.client_id, s.product.product_id, s.offer_id, begin))

    def _states(self, begin: str) -> dict[str, State]:
        """The states just before the position `begin`. Goes back only until those that matter are found."""
        found = Backwards(*self.series.wanted())
        for point in self._before(begin):
            found.add(point)
            if found.is_complete:
                break
        return found.states


def _page(groups: Iterable[tuple[str, Sequence[T]]], position: Position, limit: int) -> tuple[list[T], Position | None]:
    """`limit` items from `position` on, and where the rest begins; None if there is no rest."""
    page: list[T] = []
    for group, items in groups:
        begin = position.skip if group == position.group else 0
        room = limit - len(page)
        page += items[begin : begin + room]
        if begin + room < len(items):
            return page, Position(group, begin + room)
    return page, None

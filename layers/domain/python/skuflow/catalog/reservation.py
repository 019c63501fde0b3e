"""Goods promised to somebody for a while: taken from the available units, given back or handed over once, never sold twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from skuflow.catalog.inventory import Level, ProductStock, VariantStock, is_available
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Conflict, Invalid, Problem

DEFAULT_HOLD = timedelta(minutes=15)
LONGEST_HOLD = timedelta(hours=24)
MAX_LINES = 25
"""Lines of one reservation: even if all are of one product and each is split, its update expression stays below 4 KB."""
MAX_PIECES = 36
"""Places that one product's lines may be taken from together; the same limit, seen from the expression."""

Place = tuple[str, str, str]
"""Product id, variant id, location."""

Status = Literal["held", "committed", "released", "expired"]
Outcome = Literal["committed", "released", "expired"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """`quantity` units of a variant, from `location` or, None, from wherever most are."""

    product_id: str
    variant_id: str
    quantity: int
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    location: str
    units: int


@dataclass(frozen=True, slots=True)
class Line:
    """What was wanted and where it was taken from; nothing is taken of a variant whose units are not counted."""

    wanted: Wanted
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Reservation:
    """`held` until it is `committed` (the goods leave), `released` (given back) or `expired` (its time ran out). Times are
    RFC 3339 UTC; `ended_at` is "" while held. `reference` is the caller's own, e.g. a cart id."""

    reservation_id: str
    lines: tuple[Line, ...]
    status: Status
    created_at: str
    expires_at: str
    reference: str = ""
    ended_at: str = ""
    version: int = 1

    def ran_out(self, now: datetime) -> bool:
        """Whether its time is over while nobody has ended it yet."""
        return self.status == "held" and parse_iso(self.expires_at) <= now

    def ended(self, outcome: Outcome, now: datetime) -> Reservation:
        return replace(self, status=outcome, ended_at=iso(now), version=self.version + 1)

    def pieces(self) -> dict[str, dict[tuple[str, str], int]]:
        """Units taken: product id -> (variant id, location) -> units."""
        return pieces(self.lines)


def pieces(lines: Iterable[Line]) -> dict[str, dict[tuple[str, str], int]]:
    """Units taken by `lines`: product id -> (variant id, location) -> units. Products of which nothing is taken are left out."""
    units: dict[str, dict[tuple[str, str], int]] = {}
    for line in lines:
        for taken in line.taken:
            of_product = units.setdefault(line.wanted.product_id, {})
            key = (line.wanted.variant_id, taken.location)
            of_product[key] = of_product.get(key, 0) + taken.units
    return units


def allocate(stocks: Mapping[str, ProductStock], wanted: Sequence[Wanted]) -> tuple[Line, ...]:
    """Where each wanted line is taken from, in their order.

    A variant of which no stock is kept can be had. Lines that name a location are served first. Without one, the fullest
    location comes first, so that a line is split only if no single one can serve it; what a backordered variant lacks is taken
    from the first, below zero. Raises Conflict that names every line that cannot be served, Invalid if the units lie too
    scattered for one write.
    """
    left: dict[Place, int] = {
        (stock.product_id, v.variant_id, level.location): level.available
        for stock in stocks.values()
        for v in stock.variants
        for level in v.levels
    }
    lines: dict[int, Line] = {}
    problems: dict[int, Problem] = {}
    for index, want in sorted(enumerate(wanted), key=lambda pair: pair[1].location is None):
        variant = stocks[want.product_id].variant(want.variant_id) if want.product_id in stocks else None
        taken = _take(variant, want, left)
        if isinstance(taken, str):
            problems[index] = Problem(f"lines.{index}", taken, "reserve fewer, or another variant")
        else:
            lines[index] = Line(want, taken)
    if problems:
        raise Conflict("not everything can be reserved; nothing was", problems=[p for _, p in sorted(problems.items())])
    allocated = tuple(lines[index] for index in range(len(wanted)))
    if any(len(of_product) > MAX_PIECES for of_product in pieces(allocated).values()):
        fault = Problem("lines", "their units lie at too many locations", "name the location, or split the reservation")
        raise Invalid("the reservation is too scattered", problems=[fault])
    return allocated


def _take(variant: VariantStock | None, want: Wanted, left: dict[Place, int]) -> tuple[Taken, ...] | str:
    """What is taken, also off `left`; or why it cannot be."""
    if variant is None or not variant.tracked:
        return () if variant is None or is_available(variant) else "it is out of stock"
    places = _places(variant, want, left)
    if not places:
        return f"it is not stocked at {want.location}"
    there = sum(max(left[place], 0) for place in places)
    if there < want.quantity and not variant.backorder:
        return f"{there} are available, {want.quantity} are wanted"
    taken: list[Taken] = []
    missing = want.quantity
    for index, place in enumerate(places):
        units = min(missing, max(left[place], 0)) + (max(want.quantity - there, 0) if index == 0 else 0)
        if units:
            taken.append(Taken(place[2], units))
            left[place] -= units
            missing -= units
    return tuple(taken)


def _places(variant: VariantStock, want: Wanted, left: Mapping[Place, int]) -> list[Place]:
    def place(level: Level) -> Place:
        return want.product_id, want.variant_id, level.location

    asked = [place(level) for level in variant.levels if want.location in (None, level.location)]
    return sorted(asked, key=lambda key: (-left[key], key[2]))

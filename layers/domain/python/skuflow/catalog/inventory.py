"""Stock of a product's variants: what is counted where, what is promised to somebody, and what a change of it means.

Per location `available` can still be promised and `reserved` already is; `on_hand` (their sum) is what lies on the shelf.
`available` is negative where more was promised than there is: backorders, or a source that counted less than we promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from skuflow.contracts.catalog import StockChange, StockRanLow
from skuflow.kernel.errors import Conflict, Invalid, Problem
from skuflow.kernel.events import Cause

DEFAULT_LOCATION = "default"
"""Where a source's stock lies that knows no locations."""

MAX_LEVELS = 3000
"""Levels of one product. With location names of 32 characters at most, these and 2048 variants stay below the 400 KB of an item."""

NO_CAUSE = Cause("")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

StockEvent = tuple[str, StockChange | StockRanLow]
"""The event's name and its payload: `BackInStock` and `OutOfStock` share one."""


@dataclass(frozen=True, slots=True)
class Level:
    """The units of one variant at one location. Low is `available <= low_stock_threshold`."""

    location: str
    available: int
    reserved: int = 0
    low_stock_threshold: int | None = None

    @property
    def on_hand(self) -> int:
        return self.available + self.reserved

    @property
    def is_low(self) -> bool:
        return self.low_stock_threshold is not None and self.available <= self.low_stock_threshold


@dataclass(frozen=True, slots=True)
class VariantStock:
    """`tracked`: units are counted, and there is at least one level. Otherwise `in_stock` alone says whether it can be had.
    `backorder`: a counted variant is sold on when nothing is left. `levels` are in order of location. `seen_ms` is when the
    count was made that this is from (Unix time in ms, 0: unknown); another look that finds the same is no change. `noted_ms` is
    when the last of those was made, where the source's looks are ordered one by one."""

    variant_id: str
    tracked: bool
    backorder: bool = False
    in_stock: bool = True
    levels: tuple[Level, ...] = ()
    seen_ms: int = field(default=0, compare=False)
    noted_ms: int = field(default=0, compare=False)

    @property
    def known_ms(self) -> int:
        """When somebody last looked."""
        return max(self.seen_ms, self.noted_ms)


@dataclass(frozen=True, slots=True)
class ProductStock:
    """`variants` in order of id. `changed_at` is RFC 3339 UTC; `cause` and `source` are those of the last write."""

    product_id: str
    version: int
    variants: tuple[VariantStock, ...]
    cause: Cause = NO_CAUSE
    source: str = ""
    changed_at: str = ""

    def variant(self, variant_id: str) -> VariantStock | None:
        return next((v for v in self.variants if v.variant_id == variant_id), None)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A level as somebody sets it: a person counts what is on hand, and cannot know what is promised meanwhile."""

    location: str
    on_hand: int
    low_stock_threshold: int | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """`units` come to (or, negative, leave) the available ones of a variant at a location."""

    variant_id: str
    location: str
    units: int


def available(v: VariantStock) -> int | None:
    """Units that can still be promised, over all locations; None where stock is not counted."""
    return sum(level.available for level in v.levels) if v.tracked else None


def is_available(v: VariantStock) -> bool:
    """Whether one can be sold now."""
    units = available(v)
    return v.in_stock if units is None else units > 0 or v.backorder


def with_variant(
    stock: ProductStock | None,
    product_id: str,
    variant_id: str,
    *,
    tracked: bool,
    backorder: bool,
    in_stock: bool,
    shelves: Sequence[Shelf],
    now: datetime,
) -> ProductStock | None:
    """`stock` with the variant's stock set to just this, one version on; None if it already is. What is reserved stays so.
    No source that looked before `now` changes it again.

    Raises Conflict when a location is left out at which units are reserved: nobody could give them back.
    """
    old = stock.variant(variant_id) if stock else None
    held = {level.location: level.reserved for level in old.levels if level.reserved} if old else {}
    missing = sorted(held.keys() - {shelf.location for shelf in shelves})
    if missing:
        problems = [
            Problem("levels", f"{held[name]} are reserved at {name}", f"give on_hand for {name}") for name in missing
        ]
        raise Conflict(f"units are reserved at {', '.join(missing)}", problems=problems)
    levels = {
        s.location: Level(
            s.location, s.on_hand - held.get(s.location, 0), held.get(s.location, 0), s.low_stock_threshold
        )
        for s in shelves
    }
    new = VariantStock(variant_id, tracked, backorder, in_stock, shelved(tracked, levels), in_ms(now))
    if new == old:
        return None
    others = [v for v in stock.variants if v.variant_id != variant_id] if stock else []
    return next_version(stock, product_id, [*others, new])


def with_deltas(stock: ProductStock, deltas: Iterable[Delta], now: datetime) -> ProductStock:
    """`stock` with `deltas` applied, one version on; no source that looked before `now` undoes them.

    Raises Invalid for a variant whose units are not counted, Conflict where more would leave than is available (and the variant
    takes no backorders).
    """
    variants = {v.variant_id: v for v in stock.variants}
    problems: list[Problem] = []
    for delta in deltas:
        variant = variants.get(delta.variant_id)
        if variant is None or not variant.tracked:
            fault = Problem(delta.variant_id, "its units are not counted", "set its stock first, with `tracked` true")
            raise Invalid("only counted stock can be adjusted", problems=[fault])
        levels = {level.location: level for level in variant.levels}
        level = levels.get(delta.location, Level(delta.location, 0))
        left = level.available + delta.units
        if delta.units < 0 and left < 0 and not variant.backorder:
            problems.append(
                Problem(delta.variant_id, f"{level.available} are available at {delta.location}", "take fewer")
            )
        levels[delta.location] = replace(level, available=left)
        variants[delta.variant_id] = replace(variant, levels=shelved(True, levels), seen_ms=in_ms(now))
    if problems:
        raise Conflict("more would leave than is there", problems=problems)
    return next_version(stock, stock.product_id, variants.values())


def in_ms(moment: datetime) -> int:
    """Unix time in milliseconds."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def shelved(tracked: bool, levels: Mapping[str, Level]) -> tuple[Level, ...]:
    """`levels` in order; what is counted has at least one."""
    if tracked and not levels:
        return (Level(DEFAULT_LOCATION, 0),)
    return tuple(levels[name] for name in sorted(levels))


def next_version(stock: ProductStock | None, product_id: str, variants: Iterable[VariantStock]) -> ProductStock:
    """`stock` with these variants, one version on. Raises Invalid if they have too many levels."""
    ordered = tuple(sorted(variants, key=lambda v: v.variant_id))
    levels = sum(len(v.levels) for v in ordered)
    if levels > MAX_LEVELS:
        fault = Problem(
            "levels", f"the product would have {levels}", f"keep at most {MAX_LEVELS}, over all its variants"
        )
        raise Invalid("too many stock levels for one product", problems=[fault])
    if stock is None:
        return ProductStock(product_id, 1, ordered)
    return replace(stock, version=stock.version + 1, variants=ordered)


def stock_events(old: ProductStock | None, new: ProductStock | None) -> list[StockEvent]:
    """What the change from `old` to `new` tells the others, in order of variant. The first stock of a product or of a variant
    announces nothing: nobody knew it otherwise. A variant that is gone is out of stock. A level that stays low is announced
    once."""
    if old is None or new is None:
        return []
    before = {v.variant_id: v for v in old.variants}
    after = {v.variant_id: v for v in new.variants}
    told: list[StockEvent] = []
    for name in sorted(before):
        told += _variant_events(before[name], after[name], new) if name in after else _gone_events(before[name], new)
    return told


def _gone_events(old: VariantStock, stock: ProductStock) -> Iterator[StockEvent]:
    if is_available(old):
        left = 0 if old.tracked else None
        yield "OutOfStock", StockChange(stock.product_id, old.variant_id, left, stock.version, stock.source)


def _variant_events(old: VariantStock, new: VariantStock, stock: ProductStock) -> Iterator[StockEvent]:
    if is_available(old) != is_available(new):
        name = "BackInStock" if is_available(new) else "OutOfStock"
        yield name, StockChange(stock.product_id, new.variant_id, available(new), stock.version, stock.source)
    if not new.tracked:
        return
    was_low = {level.location for level in old.levels if old.tracked and level.is_low}
    for level in new.levels:
        if level.is_low and level.low_stock_threshold is not None and level.location not in was_low:
            low = StockRanLow(
                stock.product_id,
                new.variant_id,
                level.location,
                level.available,
                level.low_stock_threshold,
                stock.version,
            )
            yield "StockRanLow", low

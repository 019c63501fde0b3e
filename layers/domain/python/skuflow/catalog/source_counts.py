"""What a source says of stock, and what it comes to.

A source that says when it looked is never undone by an older look, whatever order they come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.catalog.inventory import (
    DEFAULT_LOCATION,
    Level,
    ProductStock,
    VariantStock,
    in_ms,
    next_version,
    shelved,
)

NOTED_FROM_MS = 10
"""How much newer a look must be to be remembered where it finds nothing new, in milliseconds."""


@dataclass(frozen=True, slots=True)
class SourceCount:
    """What a source says of one variant's stock; None: it does not say. `quantity` is on hand."""

    variant_id: str
    tracked: bool | None = None
    quantity: int | None = None
    in_stock: bool | None = None
    backorder: bool | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a source looked. `at`: when; None: it does not say. `noted`: its looks are ordered one by one, so that finding nothing
    new is remembered too (from NOTED_FROM_MS on). `whole`: the variants that the product has; others are gone. None: it does not
    say."""

    at: datetime | None = None
    noted: bool = False
    whole: frozenset[str] | None = None

    @property
    def ms(self) -> int:
        return in_ms(self.at) if self.at else 0


NO_WORD = Look()
"""Of a source that does not say when it looked."""


def with_source_counts(
    stock: ProductStock | None, product_id: str, counts: Iterable[SourceCount], look: Look = NO_WORD
) -> ProductStock | None:
    """`stock` as the source's counts leave it, one version on; None if they change nothing. Variants it does not name stay, and
    so do those that somebody looked at later.

    `quantity` is what the source has on hand at the default location, so what is reserved there is taken off. A quantity
    without a word on tracking means that units are counted. `seen_ms` moves on for variants that this changes, for no others.
    """
    before = {v.variant_id: v for v in stock.variants} if stock else {}
    after = dict(_kept(before, look))
    for count in counts:
        old = after.get(count.variant_id)
        if old is not None and look.ms and look.ms < old.known_ms:
            continue
        counted = _counted(old, count)
        if counted is not None:
            after[count.variant_id] = _seen(old, counted, look)
    if after == before and all(after[name].noted_ms == v.noted_ms for name, v in before.items()):
        return None
    return next_version(stock, product_id, [_same_or(before.get(name), v) for name, v in after.items()])


def _same_or(before: VariantStock | None, after: VariantStock) -> VariantStock:
    return before if before is not None and before == after and before.noted_ms == after.noted_ms else after


def _seen(old: VariantStock | None, counted: VariantStock, look: Look) -> VariantStock:
    if not look.noted or counted != old:
        return replace(counted, seen_ms=look.ms or counted.seen_ms)
    return replace(old, noted_ms=look.ms) if look.ms - old.known_ms >= NOTED_FROM_MS else old


def _kept(before: Mapping[str, VariantStock], look: Look) -> Iterator[tuple[str, VariantStock]]:
    """What is left of `before` when variants are gone. Where units of one are reserved nothing more of it can be promised, but
    those reservations end as they would have."""
    for name, v in before.items():
        if look.whole is None or name in look.whole or v.known_ms > look.ms:
            yield name, v
        elif any(level.reserved for level in v.levels):
            levels = tuple(replace(level, available=0) for level in v.levels)
            last = replace(v, backorder=False, in_stock=False, levels=levels)
            yield name, v if last == v else replace(last, seen_ms=look.ms)


def _counted(old: VariantStock | None, count: SourceCount) -> VariantStock | None:
    if count.tracked is None and count.quantity is None and count.in_stock is None and count.backorder is None:
        return old
    tracked = count.tracked if count.tracked is not None else count.quantity is not None or bool(old and old.tracked)
    base = old or VariantStock(count.variant_id, tracked)
    levels = {level.location: level for level in base.levels}
    if count.quantity is not None:
        level = levels.get(DEFAULT_LOCATION, Level(DEFAULT_LOCATION, 0))
        levels[DEFAULT_LOCATION] = replace(level, available=count.quantity - level.reserved)
    return VariantStock(
        variant_id=count.variant_id,
        tracked=tracked,
        backorder=base.backorder if count.backorder is None else count.backorder,
        in_stock=base.in_stock if count.in_stock is None else count.in_stock,
        levels=shelved(tracked, levels),
        seen_ms=base.seen_ms,
        noted_ms=base.noted_ms,
    )

"""The charge models: from what was measured to an exact amount, and the steps that explain it.

Sources: the models and their edge cases are those of Lago (tiers, packages, percentages) and Kill Bill (blocks), as their
test suites have them. Where both free events and a free amount are given, the allowance that ends first ends both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from skuflow.billing.charges.arithmetic import exactly, whole_steps
from skuflow.billing.charges.model import ZERO, Block, Charge, ChargeModel, Measured, Priced, Step, Tier
from skuflow.billing.charges.percentage import percentage
from skuflow.billing.charges.steps import HUNDREDTH, flat, summed, units_at
from skuflow.billing.phrases import Phrase

__all__ = ["price"]

Bounds = Mapping[str, Decimal]
_INCLUDED = Phrase("included")


def price(charge: Charge, measured: Measured) -> Priced:
    """What `measured` costs under `charge`, exactly, in major units. Nothing costs less than nothing: units below zero are
    free of charge. The charge must have passed `checks.charge_problems`."""
    with exactly():
        if measured.units < 0:
            return Priced(ZERO)
        return summed(_MODELS[charge.model](charge, measured))


def _per_item(charge: Charge, measured: Measured) -> Iterator[Step]:
    free = min(measured.units, charge.included)
    if free:
        yield Step(_INCLUDED, free, ZERO, ZERO)
    yield units_at(Phrase("units"), measured.units - free, charge.unit_amount or ZERO)


def _package(charge: Charge, measured: Measured) -> Iterator[Step]:
    free = min(measured.units, charge.included)
    if free:
        yield Step(_INCLUDED, free, ZERO, ZERO)
    assert charge.package_size is not None
    packages = whole_steps(measured.units - free, charge.package_size)
    text = Phrase("packages", numbers={"size": charge.package_size})
    yield units_at(text, packages, charge.package_price or ZERO)


def _graduated(charge: Charge, measured: Measured) -> Iterator[Step]:
    for tier, bounds, units in _shares(charge.tiers, measured.units):
        yield units_at(Phrase("tier", numbers=bounds), units, tier.unit_amount)
        yield from flat(Phrase("tier_flat", numbers=bounds), tier.flat_amount)


def _graduated_percentage(charge: Charge, measured: Measured) -> Iterator[Step]:
    for tier, bounds, units in _shares(charge.tiers, measured.units):
        yield units_at(Phrase("tier_rate", numbers={"rate": tier.rate, **bounds}), units, tier.rate * HUNDREDTH)
        yield from flat(Phrase("tier_flat", numbers=bounds), tier.flat_amount)


def _volume(charge: Charge, measured: Measured) -> Iterator[Step]:
    """All units choose the tier that prices them: `full_units` if there are, else `units`, be they a mean over time."""
    level = measured.units if measured.full_units is None else measured.full_units
    floor = ZERO
    for tier in charge.tiers:
        if tier.up_to is None or level <= tier.up_to or tier is charge.tiers[-1]:
            text = Phrase("volume", numbers=_bounds(floor, tier.up_to))
            yield units_at(text, measured.units, tier.unit_amount)
            yield from flat(Phrase("flat"), tier.flat_amount)
            return
        floor = tier.up_to


def _shares(tiers: tuple[Tier, ...], units: Decimal) -> Iterator[tuple[Tier, Bounds, Decimal]]:
    """Each tier that is reached, the first one always, with the units that fall into it; the last tier takes what is left."""
    floor = ZERO
    for tier in tiers:
        top = tier.up_to
        if top is None or units <= top or tier is tiers[-1]:
            yield tier, _bounds(floor, top), units - floor
            return
        yield tier, _bounds(floor, top), top - floor
        floor = top


def _bounds(floor: Decimal, top: Decimal | None) -> Bounds:
    """Of a tier, as far as it has them; one without any begins at zero."""
    if top is None:
        return {"floor": floor}
    return {"floor": floor, "top": top} if floor else {"top": top}


def _graduated_blocks(charge: Charge, measured: Measured) -> Iterator[Step]:
    left = measured.units
    for block in charge.blocks:
        capacity = _capacity(block)
        last = capacity is None or block is charge.blocks[-1]
        held = left if capacity is None or last else min(left, capacity)
        yield _started(block, held)
        left -= held
        if not left:
            return


def _volume_blocks(charge: Charge, measured: Measured) -> Iterator[Step]:
    top = ZERO
    for block in charge.blocks:
        capacity = _capacity(block)
        top += capacity or ZERO
        if capacity is None or measured.units <= top or block is charge.blocks[-1]:
            yield _started(block, measured.units)
            return


def _capacity(block: Block) -> Decimal | None:
    return None if block.max_blocks is None else block.size * block.max_blocks


def _started(block: Block, units: Decimal) -> Step:
    text = Phrase("blocks", numbers={"size": block.size})
    return units_at(text, whole_steps(units, block.size), block.price)


_MODELS: dict[ChargeModel, Callable[[Charge, Measured], Iterator[Step]]] = {
    "per_item": _per_item,
    "graduated": _graduated,
    "volume": _volume,
    "package": _package,
    "percentage": percentage,
    "graduated_percentage": _graduated_percentage,
    "graduated_blocks": _graduated_blocks,
    "volume_blocks": _volume_blocks,
}

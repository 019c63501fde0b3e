"""The charge models: from what was measured to an exact amount, and the steps that explain it.

Sources: the models and their edge cases are those of Lago (tiers, packages, percentages) and Kill Bill (blocks), as their
test suites have them. Where both free events and a free amount are given, the allowance that ends first ends both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from skuflow.billing.charges.arithmetic import exactly, whole_steps
from skuflow.billing.charges.model import ZERO, Block, Charge, ChargeModel, Measured, Priced, Step, Tier
from skuflow.billing.charges.percentage import percentage
from skuflow.billing.charges.steps import HUNDREDTH, flat, summed, units_at

__all__ = ["price"]


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
        yield Step("included", free, ZERO, ZERO)
    yield units_at("units", measured.units - free, charge.unit_amount or ZERO)


def _package(charge: Charge, measured: Measured) -> Iterator[Step]:
    free = min(measured.units, charge.included)
    if free:
        yield Step("included", free, ZERO, ZERO)
    assert charge.package_size is not None
    packages = whole_steps(measured.units - free, charge.package_size)
    yield units_at(f"packages of {charge.package_size:f}, started ones whole", packages, charge.package_price or ZERO)


def _graduated(charge: Charge, measured: Measured) -> Iterator[Step]:
    for tier, label, units in _shares(charge.tiers, measured.units):
        yield units_at(label, units, tier.unit_amount)
        yield from flat(f"flat amount, {label}", tier.flat_amount)


def _graduated_percentage(charge: Charge, measured: Measured) -> Iterator[Step]:
    for tier, label, units in _shares(charge.tiers, measured.units):
        yield units_at(f"{tier.rate:f} % of {label}", units, tier.rate * HUNDREDTH)
        yield from flat(f"flat amount, {label}", tier.flat_amount)


def _volume(charge: Charge, measured: Measured) -> Iterator[Step]:
    """The level that was reached chooses the tier; where the units are a mean over time, that level is `full_units`."""
    level = measured.units if measured.full_units is None else measured.full_units
    floor = ZERO
    for tier in charge.tiers:
        if tier.up_to is None or level <= tier.up_to or tier is charge.tiers[-1]:
            label = f"all units, at the price for {_label(floor, tier.up_to)}"
            yield units_at(label, measured.units, tier.unit_amount)
            yield from flat("flat amount", tier.flat_amount)
            return
        floor = tier.up_to


def _shares(tiers: tuple[Tier, ...], units: Decimal) -> Iterator[tuple[Tier, str, Decimal]]:
    """Each tier that is reached, the first one always, with the units that fall into it; the last tier takes what is left."""
    floor = ZERO
    for tier in tiers:
        top = tier.up_to
        if top is None or units <= top or tier is tiers[-1]:
            yield tier, _label(floor, top), units - floor
            return
        yield tier, _label(floor, top), top - floor
        floor = top


def _label(floor: Decimal, top: Decimal | None) -> str:
    if top is None:
        return f"units above {floor:f}"
    return f"units up to {top:f}" if not floor else f"units above {floor:f} up to {top:f}"


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
    return units_at(f"blocks of {block.size:f}, started ones whole", whole_steps(units, block.size), block.price)


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

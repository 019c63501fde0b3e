"""What is wrong with the charges and fees of a plan, each fault with its place and its remedy. An empty answer: nothing.

Tiers are refused if they leave a gap or overlap: each ends above the one before, a given lower bound is where that one ends, and
the last has no end. Amounts are major units of the plan's currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from decimal import Decimal

from skuflow.billing.charges.arithmetic import MAX_DECIMALS
from skuflow.billing.charges.model import CHARGE_MODELS, ZERO, Block, Charge, Tier
from skuflow.billing.charges.number_checks import number_problems, positive_problems
from skuflow.kernel.currency import minor_digits
from skuflow.kernel.errors import Problem

MAX_CHARGES = 50
MAX_TIERS = 50
RESERVED_CODES = frozenset({"minimum_commitment"})

_NAMES = frozenset({"code", "metric", "model", "description", "currency"})
_OWN: dict[str, frozenset[str]] = {
    "per_item": frozenset({"unit_amount", "included"}),
    "graduated": frozenset({"tiers"}),
    "volume": frozenset({"tiers"}),
    "package": frozenset({"package_size", "package_price", "included"}),
    "percentage": frozenset({"rate", "fixed_amount", "free_events", "free_amount", "min_per_event", "max_per_event"}),
    "graduated_percentage": frozenset({"tiers"}),
    "graduated_blocks": frozenset({"blocks"}),
    "volume_blocks": frozenset({"blocks"}),
}
_REQUIRED: dict[str, tuple[str, ...]] = {
    "per_item": ("unit_amount",),
    "graduated": ("tiers",),
    "volume": ("tiers",),
    "package": ("package_size", "package_price"),
    "percentage": ("rate",),
    "graduated_percentage": ("tiers",),
    "graduated_blocks": ("blocks",),
    "volume_blocks": ("blocks",),
}
_AMOUNTS = ("unit_amount", "package_price", "fixed_amount", "free_amount", "min_per_event", "max_per_event", "included")


def fee_problems(
    field: str, value: Decimal, currency: str, *, most_decimals: int = MAX_DECIMALS
) -> tuple[Problem, ...]:
    """Faults of a fee that stands on an invoice by itself (base fee, minimum commitment), in major units of `currency`.

    A currency without minor units has no part of one to ask for; elsewhere up to `most_decimals` decimals are taken.
    """
    digits = minor_digits(currency)
    return tuple(
        number_problems(field, value, most_decimals=min(most_decimals, digits) if not digits else most_decimals)
    )


def charge_problems(charges: Sequence[Charge], currency: str, *, at: str = "charges") -> tuple[Problem, ...]:
    """All faults of all charges of a plan in `currency`. `at` is where the charges stand in what was sent."""
    found = [problem for place, charge in enumerate(charges) for problem in _charge(charge, currency, f"{at}[{place}]")]
    found += _repeated(charges, at)
    if len(charges) > MAX_CHARGES:
        found.append(Problem(at, f"{len(charges)} charges", f"give at most {MAX_CHARGES}"))
    return tuple(found)


def _repeated(charges: Sequence[Charge], at: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, charge in enumerate(charges):
        if charge.code in first:
            other = f"{at}[{first[charge.code]}]"
            yield Problem(
                f"{at}[{place}].code", f"{charge.code!r} is the code of {other} too", "give each its own code"
            )
        first.setdefault(charge.code, place)


def _charge(charge: Charge, currency: str, at: str) -> Iterator[Problem]:
    if not charge.code or charge.code in RESERVED_CODES:
        yield Problem(f"{at}.code", f"{charge.code!r} cannot be the code of a charge", "give another one")
    if not charge.metric:
        yield Problem(f"{at}.metric", "no metric is named", "name the metric that the charge is for")
    if charge.currency and charge.currency != currency:
        message = f"the charge is in {charge.currency}, the plan in {currency}"
        yield Problem(f"{at}.currency", message, f"give amounts in {currency}, or leave the currency out")
    if charge.model not in CHARGE_MODELS:
        yield Problem(f"{at}.model", f"{charge.model!r} is no charge model", "use one of " + ", ".join(CHARGE_MODELS))
        return
    yield from _fitting(charge, at)
    yield from _numbers(charge, at)
    yield from _tiers(charge, f"{at}.tiers")
    yield from _blocks(charge.blocks, f"{at}.blocks")


def _fitting(charge: Charge, at: str) -> Iterator[Problem]:
    """What the model needs is there, and nothing that it would not read."""
    for name in _REQUIRED[charge.model]:
        if getattr(charge, name) in (None, ()):
            yield Problem(f"{at}.{name}", f"a {charge.model} charge needs it", f"give {name}")
    for field in fields(charge):
        if field.name in _NAMES or not _given(getattr(charge, field.name), field.default):
            continue
        if field.name not in _OWN[charge.model]:
            yield Problem(f"{at}.{field.name}", f"a {charge.model} charge has no {field.name}", "leave it out")


def _given(value: object, default: object) -> bool:
    """Whether it is other than the default. A signalling NaN would raise if it were compared."""
    return (isinstance(value, Decimal) and not value.is_finite()) or value != default


def _numbers(charge: Charge, at: str) -> Iterator[Problem]:
    for name in _AMOUNTS:
        value = getattr(charge, name)
        if value is not None:
            yield from number_problems(f"{at}.{name}", value)
    if charge.package_size is not None:
        yield from positive_problems(f"{at}.package_size", charge.package_size)
    if charge.rate is not None:
        yield from _rate(charge.rate, f"{at}.rate")
    if charge.free_events is not None and charge.free_events < 0:
        yield Problem(f"{at}.free_events", "a number of events below zero", "give 0 or more")
    yield from _bounds(charge, at)


def _bounds(charge: Charge, at: str) -> Iterator[Problem]:
    least, most = charge.min_per_event, charge.max_per_event
    if least is None or most is None or not (least.is_finite() and most.is_finite()):
        return
    if least > most:
        yield Problem(f"{at}.min_per_event", f"{least} is above max_per_event {most}", "give at most that")


def _rate(rate: Decimal, at: str) -> Iterator[Problem]:
    faults = tuple(number_problems(at, rate))
    yield from faults
    if not faults and rate > 1000:
        yield Problem(at, f"{rate} percent", "give a percentage up to 1000; 2.9 means 2.9 %")


def _tiers(charge: Charge, at: str) -> Iterator[Problem]:
    if len(charge.tiers) > MAX_TIERS:
        yield Problem(at, f"{len(charge.tiers)} tiers", f"give at most {MAX_TIERS}")
    floor: Decimal | None = ZERO
    for place, tier in enumerate(charge.tiers):
        here = f"{at}[{place}]"
        yield from _tier_numbers(tier, charge.model, here)
        yield from _tier_bounds(tier, floor, here, is_last=place == len(charge.tiers) - 1)
        floor = tier.up_to


def _tier_numbers(tier: Tier, model: str, at: str) -> Iterator[Problem]:
    yield from number_problems(f"{at}.flat_amount", tier.flat_amount)
    if model == "graduated_percentage":
        yield from _rate(tier.rate, f"{at}.rate")
        foreign = "unit_amount" if tier.unit_amount else ""
    else:
        yield from number_problems(f"{at}.unit_amount", tier.unit_amount)
        foreign = "rate" if tier.rate else ""
    if foreign:
        yield Problem(f"{at}.{foreign}", f"a tier of a {model} charge has no {foreign}", "leave it out")


def _tier_bounds(tier: Tier, floor: Decimal | None, at: str, *, is_last: bool) -> Iterator[Problem]:
    """`floor` is where the tier before ends; None: it has no end."""
    if floor is None:
        yield Problem(at, "the tier before it has no end", "give up_to in every tier but the last")
        return
    yield from _tier_begin(tier.above, floor, f"{at}.above")
    if tier.up_to is None:
        if not is_last:
            yield Problem(f"{at}.up_to", "only the last tier may be without end", "say up to which quantity it goes")
        return
    if is_last:
        yield Problem(f"{at}.up_to", f"quantities above {tier.up_to} have no price", "leave up_to out in the last tier")
    faults = tuple(number_problems(f"{at}.up_to", tier.up_to))
    yield from faults
    if not faults and floor.is_finite() and tier.up_to <= floor:
        remedy = f"give more than {floor}"
        yield Problem(f"{at}.up_to", f"{tier.up_to} is not above {floor}, where the tier begins", remedy)


def _tier_begin(above: Decimal | None, floor: Decimal, at: str) -> Iterator[Problem]:
    if above is None or not floor.is_finite():
        return
    faults = tuple(number_problems(at, above))
    yield from faults
    if not faults and above != floor:
        what = "overlaps with" if above < floor else "leaves a gap after"
        yield Problem(at, f"{above} {what} the tier before it", f"give {floor}, or leave it out")


def _blocks(blocks: Sequence[Block], at: str) -> Iterable[Problem]:
    if len(blocks) > MAX_TIERS:
        yield Problem(at, f"{len(blocks)} tiers of blocks", f"give at most {MAX_TIERS}")
    for place, block in enumerate(blocks):
        here = f"{at}[{place}]"
        is_last = place == len(blocks) - 1
        yield from positive_problems(f"{here}.size", block.size)
        yield from number_problems(f"{here}.price", block.price)
        if block.max_blocks is None and not is_last:
            yield Problem(f"{here}.max_blocks", "only the last may take any number", "say how many blocks it holds")
        if block.max_blocks is not None and is_last:
            yield Problem(f"{here}.max_blocks", "quantities above it have no price", "leave it out in the last one")
        if block.max_blocks is not None and not 1 <= block.max_blocks <= 10**12:
            yield Problem(f"{here}.max_blocks", f"{block.max_blocks} blocks", "give a whole number from 1")

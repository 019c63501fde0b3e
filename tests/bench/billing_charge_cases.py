"""Cases of charge models: from a case's inputs to what `skuflow.billing.charges` says of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from skuflow.billing.charges.arithmetic import rounded
from skuflow.billing.charges.model import Block, Charge, ChargeModel, Measured, Tier
from skuflow.billing.charges.pricing import price
from skuflow.billing.metering.aggregation import aggregated
from skuflow.billing.metering.model import AGGREGATIONS, Metric, RawUsage, units_of
from skuflow.billing.periods import midnight
from skuflow.billing.proration import mean_over_period
from skuflow.billing.timeline_model import Span, UsageWindow
from tests.bench.billing_inputs import Answer, Inputs, NotUnderstood, as_number, given, number, optional, rows, whole

OPENING = re.compile(r"(opening|initial|start(ing)?|carr(y|ied)|previous|prior)(_\w+)?|(\w+_)?level(_\w+)?")
"""What a case may call the level that a period begins with."""
YEAR = datetime(2025, 1, 1, tzinfo=UTC)
BEFORE = ("already_billed", "billed", "previously_billed")


def charged(inputs: Inputs, charge: Charge, measured: Measured, note: str = "") -> Answer:
    """The amount of `measured` under `charge`, less what the case says was billed before."""
    exact = price(charge, measured).amount
    currency = str(inputs.get("currency", "CAD"))
    before = optional(inputs, *BEFORE) or Decimal(0)
    cents = rounded(exact, currency) - rounded(before, currency)
    return Answer({"amount": Fraction(exact) - Fraction(before)}, {"cents": cents.minor}, note)


def quantity(inputs: Inputs) -> Measured:
    """`quantity`, or the sum of single events or records."""
    for name in ("records", "events", "values"):
        if isinstance(inputs.get(name), list):
            values = tuple(as_number(value) for value in inputs[name])
            return Measured(sum(values, Decimal(0)), len(values), values)
    units = number(inputs, "quantity", "units", "prorated_units", "aggregation", "usage")
    return Measured(units, full_units=optional(inputs, "full_units"))


def tiers(inputs: Inputs) -> tuple[Tier, ...]:
    names = ("tiers", "ranges", "graduated_ranges", "volume_ranges", "graduated_percentage_ranges")
    return tuple(
        Tier(
            up_to=_end(row),
            unit_amount=number(row, "unit", "unit_amount", "per_unit", "per_unit_amount", "price", default="0"),
            flat_amount=number(row, "flat", "flat_amount", "flat_fee", default="0"),
            rate=number(row, "rate_pct", "rate", "percent", default="0"),
        )
        for row in rows(inputs, *names)
    )


def _end(row: Inputs) -> Decimal | None:
    names = ("up_to", "to", "to_value", "last_unit", "max")
    return None if any(str(row.get(name)).lower() in {"inf", "infinity"} for name in names) else optional(row, *names)


def _tiered(model: ChargeModel) -> Callable[[Inputs], Answer]:
    def answer(inputs: Inputs) -> Answer:
        if "tiers" in inputs and any("package_size" in row for row in rows(inputs, "tiers")):
            in_blocks: ChargeModel = "volume_blocks" if model == "volume" else "graduated_blocks"
            return charged(inputs, Charge("case", "m", in_blocks, blocks=_packages(inputs)), quantity(inputs))
        return charged(inputs, Charge("case", "m", model, tiers=tiers(inputs)), quantity(inputs))

    return answer


def _packages(inputs: Inputs) -> tuple[Block, ...]:
    """Tiers that are sold in packages: blocks, of which so many belong to a tier as there are between its ends."""
    sold: list[Block] = []
    floor = Decimal(0)
    for row, tier in zip(inputs["tiers"], tiers(inputs), strict=True):
        size = number(row, "package_size", default="1")
        most = None if tier.up_to is None else (tier.up_to - floor) / size
        if tier.flat_amount or (most is not None and most % 1):
            raise NotUnderstood("packages in a tier with a flat amount, or in one that does not end with a package")
        sold.append(Block(size, tier.unit_amount, None if most is None else int(most)))
        floor = tier.up_to or floor
    return tuple(sold)


def _blocks(model: ChargeModel) -> Callable[[Inputs], Answer]:
    def answer(inputs: Inputs) -> Answer:
        sold = blocks(inputs)
        if model == "graduated_blocks" and sold[-1].max_blocks is not None:
            sold = (*sold, Block(Decimal(1), Decimal(0)))
        return charged(inputs, Charge("case", "m", model, blocks=sold), quantity(inputs))

    return answer


def blocks(inputs: Inputs) -> tuple[Block, ...]:
    """As the case has them. Where all tiers count and the last has a maximum, what is used past it is free: Kill Bill,
    computeToBeBilledConsumableInArrearWith_ALL_TIERS. In a plan of ours that is a tier of its own, at price 0."""
    return tuple(
        Block(number(row, "block", "size", "block_size"), number(row, "price"), _most(row))
        for row in rows(inputs, "tiers", "blocks")
    )


def _most(row: Inputs) -> int | None:
    most = optional(row, "max_blocks", "max")
    return None if most is None or most < 0 else int(most)


def per_unit(inputs: Inputs) -> Answer:
    unit = number(inputs, "unit", "unit_amount", "per_unit", "amount", "price")
    included = number(inputs, "included", "included_units", "included_items", "free_units", default="0")
    return charged(inputs, Charge("case", "m", "per_item", unit_amount=unit, included=included), quantity(inputs))


def package(inputs: Inputs) -> Answer:
    charge = Charge(
        "case",
        "m",
        "package",
        package_size=number(inputs, "package_size", "size"),
        package_price=number(inputs, "package_price", "amount", "price"),
        included=number(inputs, "free_units", "included", default="0"),
    )
    return charged(inputs, charge, quantity(inputs))


def percentage(inputs: Inputs) -> Answer:
    charge = Charge(
        "case",
        "m",
        "percentage",
        rate=number(inputs, "rate_pct", "rate"),
        fixed_amount=number(inputs, "fixed_per_event", "fixed_amount", "fixed", default="0"),
        free_events=whole(inputs, "free_events", "free_units_per_events", default="0") or None,
        free_amount=optional(inputs, "free_amount", "free_units_per_total_aggregation") or None,
        min_per_event=optional(inputs, "min_per_event", "per_transaction_min_amount"),
        max_per_event=optional(inputs, "max_per_event", "per_transaction_max_amount"),
    )
    return charged(inputs, charge, turnover(inputs), _percentage_note(charge))


def _percentage_note(charge: Charge) -> str:
    if charge.free_events is None or charge.free_amount is None:
        return ""
    return "of free events and a free amount the one that ends first ends both, with bounds per event as without"


def turnover(inputs: Inputs) -> Measured:
    """Single events as they are, or made from running totals: what comes after the last total is one event more."""
    if isinstance(inputs.get("events"), list):
        return quantity(inputs)
    total = number(inputs, "amount", "quantity", "units", "aggregation")
    count = whole(inputs, "events", "count", default="1")
    running = [as_number(value) for value in _listed(inputs, "running_total")]
    if not running:
        each = (total / count).quantize(Decimal("1e-9")) if count else Decimal(0)
        return Measured(total, count, (each,) * count)
    amounts = [after - before for before, after in zip([Decimal(0), *running], running, strict=False)]
    amounts += [total - running[-1], *[Decimal(0)] * count][: max(0, count - len(running))]
    return Measured(total, len(amounts), tuple(amounts))


def weighted_sum(inputs: Inputs) -> Answer:
    """A level held over time. A period is given by its first and last day, both of them whole."""
    start, end = days(given(inputs, "period"), str(inputs.get("time_zone", "UTC")))
    told = rows(inputs, "events", "values") if inputs.get("events") or inputs.get("values") else ()
    events = [RawUsage(_moment(event), units_of(as_number(given(event, "delta", "value")))) for event in told]
    opening = [name for name in inputs if OPENING.fullmatch(name)]
    level = units_of(number(inputs, *opening, default="0")) + sum(one.units for one in events if one.at < start)
    held = sorted((one for one in events if start <= one.at < end), key=lambda one: one.at)
    mean = aggregated(Metric("m", "weighted_sum", "unit"), held, start, end, level=level)
    window = UsageWindow("plan@1", start, end, (Span(start, end),), ("m",))
    measured = Measured(mean_over_period(window, [(Span(start, end), mean)]), len(held))
    unit = number(inputs, "unit", "unit_amount", default="1")
    return charged(inputs, Charge("case", "m", "per_item", unit_amount=unit), measured)


def _listed(inputs: Inputs, *names: str) -> Sequence[Any]:
    told = next((inputs[name] for name in names if inputs.get(name) is not None), ())
    if not isinstance(told, list | tuple):
        raise NotUnderstood(f"{names[0]} is no list")
    return told


def days(period: Any, zone: str) -> tuple[datetime, datetime]:
    """`2025-02-01/2025-02-28` as the instants at which it begins and ends."""
    first, _, last = str(period).partition("/")
    try:
        day = date.fromisoformat(last) + timedelta(days=1)
        return midnight(date.fromisoformat(first), zone), midnight(day, zone)
    except ValueError:
        raise NotUnderstood(f"{period!r} is not a period like 2025-02-01/2025-02-28") from None


def _moment(event: Inputs) -> datetime:
    moment = datetime.fromisoformat(str(given(event, "at", "timestamp", "time")))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def aggregation(inputs: Inputs) -> Answer:
    """A quantity alone, or priced where the case gives a unit price."""
    kind = str(given(inputs, "aggregation_type", "aggregation"))
    if kind not in AGGREGATIONS:
        raise NotUnderstood(f"aggregation {kind!r}")
    events = [_event(place, event) for place, event in enumerate(_listed(inputs, "events", "values"))]
    units = aggregated(Metric("m", kind, "unit", property="value"), events, YEAR, YEAR + timedelta(days=366))
    unit = number(inputs, "unit", "unit_amount", default="1")
    return charged(inputs, Charge("case", "m", "per_item", unit_amount=unit), Measured(units, len(events)))


def _event(place: int, event: Any) -> RawUsage:
    value = event.get("value", event.get("delta", 0)) if isinstance(event, dict) else event
    at = YEAR + timedelta(minutes=place)
    if isinstance(value, str) and not _is_number(value):
        return RawUsage(at, 0, properties={"value": value})
    return RawUsage(at, units_of(as_number(value)), properties={"value": str(value)})


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdigit()


MODELS: dict[str, Callable[[Inputs], Answer]] = {
    "aggregation aggregate": aggregation,
    "weighted": weighted_sum,
    "graduated+percentage": _tiered("graduated_percentage"),
    "percentage percent": percentage,
    "volume+blocks top": _blocks("volume_blocks"),
    "blocks all": _blocks("graduated_blocks"),
    "volume+package": lambda inputs: (_tiered("volume") if "tiers" in inputs else package)(inputs),
    "volume": _tiered("volume"),
    "graduated tiered slab": _tiered("graduated"),
    "package packages": package,
    "unit standard item included overage flat usage": per_unit,
}
"""Words of a model's name -> what answers it; the first line holds of which a word (of `a+b`: both) is in the name."""

FOREIGN = frozenset({"graduated+prorated", "dynamic", "custom", "multi"})
"""Models of others that no plan of ours can have."""


def answering(model: str) -> Callable[[Inputs], Answer] | None:
    """Also `…_minus_already_billed`, `…_late`: the charge less what was billed; the inputs say how much that is."""
    words = frozenset(re.split(r"[_\W]+", model.lower()))
    if any(words.issuperset(one.split("+")) for one in FOREIGN):
        return None
    for names, answer in MODELS.items():
        if any(words.issuperset(one.split("+")) for one in names.split()):
            return answer
    return None

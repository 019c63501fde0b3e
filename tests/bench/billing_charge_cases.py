"""Cases of charge models: from a case's inputs to what `skuflow.billing.charges` says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from skuflow.billing.charges import Block, Charge, ChargeModel, Measured, Tier, price, rounded
from skuflow.billing.metering.aggregation import aggregated
from skuflow.billing.metering.model import AGGREGATIONS, Metric, RawUsage, units_of
from skuflow.billing.periods import midnight
from skuflow.billing.proration import mean_over_period
from skuflow.billing.timeline_model import Span, UsageWindow
from tests.bench.billing_inputs import Answer, Inputs, NotUnderstood, as_number, given, number, optional

OPENING = (
    "opening",
    "initial",
    "initial_value",
    "initial_level",
    "opening_level",
    "level",
    "carried_over",
    "start_level",
)
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
    rows = given(inputs, "tiers", "ranges", "graduated_ranges", "volume_ranges", "graduated_percentage_ranges")
    return tuple(
        Tier(
            up_to=_end(optional(row, "up_to", "to", "to_value", "last_unit", "max")),
            unit_amount=number(row, "unit", "unit_amount", "per_unit", "per_unit_amount", "price", default="0"),
            flat_amount=number(row, "flat", "flat_amount", "flat_fee", default="0"),
            rate=number(row, "rate_pct", "rate", "percent", default="0"),
        )
        for row in rows
    )


def _end(up_to: Decimal | None) -> Decimal | None:
    return up_to if up_to is not None and up_to.is_finite() else None


def _tiered(model: ChargeModel) -> Callable[[Inputs], Answer]:
    return lambda inputs: charged(inputs, Charge("case", "m", model, tiers=tiers(inputs)), quantity(inputs))


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
        for row in given(inputs, "tiers", "blocks")
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
    free_events = optional(inputs, "free_events", "free_units_per_events")
    charge = Charge(
        "case",
        "m",
        "percentage",
        rate=number(inputs, "rate_pct", "rate"),
        fixed_amount=number(inputs, "fixed_per_event", "fixed_amount", "fixed", default="0"),
        free_events=None if not free_events else int(free_events),
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
    count = int(number(inputs, "events", "count", default="1"))
    running = [as_number(value) for value in inputs.get("running_total") or ()]
    if not running:
        each = (total / count).quantize(Decimal("1e-9")) if count else Decimal(0)
        return Measured(total, count, (each,) * count)
    amounts = [after - before for before, after in zip([Decimal(0), *running], running, strict=False)]
    amounts += [total - running[-1], *[Decimal(0)] * count][: max(0, count - len(running))]
    return Measured(total, len(amounts), tuple(amounts))


def weighted_sum(inputs: Inputs) -> Answer:
    """A level held over time. A period is given by its first and last day, both of them whole."""
    start, end = days(given(inputs, "period"), str(inputs.get("time_zone", "UTC")))
    events = [
        RawUsage(_moment(event), units_of(as_number(given(event, "delta", "value")))) for event in _events(inputs)
    ]
    level = units_of(number(inputs, *OPENING, default="0")) + sum(one.units for one in events if one.at < start)
    held = sorted((one for one in events if start <= one.at < end), key=lambda one: one.at)
    mean = aggregated(Metric("m", "weighted_sum", "unit"), held, start, end, level=level)
    window = UsageWindow("plan@1", start, end, (Span(start, end),), ("m",))
    measured = Measured(mean_over_period(window, [(Span(start, end), mean)]), len(held))
    unit = number(inputs, "unit", "unit_amount", default="1")
    return charged(inputs, Charge("case", "m", "per_item", unit_amount=unit), measured)


def _events(inputs: Inputs) -> Iterable[Any]:
    events = inputs.get("events", inputs.get("values", ()))
    if not isinstance(events, list | tuple):
        raise NotUnderstood("the events are no list")
    return events


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
    events = [_event(place, event) for place, event in enumerate(_events(inputs))]
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
    **dict.fromkeys(("per_unit", "standard", "per_item", "unit", "included"), per_unit),
    **dict.fromkeys(("per_unit_with_included", "per_unit_included", "per_item_with_included"), per_unit),
    **{name: _tiered("graduated") for name in ("graduated", "tiered", "slab", "graduated_tiered")},
    **{name: _tiered("volume") for name in ("volume", "volume_prorated", "volume_tiered", "tiered_volume")},
    "graduated_percentage": _tiered("graduated_percentage"),
    **dict.fromkeys(("package", "packages", "volume_package"), package),
    **dict.fromkeys(("percentage", "percentage_min_max", "percentage_per_event"), percentage),
    **{name: _blocks("graduated_blocks") for name in ("graduated_blocks", "all_tiers", "blocks")},
    **{name: _blocks("volume_blocks") for name in ("volume_blocks", "top_tier")},
    **dict.fromkeys(("weighted_sum", "weighted_sum_daily_level"), weighted_sum),
    **dict.fromkeys(("aggregation", "aggregate"), aggregation),
}
"""Model of a case -> what answers it."""


def answering(model: str) -> Callable[[Inputs], Answer] | None:
    """Also `…_minus_already_billed`, `…_late`: the charge less what was billed; the inputs say how much that is."""
    for ending in ("_minus_already_billed", "_minus_billed", "_late"):
        model = model.removesuffix(ending)
    return MODELS.get(model)

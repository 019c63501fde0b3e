"""Cases of proration: from a case's dates and days to what the billing engine says of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from skuflow.billing.charges.model import Charge, Measured
from skuflow.billing.periods import Cycle, midnight, period_at
from skuflow.billing.proration import Ruler, prorated
from skuflow.billing.tax.rounding import half_up
from skuflow.billing.timeline import invoice_lines, usage_windows
from skuflow.billing.timeline_model import (
    Alignment,
    Billed,
    Interval,
    Line,
    Phase,
    Proration,
    Span,
    Terms,
    Timeline,
)
from skuflow.kernel.money import Money
from tests.bench.billing_charge_cases import days
from tests.bench.billing_inputs import Answer, Inputs, NotUnderstood, given, number, optional, rows, whole

ENDED = ("terminated", "cancelled", "ended")
START = datetime(2025, 1, 1, tzinfo=UTC)
NEXT_BILLING = ("next_billing_date", "next_billing_cycle_date", "next_bill_date", "billing_date")
LAST_BILLING = (
    "previous_billing_date",
    "previous_bill_through_date",
    "previous_bill_through",
    "last_billing_cycle_date",
    "last_billing_date",
    "bill_through",
    "previous",
    "start",
    "start_date",
)
RATIO_WORDS = frozenset({"leading", "trailing", "actual", "days", "fixed", "month", "in", "between"})
INTERVALS: dict[str, Interval] = {
    **dict.fromkeys(("week", "weekly"), "week"),
    **dict.fromkeys(("month", "monthly"), "month"),
    **dict.fromkeys(("quarter", "quarterly"), "quarter"),
    **dict.fromkeys(("year", "yearly", "annual", "annually"), "year"),
}


def _minor(inputs: Inputs, *names: str) -> Decimal:
    """A price: `…_cents` as it is, other names in major units."""
    cents = optional(inputs, *(f"{name}_cents" for name in names))
    return number(inputs, *names) * 100 if cents is None else cents


def _in_units(cents: Decimal) -> Decimal:
    return cents.scaleb(-2)


def by_days(inputs: Inputs) -> Answer:
    """So many days of a period of so many. What is billable is what the period ends with, unused days too."""
    days_of_period = whole(inputs, "period_days")
    after = str(max(days_of_period - whole(inputs, "trial_days"), 0)) if "trial_days" in inputs else None
    part = whole(inputs, "billable_days", "unused_days", "used_days", default=after)
    if part > days_of_period:
        raise NotUnderstood(f"{part} days of a period of {days_of_period}")
    price = _minor(inputs, "price", "amount")
    period = Span(START, START + timedelta(days=days_of_period))
    cut = START + timedelta(days=part if "used_days" in inputs else days_of_period - part)
    span = Span(START, cut) if "used_days" in inputs else Span(cut, period.end)
    ruler = Ruler("day")
    money = prorated(_in_units(price), "CAD", period, span, ruler)
    return _with_tax(inputs, money.minor, Fraction(price) * ruler.share(period, span))


def _with_tax(inputs: Inputs, net: int, exact: Fraction) -> Answer:
    """Taxes are of the rounded amount that stands on the document, and rounded half-up, as the law has it."""
    tax = half_up(Fraction(net) * Fraction(number(inputs, "tax_pct", "tax_rate_pct", default="0")) / 100)
    precisely = ("precise_cents", "precise_amount_cents")
    names = ("net_cents", "cents", "credit_cents", "amount_cents", "fee_cents", "prorated_cents", *precisely)
    cents = dict.fromkeys(names, net)
    totals = dict.fromkeys(("total_cents", "credit_total_cents"), net + tax)
    precise = dict.fromkeys((*names, "amount"), exact) | {"amount": exact / 100}
    note = "the tax is that of the rounded net amount on the document" if tax else ""
    return Answer(precise, {**cents, **totals, "tax_cents": tax}, note)


def credit_note(inputs: Inputs) -> Answer:
    """An amount that is given back, and its tax."""
    names = ("amount_cents", "net_cents", "price_cents", "credit_cents")
    net = sum((number(one, *names) for one in (rows(inputs, "items") if "items" in inputs else [inputs])), Decimal(0))
    return _with_tax(inputs, int(net), Fraction(net))


def ratio(model: str) -> Callable[[Inputs], Answer] | None:
    """`proration_ratio_<monthly|quarterly|…>_<actual_days|fixed30>`, `days_between_fixed28` …: the share of the period before or
    after a billing date, and its days."""
    if not model.startswith(("proration_ratio", "days_between")):
        return None
    words = model.removeprefix("proration_ratio").removeprefix("days_between").split("_")
    interval, days_named = [INTERVALS[word] for word in words if word in INTERVALS], re.findall(r"\d+", model)
    if any(word.isalpha() and word not in RATIO_WORDS and word not in INTERVALS for word in words):
        return None
    return lambda inputs: _ratio(inputs, interval[0] if interval else "month", _month_days(inputs, model, days_named))


def _month_days(inputs: Inputs, model: str, named: list[str]) -> int:
    """How many days every month has; 0: as many as the calendar says."""
    told = number(inputs, "fixed_days", "fixed_days_in_month", "days_in_month", "month_days", default="0")
    return int(told) or (int(named[0] if named else "30") if "fixed" in model else 0)


def _ratio(inputs: Inputs, interval: Interval, month_days: int) -> Answer:
    if any(name in inputs for name in NEXT_BILLING):
        at = _midnight(inputs, *NEXT_BILLING)
        begin = _midnight(inputs, "start", "start_date", "started")
        cycle = Cycle(interval, "anchored", "UTC", at, whole_days=True)
        period, part = period_at(cycle, at - timedelta(days=1)), Span(begin, at)
    else:
        at = _midnight(inputs, *LAST_BILLING)
        end = _midnight(inputs, "end", "end_date", "target", "target_date", *ENDED)
        period, part = period_at(Cycle(interval, "anchored", "UTC", at, whole_days=True), at), Span(at, end)
    ruler = Ruler("day30", "UTC", month_days) if month_days else Ruler("day", "UTC")
    share = ruler.share(period, part)
    note = "every month has as many days, also where a part lies within one or spans several" if month_days else ""
    shares = {"ratio_9dp": share, "ratio": share, "amount": share}
    return Answer(shares, {"days": ruler.length(part.start, part.end)}, note)


def _midnight(inputs: Inputs, *names: str) -> datetime:
    return midnight(_date(given(inputs, *names)), str(inputs.get("time_zone", "UTC")))


def _date(text: object) -> date:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        raise NotUnderstood(f"{text!r} is not a date") from None


def subscription(alignment: Alignment, by: Proration = "day") -> Callable[[Inputs], Answer]:
    """A subscription that starts and is ended or changed: the invoice at its start, and the one at its end."""
    return lambda inputs: _subscription(inputs, alignment, by)


def _subscription(inputs: Inputs, alignment: Alignment, by: Proration) -> Answer:
    zone = str(inputs.get("time_zone", "UTC"))
    began = _began(inputs, zone)
    terms = Terms(
        "plan@1", "Plan", "CAD", _interval(inputs), alignment, by, _in_units(_minor(inputs, "price", "amount"))
    )
    timeline = Timeline(_anchor(inputs, zone), zone, (Phase("plan@1", "active", began),), {"plan@1": terms})
    first = invoice_lines(timeline, Billed(), began, {}, as_of=began)
    last: tuple[Line, ...] = ()
    if any(name in inputs for name in ENDED):
        ended = _moment(inputs, zone, *ENDED)
        closed = replace(timeline, phases=(Phase("plan@1", "active", began, ended),))
        last = invoice_lines(closed, first.billed, ended, {}, as_of=ended).lines
    credit = -sum(line.amount.minor for line in last)
    net = sum(line.amount.minor for line in first.lines) - credit
    taxed = _with_tax(inputs, credit, _exact(last))
    kept = _with_tax(inputs, net, Fraction(net))
    given_back = {name: taxed.cents[name] for name in ("credit_cents", "credit_total_cents")}
    return Answer({"credit_cents": taxed.exact["credit_cents"]}, {**kept.cents, **given_back}, taxed.note or kept.note)


def _anchor(inputs: Inputs, zone: str) -> datetime:
    if "anniversary" in inputs or "anchor" in inputs:
        return midnight(_date(given(inputs, "anniversary", "anchor")), zone)
    return days(inputs["period"], zone)[0] if "period" in inputs else _began(inputs, zone)


def _exact(lines: tuple[Line, ...]) -> Fraction:
    """What was credited, before rounding, in cents."""
    return -sum((Fraction(line.explanation[0].amount) * 100 for line in lines), Fraction(0))


def _began(inputs: Inputs, zone: str) -> datetime:
    if "started" in inputs or "period" not in inputs:
        return midnight(_date(given(inputs, "started", "start")), zone)
    return days(inputs["period"], zone)[0]


def _moment(inputs: Inputs, zone: str, *names: str) -> datetime:
    """Noon of the day that is named: whole days do not ask for the hour."""
    return midnight(_date(given(inputs, *names)), zone) + timedelta(hours=12)


def _interval(inputs: Inputs) -> Interval:
    if "interval" in inputs:
        if (named := str(inputs["interval"])) not in INTERVALS:
            raise NotUnderstood(f"the interval {named!r}")
        return INTERVALS[named]
    start, end = days(inputs["period"], "UTC") if "period" in inputs else (START, START + timedelta(days=30))
    length = (end - start).days
    return "week" if length <= 7 else "month" if length <= 31 else "quarter" if length <= 92 else "year"


def minimum_commitment(inputs: Inputs) -> Answer:
    """The true-up of a month with a base fee and charges, as the second invoice has it."""
    spent = _in_units(_minor(inputs, "charges", "usage", "fees"))
    charge = Charge("case", "m", "per_item", unit_amount=Decimal("0.01"))
    base = optional(inputs, "base_fee_cents", "subscription_cents") or Decimal(0)
    promised = _in_units(_minor(inputs, "commitment", "minimum_commitment"))
    terms = Terms(
        "plan@1", "Plan", "CAD", base_fee=_in_units(base), minimum_commitment=promised, charges=(charge,)
    )  # fmt: skip
    timeline = Timeline(START, "UTC", (Phase("plan@1", "active", START),), {"plan@1": terms})
    end = START + timedelta(days=31)
    billed = invoice_lines(timeline, Billed(), START, {}, as_of=START).billed
    usage = {(one.key, "m"): Measured(spent * 100, 1) for one in usage_windows(timeline, billed, end)}
    lines = invoice_lines(timeline, billed, end, usage, as_of=end).lines
    missing = sum((line.amount for line in lines if line.kind == "commitment"), Money(0, "CAD")).minor
    names = ("cents", "true_up_cents", "net_cents", "amount_cents")
    return Answer({"amount": Fraction(missing, 100)}, dict.fromkeys(names, missing))


MODELS: dict[str, Callable[[Inputs], Answer]] = {
    **dict.fromkeys(("proration_days", "termination_credit_with_tax", "termination_credit", "trial_days"), by_days),
    **dict.fromkeys(("credit_note", "credit_note_with_tax"), credit_note),
    "proration_days_calendar": subscription("calendar"),
    "proration_days_anniversary": subscription("anchored"),
    "proration_seconds_calendar": subscription("calendar", "second"),
    "proration_seconds_anniversary": subscription("anchored", "second"),
    **dict.fromkeys(("minimum_commitment", "minimum_commitment_true_up"), minimum_commitment),
}
"""Model of a case -> what answers it."""


def answering(model: str) -> Callable[[Inputs], Answer] | None:
    return MODELS.get(model) or ratio(model)

"""Base fees by example: in advance, prorated by changes, given back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from skuflow.billing.engine.coverage import coverage
from skuflow.billing.engine.spans import clipped
from skuflow.billing.timeline import invoice_lines
from skuflow.billing.timeline_model import Billed, Line, Phase, Span, Terms
from skuflow.billing.wording import worded
from skuflow.kernel.errors import Invalid
from tests.unit.billing.timeline.life import at, billed_at, cents, terms, timeline

MARCH = at("2024-03-01")
CHANGE = at("2024-03-11T12:00")
BASIC = terms("basic@1", "31.00")
FAMILY = terms("family@1", "62.00")


def told(lines: tuple[Line, ...]) -> list[tuple[str, str, int]]:
    return [(line.kind, line.plan, line.amount.minor) for line in lines]


def changed(before: Terms, after: Terms, moment: str = "2024-03-11T12:00") -> list[tuple[str, str, int]]:
    """The lines of the invoice that a change in a month billed before brings."""
    start = timeline([Phase(before.plan, "active", MARCH)], before, after, anchor=MARCH)
    billed = billed_at(start, MARCH).billed
    phases = [Phase(before.plan, "active", MARCH, at(moment)), Phase(after.plan, "active", at(moment))]
    return told(billed_at(timeline(phases, before, after, anchor=MARCH), at(moment), billed).lines)


def test_the_first_invoice_has_the_fee_of_the_period_to_come() -> None:
    due = billed_at(timeline([Phase("basic@1", "active", MARCH)], BASIC, anchor=MARCH), MARCH)
    (line,) = due.lines
    assert (line.kind, line.amount.minor, line.quantity) == ("base", 3100, Decimal(1))
    assert line.unit_amount == Decimal("31.00")
    assert (line.period_from, line.period_to) == (MARCH, at("2024-04-01"))
    assert [worded(step.text, "en") for step in line.explanation] == ["the whole period"]


def test_a_change_gives_back_what_is_left_of_the_old_plan_and_charges_the_rest_of_the_period_of_the_new_one() -> None:
    assert changed(BASIC, FAMILY) == [("base_credit", "basic@1", -2050), ("base", "family@1", 4100)]


def test_where_days_are_whole_the_day_of_a_change_is_the_new_plans() -> None:
    basic, family = (terms(one.plan, str(one.base_fee), proration="day") for one in (BASIC, FAMILY))
    assert changed(basic, family) == [("base_credit", "basic@1", -2100), ("base", "family@1", 4200)]


@pytest.mark.parametrize("by", [("day", "second"), ("second", "day")])
def test_between_plans_that_count_days_and_seconds_the_day_of_a_change_is_whole(by: tuple[str, str]) -> None:
    basic, family = terms("basic@1", "31.00", proration=by[0]), terms("family@1", "62.00", proration=by[1])
    assert changed(basic, family) == [("base_credit", "basic@1", -2100), ("base", "family@1", 4200)]


def test_a_change_to_a_plan_of_another_rhythm_is_prorated_on_the_grid_of_each() -> None:
    yearly = terms("yearly@1", "365.00", interval="year")
    assert changed(BASIC, yearly, "2024-03-11") == [("base_credit", "basic@1", -2100), ("base", "yearly@1", 35500)]


def test_a_change_at_the_end_of_a_period_costs_nothing_before_it_comes() -> None:
    end = at("2024-04-01")
    phases = [Phase("basic@1", "active", MARCH, end), Phase("yearly@1", "active", end)]
    yearly = terms("yearly@1", "366.00", interval="year", alignment="calendar")
    planned = timeline(phases, BASIC, yearly, anchor=MARCH)
    due = billed_at(planned, MARCH)
    assert told(due.lines) == [("base", "basic@1", 3100)]
    assert told(billed_at(planned, end, due.billed).lines) == [("base", "yearly@1", 27500)]


@pytest.mark.parametrize(
    ("by", "end", "credit"),
    [
        ("second", "2024-03-11T12:00", -2050),
        ("day", "2024-03-11T12:00", -2000),
        ("day", "2024-03-11T00:00", -2100),
        ("day30", "2024-03-16T12:00", -1447),
        ("second", "2024-04-01", None),
        ("day", "2024-04-01", None),
    ],
)
@pytest.mark.parametrize("after", ["cancelled", "paused"])
def test_cancelling_and_pausing_give_back_the_rest_and_bill_the_day_they_come_on(
    by: str, end: str, credit: int | None, after: str
) -> None:
    basic = terms("basic@1", "31.00", proration=by)
    billed = billed_at(timeline([Phase("basic@1", "active", MARCH)], basic, anchor=MARCH), MARCH).billed
    phases = [Phase("basic@1", "active", MARCH, at(end))]
    if after == "paused":
        phases.append(Phase("basic@1", "paused", at(end)))
    due = billed_at(timeline(phases, basic, anchor=MARCH), at(end), billed)
    assert told(due.lines) == ([] if credit is None else [("base_credit", "basic@1", credit)])


def test_a_subscription_that_another_one_replaced_leaves_it_the_day() -> None:
    basic = terms("basic@1", "31.00", proration="day")
    day = at("2024-03-11")
    billed = billed_at(timeline([Phase("basic@1", "active", MARCH)], basic, anchor=MARCH), MARCH).billed
    ended = timeline([Phase("basic@1", "active", MARCH, CHANGE)], basic, anchor=MARCH, handed_over_at=day)
    assert cents(billed_at(ended, CHANGE, billed).lines) == -2100
    pause, back = at("2024-03-04T09:00"), at("2024-03-06T09:00")
    phases = [
        Phase("basic@1", "active", MARCH, pause),
        Phase("basic@1", "paused", pause, back),
        Phase("basic@1", "active", back, CHANGE),
    ]
    assert cents(billed_at(timeline(phases, basic, anchor=MARCH, handed_over_at=day), CHANGE).lines) == 900


@pytest.mark.parametrize(
    ("row", "covers"),
    [
        ("d s", ["", "24"]),
        ("s d", ["", "24"]),
        ("d s s", ["", "14", "10"]),
        ("s d s", ["", "", "24"]),
        ("d d s d", ["", "", "", "24"]),
        ("s s s", ["12", "2", "10"]),
        ("d - s", ["", "24"]),
        ("s - d", ["", "24"]),
        ("s - s", ["12", "10"]),
    ],
)
def test_of_several_changes_in_one_day_each_takes_the_day_if_one_of_the_two_plans_counts_days(
    row: str, covers: list[str]
) -> None:
    """The first plan came days ago, the others at 12:00, 14:00, …; s counts seconds, d days, - is a pause. Hours of that day."""
    plans = [terms(f"{place}@1", proration="day" if by == "d" else "second") for place, by in enumerate(row.split())]
    moments = [MARCH, *(at(f"2024-03-11T{12 + 2 * place}:00") for place in range(len(plans) - 1)), at("2024-03-12")]
    phases = [
        Phase(plan.plan, "paused" if by == "-" else "active", start, end)
        for plan, by, (start, end) in zip(plans, row.split(), pairwise(moments), strict=True)
    ]
    day = Span(at("2024-03-11"), at("2024-03-12"))
    told = {
        one.plan: clipped(Span(one.start, one.end or day.end), day.start, day.end)
        for one in coverage(timeline(phases, *plans))
    }
    hours = [
        (told[phase.plan].end - told[phase.plan].start) / timedelta(hours=1) if phase.plan in told else 0
        for phase in phases
        if phase.kind == "active"
    ]
    assert hours == [float(one or 0) for one in covers]


def test_a_trial_is_free_and_the_first_paid_period_begins_where_it_ends() -> None:
    end = at("2024-03-15")
    phases = [Phase("basic@1", "trial", MARCH, end), Phase("basic@1", "active", end)]
    trial = timeline(phases, BASIC, anchor=end)
    due = billed_at(trial, MARCH)
    assert due.lines == ()
    (line,) = billed_at(trial, end, due.billed).lines
    assert (line.amount.minor, line.period_from, line.period_to) == (3100, end, at("2024-04-15"))


def test_in_a_calendar_month_the_days_after_the_trial_are_paid() -> None:
    plan = terms("basic@1", "1.00", alignment="calendar", proration="day")
    phases = [Phase("basic@1", "trial", MARCH, at("2024-03-04")), Phase("basic@1", "active", at("2024-03-04"))]
    assert cents(billed_at(timeline(phases, plan, anchor=MARCH), at("2024-03-04")).lines) == 90


def test_a_pause_that_is_resumed_within_the_period_costs_the_rest_of_it() -> None:
    phases = [
        Phase("basic@1", "active", MARCH, at("2024-03-08")),
        Phase("basic@1", "paused", at("2024-03-08"), at("2024-03-21")),
        Phase("basic@1", "active", at("2024-03-21")),
    ]
    billed = billed_at(timeline([Phase("basic@1", "active", MARCH)], BASIC, anchor=MARCH), MARCH).billed
    paused = billed_at(timeline(phases[:2], BASIC, anchor=MARCH), at("2024-03-08"), billed)
    assert cents(paused.lines) == -2400
    resumed = billed_at(timeline(phases, BASIC, anchor=MARCH), at("2024-03-21"), paused.billed)
    assert told(resumed.lines) == [("base", "basic@1", 1100)]


def test_a_change_during_the_grace_period_is_seen_by_the_invoice_that_waited() -> None:
    april = at("2024-04-01")
    late = at("2024-04-01T18:00")
    phases = [Phase("basic@1", "active", MARCH, late), Phase("family@1", "active", late)]
    due = billed_at(timeline(phases[:1], BASIC, anchor=MARCH), MARCH)
    waited = billed_at(timeline(phases, BASIC, FAMILY, anchor=MARCH), april, due.billed, as_of=at("2024-04-02"))
    assert told(waited.lines) == [("base", "basic@1", 78)]
    after = billed_at(timeline(phases, BASIC, FAMILY, anchor=MARCH), late, waited.billed, as_of=at("2024-04-02"))
    assert told(after.lines) == [("base", "family@1", 6045)]


def test_changing_there_and_back_at_once_costs_nothing() -> None:
    phases = [
        Phase("basic@1", "active", MARCH, CHANGE),
        Phase("family@1", "active", CHANGE, CHANGE),
        Phase("basic@1", "active", CHANGE),
    ]
    billed = billed_at(timeline([Phase("basic@1", "active", MARCH)], BASIC, anchor=MARCH), MARCH).billed
    assert billed_at(timeline(phases, BASIC, FAMILY, anchor=MARCH), CHANGE, billed).lines == ()


def test_invoices_long_overdue_bill_every_period() -> None:
    plan = timeline([Phase("basic@1", "active", MARCH)], BASIC, anchor=MARCH)
    billed, total = Billed(), 0
    for boundary in ("2024-03-01", "2024-04-01", "2024-05-01", "2024-06-01"):
        due = billed_at(plan, at(boundary), billed, as_of=at("2025-01-01"))
        billed, total = due.billed, total + cents(due.lines)
    assert total == 4 * 3100
    assert len(billed.base) == 1


def test_currencies_do_not_mix() -> None:
    phases = [Phase("basic@1", "active", MARCH, CHANGE), Phase("family@1", "active", CHANGE)]
    mixed = timeline(phases, BASIC, terms("family@1", "62.00", currency="USD"))
    with pytest.raises(Invalid) as caught:
        invoice_lines(mixed, Billed(), CHANGE, {}, as_of=CHANGE)
    assert [problem.field for problem in caught.value.problems] == ["plan"]


def test_phases_with_a_hole_between_them_are_no_timeline() -> None:
    phases = [Phase("basic@1", "active", MARCH, CHANGE), Phase("basic@1", "active", at("2024-03-12"))]
    with pytest.raises(ValueError, match="begins where"):
        invoice_lines(timeline(phases, BASIC), Billed(), CHANGE, {}, as_of=CHANGE)

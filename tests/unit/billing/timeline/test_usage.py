"""Charges by example: in arrears, late, across plans, and topped up to the commitment."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from skuflow.billing.charges.model import Charge, Tier
from skuflow.billing.timeline import invoice_lines, next_boundary, usage_windows
from skuflow.billing.timeline_model import Billed, Line, Phase, Span
from skuflow.billing.wording import worded
from tests.unit.billing.timeline.life import DAY, Used, at, billed_at, cents, per_item, terms, timeline

MARCH, APRIL, MAY = at("2024-03-01"), at("2024-04-01"), at("2024-05-01")
USAGE = terms("usage@1", "10.00", charges=(per_item("0.05", included=Decimal(100)),))
OPEN = timeline([Phase("usage@1", "active", MARCH)], USAGE, anchor=MARCH)


def used(day: str, value: int, late: int = 0) -> Used:
    return Used(at(day), at(day) + late * DAY, value)


def told(lines: tuple[Line, ...]) -> list[tuple[str, str, int, int]]:
    return [(line.kind, line.plan, int(line.quantity), line.amount.minor) for line in lines if line.kind != "base"]


def test_what_was_used_is_billed_when_the_period_has_ended_and_what_is_included_is_free() -> None:
    events = [used("2024-03-10", 130), used("2024-03-31T23:59:59", 20), used("2024-04-01", 1000)]
    first = billed_at(OPEN, MARCH, used=events)
    assert told(first.lines) == []
    (line,) = (one for one in billed_at(OPEN, APRIL, first.billed, events).lines if one.kind == "usage")
    assert (int(line.quantity), line.amount.minor, line.metric, line.charge) == (150, 250, "items", "items")
    assert (line.period_from, line.period_to, line.unit_amount) == (MARCH, APRIL, None)
    assert [(worded(step.text, "en"), int(step.quantity)) for step in line.explanation] == [
        ("included", 100),
        ("units", 50),
    ]


def test_late_usage_is_billed_as_a_difference_in_the_period_it_belongs_to() -> None:
    events = [used("2024-03-10", 130), used("2024-03-28", 40, late=20), used("2024-04-05", 120)]
    april = billed_at(OPEN, APRIL, billed_at(OPEN, MARCH).billed, events)
    assert told(april.lines) == [("usage", "usage@1", 130, 150)]
    may = billed_at(OPEN, MAY, april.billed, events)
    assert told(may.lines) == [("usage", "usage@1", 120, 100), ("late_usage", "usage@1", 40, 200)]
    assert sum(step.amount for step in may.lines[-1].explanation) == 2


def test_late_usage_that_makes_all_units_cheaper_is_given_back() -> None:
    tiers = (Tier(Decimal(100), Decimal("0.10")), Tier(None, Decimal("0.05")))
    plan = terms("usage@1", "10.00", charges=(Charge("c", "items", "volume", tiers=tiers),))
    life = timeline([Phase("usage@1", "active", MARCH)], plan, anchor=MARCH)
    events = [used("2024-03-10", 100), used("2024-03-28", 1, late=10)]
    april = billed_at(life, APRIL, None, events)
    assert told(billed_at(life, MAY, april.billed, events).lines) == [("late_usage", "usage@1", 1, -495)]


def test_usage_that_came_too_late_for_every_invoice_of_a_cancelled_subscription_is_in_its_closing_one() -> None:
    end = at("2024-03-20")
    ended = timeline([Phase("usage@1", "active", MARCH, end)], USAGE, anchor=MARCH)
    events = [used("2024-03-10", 130), used("2024-03-19", 20, late=35)]
    final = billed_at(ended, end, billed_at(OPEN, MARCH).billed, events)
    assert told(final.lines) == [("base_credit", "usage@1", 0, -387), ("usage", "usage@1", 130, 150)]
    closing = next_boundary(ended, end)
    assert closing == end + timedelta(days=36)
    last = billed_at(ended, closing, final.billed, events)
    assert told(last.lines) == [("late_usage", "usage@1", 20, 100)]
    assert next_boundary(ended, closing) is None
    assert billed_at(ended, closing, last.billed, events).lines == ()


def test_each_plan_charges_for_its_own_time_and_coming_back_earns_no_second_allowance() -> None:
    other = terms("other@1", "10.00", charges=(per_item("1.00"),))
    days = [at(day) for day in ("2024-03-11", "2024-03-21")]
    phases = [
        Phase("usage@1", "active", MARCH, days[0]),
        Phase("other@1", "active", days[0], days[1]),
        Phase("usage@1", "active", days[1]),
    ]
    events = [used("2024-03-05", 90), used("2024-03-15", 7), used("2024-03-25", 90)]
    life = timeline(phases, USAGE, other, anchor=MARCH)
    left = billed_at(life, days[0], billed_at(OPEN, MARCH).billed, events)
    assert [line for line in told(left.lines) if line[0] == "usage"] == [("usage", "usage@1", 90, 0)]
    back = billed_at(life, days[1], left.billed, events)
    assert [line for line in told(back.lines) if line[0] == "usage"] == [("usage", "other@1", 7, 700)]
    (window,) = (one for one in usage_windows(life, back.billed, APRIL) if one.plan == "usage@1")
    assert window.spans == (Span(MARCH, days[0]), Span(days[1], APRIL))
    end = billed_at(life, APRIL, back.billed, events)
    assert told(end.lines) == [("late_usage", "usage@1", 90, 400)]


def test_usage_in_a_trial_and_in_a_pause_is_charged() -> None:
    phases = [
        Phase("usage@1", "trial", MARCH, at("2024-03-11")),
        Phase("usage@1", "active", at("2024-03-11"), at("2024-03-21")),
        Phase("usage@1", "paused", at("2024-03-21")),
    ]
    events = [used("2024-03-05", 100), used("2024-03-15", 10), used("2024-03-25", 1)]
    due = billed_at(timeline(phases, USAGE, anchor=MARCH), APRIL, None, events)
    assert told(due.lines) == [("usage", "usage@1", 111, 55)]


def test_what_is_missing_to_the_commitment_is_charged_at_the_end_of_the_period() -> None:
    plan = terms("usage@1", "10.00", minimum_commitment=Decimal(50), charges=(per_item("0.05"),))
    life = timeline([Phase("usage@1", "active", MARCH)], plan, anchor=MARCH)
    events = [used("2024-03-05", 300), used("2024-03-20", 100, late=20), used("2024-04-05", 5000)]
    april = billed_at(life, APRIL, billed_at(life, MARCH).billed, events)
    assert told(april.lines) == [("usage", "usage@1", 300, 1500), ("commitment", "usage@1", 1, 2500)]
    assert sum(step.amount for step in april.lines[-1].explanation) == 25
    may = billed_at(life, MAY, april.billed, events)
    assert told(may.lines) == [
        ("usage", "usage@1", 5000, 25000),
        ("late_usage", "usage@1", 100, 500),
        ("commitment", "usage@1", 1, -500),
    ]


def test_a_commitment_is_for_the_time_that_was_billed() -> None:
    plan = terms("usage@1", "0.00", minimum_commitment=Decimal(31))
    end = at("2024-03-11")
    life = timeline([Phase("usage@1", "active", MARCH, end)], plan, anchor=MARCH)
    assert usage_windows(life, Billed(), end) == ()
    assert told(billed_at(life, end).lines) == [("commitment", "usage@1", 1, 1000)]


def test_a_percentage_with_bounds_asks_for_single_events() -> None:
    card = Charge("card", "payments", "percentage", rate=Decimal("2.9"), min_per_event=Decimal("0.50"))
    plan = terms("usage@1", "10.00", charges=(per_item(), card))
    life = timeline([Phase("usage@1", "active", MARCH)], plan, anchor=MARCH)
    (window,) = usage_windows(life, Billed(), APRIL)
    assert (window.metrics, window.with_events) == (("items", "payments"), ("payments",))
    due = billed_at(life, APRIL, None, [used("2024-03-05", 10), used("2024-03-06", 100)])
    assert [line.amount.minor for line in due.lines if line.charge == "card"] == [340]


def test_a_flat_amount_is_due_without_usage_too() -> None:
    tiers = (Tier(None, Decimal(1), Decimal(5)),)
    plan = terms("usage@1", "10.00", charges=(Charge("c", "items", "graduated", tiers=tiers),))
    due = billed_at(timeline([Phase("usage@1", "active", MARCH)], plan, anchor=MARCH), APRIL)
    assert told(due.lines) == [("usage", "usage@1", 0, 500)]


def test_usage_that_was_not_read_is_no_zero() -> None:
    with pytest.raises(ValueError, match="items"):
        invoice_lines(OPEN, Billed(), APRIL, {}, as_of=APRIL)


def test_windows_are_measured_again_until_no_usage_can_come_any_more() -> None:
    billed = Billed()
    for boundary in ("2024-03-01", "2024-04-01", "2024-05-01", "2024-06-01"):
        billed = billed_at(OPEN, at(boundary), billed).billed
    assert [window.period_from for window in usage_windows(OPEN, billed, at("2024-07-01"))] == [
        APRIL,
        MAY,
        at("2024-06-01"),
    ]


def test_what_was_settled_stays_settled_when_an_older_reading_comes() -> None:
    late = billed_at(OPEN, at("2024-06-01"), None, as_of=at("2024-08-01")).billed
    again = billed_at(OPEN, at("2024-06-01"), late, as_of=at("2024-06-02"))
    assert again.lines == ()
    assert again.billed == late


def test_what_is_billed_is_kept_as_json() -> None:
    billed = billed_at(OPEN, APRIL, None, [used("2024-03-05", 1)]).billed
    assert billed.base
    assert billed.usage
    assert msgspec.json.decode(msgspec.json.encode(billed), type=Billed) == billed


@pytest.mark.parametrize(
    ("phases", "after", "expected"),
    [
        ([Phase("usage@1", "active", MARCH)], MARCH - DAY, MARCH),
        ([Phase("usage@1", "active", MARCH)], MARCH, APRIL),
        ([Phase("usage@1", "active", MARCH)], at("2024-04-15"), MAY),
        ([Phase("usage@1", "active", MARCH, at("2024-03-20"))], MARCH, at("2024-03-20")),
        ([Phase("usage@1", "active", MARCH, at("2024-04-20"))], MARCH, APRIL),
        ([Phase("free@1", "active", MARCH, at("2024-03-20"))], at("2024-03-20"), None),
        ([Phase("free@1", "paused", MARCH)], MARCH, None),
        ([Phase("free@1", "trial", MARCH, at("2024-04-20")), Phase("free@1", "active", at("2024-04-20"))], MARCH, at("2024-04-20")),
        ([Phase("usage@1", "paused", MARCH)], MARCH, APRIL),
    ],
)  # fmt: skip
def test_the_next_boundary_is_where_anything_may_be_due(phases: list[Phase], after: object, expected: object) -> None:
    life = timeline(phases, USAGE, terms("free@1", "5.00"), anchor=MARCH)
    assert next_boundary(life, after) == expected  # type: ignore[arg-type]


def test_a_usage_line_can_be_checked_by_hand() -> None:
    plan = terms("usage@1", "10.00", charges=(per_item("0.333", description="Items fixed"),))
    life = timeline([Phase("usage@1", "active", MARCH)], plan, anchor=MARCH)
    (line,) = (one for one in billed_at(life, APRIL, None, [used("2024-03-05", 5)]).lines if one.kind == "usage")
    assert (worded(line.description, "en"), line.unit_amount) == ("Usage: Items fixed", Decimal("0.333"))
    assert line.amount.minor == 166
    assert sum(step.amount for step in line.explanation) == Decimal("1.66")
    assert cents([line]) == 166

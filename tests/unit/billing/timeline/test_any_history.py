"""Any row of plan changes, pauses and a cancellation, billed early, late and with gaps, against the plainest books there are."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.billing.periods import cycle_of, local_date, period_at
from skuflow.billing.timeline_model import PhaseKind, Proration, Span, Terms
from tests.unit.billing.timeline.life import DAY, START, Life, Used, cents, per_item, terms

ZONES = ("UTC", "America/Toronto", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Act:
    after: timedelta
    kind: PhaseKind
    plan: str
    grace: timedelta


def plans(by: tuple[Proration, ...]) -> st.SearchStrategy[list[Terms]]:
    """Three plans whose fees make every minute worth a cent."""
    one = st.builds(
        lambda plan, fee, interval, alignment, proration: terms(
            plan,
            f"{fee}.00",
            interval=interval,
            alignment=alignment,
            proration=proration,
            charges=(per_item("0.123"),),
        ),
        st.sampled_from(["a@1", "b@1", "c@1"]),
        st.integers(100_000, 900_000),
        st.sampled_from(["week", "month", "quarter", "year"]),
        st.sampled_from(["anchored", "calendar"]),
        st.sampled_from(by),
    )
    return st.lists(one, min_size=3, max_size=3, unique_by=lambda terms: terms.plan)


def acts() -> st.SearchStrategy[list[Act]]:
    wait = st.one_of(
        st.integers(0, 3 * 24 * 60).map(lambda minutes: minutes * MINUTE),
        st.integers(0, 90).map(lambda days: days * DAY),
    )
    grace = st.sampled_from([timedelta(0), timedelta(hours=24), timedelta(hours=72)])
    kind = st.sampled_from(["active", "active", "paused", "trial"])
    return st.lists(st.builds(Act, wait, kind, st.sampled_from(["a@1", "b@1", "c@1"]), grace), max_size=6)


def usage() -> st.SearchStrategy[list[Used]]:
    late = st.integers(0, 35).map(lambda days: days * DAY)
    when = st.integers(0, 200 * 24 * 60).map(lambda minutes: START + minutes * MINUTE)
    return st.lists(st.builds(lambda at, lag, n: Used(at, at + lag, n), when, late, st.integers(1, 9)), max_size=8)


def lived(plans: list[Terms], acts: list[Act], zone: str, used: list[Used]) -> Life:
    life = Life(plans, plans[0].plan, zone, used)
    for act in acts:
        life.wait_until(life.now + act.after, act.grace)
        life.act(act.kind, act.plan)
    life.wait_until(life.now + 40 * DAY, timedelta(hours=24))
    life.act(None, "")
    life.live_out()
    return life


def ledger(life: Life) -> list[tuple[Span, int, set[str]]]:
    """Between every two moments at which anything changes: how often that time was billed, net, and for which plans."""
    base = [line for line in life.lines if line.kind in ("base", "base_credit")]
    edges = {edge for line in base for edge in (line.period_from, line.period_to)}
    edges |= {phase.start for phase in life.timeline.phases} | {phase.end or START for phase in life.timeline.phases}
    moments = sorted(edges)
    found: list[tuple[Span, int, set[str]]] = []
    for start, end in itertools.pairwise(moments):
        by_plan: dict[str, int] = defaultdict(int)
        for line in base:
            if line.period_from <= start and end <= line.period_to:
                by_plan[line.plan] += 1 if line.kind == "base" else -1
        found.append((Span(start, end), sum(by_plan.values()), {plan for plan, times in by_plan.items() if times}))
    return found


def active_plan(life: Life, moment: datetime) -> str | None:
    for phase in life.timeline.phases:
        if phase.start <= moment and (phase.end is None or moment < phase.end):
            return phase.plan if phase.kind == "active" else None
    return None


@given(plans(("second",)), acts(), st.sampled_from(ZONES))
@settings(max_examples=30, deadline=None)
def test_by_second_every_active_moment_is_billed_once_for_its_plan_and_no_other_at_all(
    plans: list[Terms], acts: list[Act], zone: str
) -> None:
    life = lived(plans, acts, zone, [])
    for span, times, billed_for in ledger(life):
        plan = active_plan(life, span.start)
        assert (times, billed_for) == ((1, {plan}) if plan else (0, set())), span


@given(plans(("day", "day30")), acts(), st.sampled_from(ZONES))
@settings(max_examples=30, deadline=None)
def test_by_day_every_day_is_billed_once_for_the_last_plan_that_was_active_on_it(
    plans: list[Terms], acts: list[Act], zone: str
) -> None:
    life = lived([_by_days(one) for one in plans], acts, zone, [])
    owner: dict[object, str] = {}
    for phase in life.timeline.phases:
        moment, end = phase.start, phase.end or phase.start
        while phase.kind == "active" and moment < end:
            owner[local_date(moment, zone)] = phase.plan
            moment += timedelta(hours=1)
        if phase.kind == "active" and phase.start < end:
            owner[local_date(end - MINUTE, zone)] = phase.plan
    for span, times, billed_for in ledger(life):
        plan = owner.get(local_date(span.start, zone))
        assert (times, billed_for) == ((1, {plan}) if plan else (0, set())), span


def _by_days(one: Terms) -> Terms:
    """Even months would leave the 31st without a price, and so without a line in the books."""
    return terms(one.plan, str(one.base_fee), interval=one.interval, alignment=one.alignment, proration="day")


@given(plans(("second", "day")), acts(), st.sampled_from(ZONES))
@settings(max_examples=30, deadline=None)
def test_of_mixed_plans_no_moment_is_billed_twice_and_no_active_one_left_out(
    plans: list[Terms], acts: list[Act], zone: str
) -> None:
    life = lived(plans, acts, zone, [])
    for span, times, _ in ledger(life):
        assert times in (0, 1), span
        assert times or active_plan(life, span.start) is None, span


@given(plans(("second", "day", "day30")), acts(), st.sampled_from(ZONES))
@settings(max_examples=30, deadline=None)
def test_what_is_billed_of_a_period_is_its_fee_where_it_was_whole_and_its_share_to_the_cent_elsewhere(
    plans: list[Terms], acts: list[Act], zone: str
) -> None:
    life = lived(plans, acts, zone, [])
    billed: dict[tuple[str, Span], int] = defaultdict(int)
    share: dict[tuple[str, Span], Fraction] = defaultdict(Fraction)
    parts: dict[tuple[str, Span], int] = defaultdict(int)
    for line in life.lines:
        if line.kind in ("base", "base_credit"):
            cycle = cycle_of(life.timeline.plans[line.plan], life.timeline.anchor, zone)
            key = (line.plan, period_at(cycle, line.period_from))
            assert line.period_to <= key[1].end
            billed[key] += line.amount.minor
            share[key] += Fraction(line.quantity)
            parts[key] += 1
    for key, minor in billed.items():
        exact = Fraction(life.timeline.plans[key[0]].base_fee) * 100 * share[key]
        assert abs(minor - exact) <= parts[key]
        if abs(share[key] - 1) < Fraction(1, 10**9):
            assert minor == life.timeline.plans[key[0]].base_fee * 100
    for line in life.lines:
        assert sum(step.amount for step in line.explanation) == line.amount.to_decimal()


@given(plans(("second", "day")), acts(), st.sampled_from(ZONES), usage())
@settings(max_examples=30, deadline=None)
def test_all_usage_is_billed_however_late_it_was_recorded(
    plans: list[Terms], acts: list[Act], zone: str, used: list[Used]
) -> None:
    life = lived(plans, acts, zone, used)
    end = life.timeline.phases[-1].end
    assert end is not None
    recorded = sum(one.value for one in used if START <= one.at < end)
    lines = [line for line in life.lines if line.kind in ("usage", "late_usage")]
    assert sum(line.quantity for line in lines) == recorded
    assert abs(cents(lines) - Decimal(recorded) * Decimal("12.3")) <= Decimal("0.5") * len(lines)


@given(plans(("second", "day")), acts(), usage())
@settings(max_examples=30, deadline=None)
def test_an_invoice_written_twice_has_nothing_the_second_time(
    plans: list[Terms], acts: list[Act], used: list[Used]
) -> None:
    life = Life(plans, plans[0].plan, "America/Toronto", used)
    for act in acts:
        life.wait_until(life.now + act.after, act.grace)
        life.act(act.kind, act.plan)
        before = len(life.lines)
        life.invoice(life.now, life.now)
        life.invoice(START, life.now)
        assert len(life.lines) == before


@pytest.mark.slow
@given(plans(("second", "day")), acts(), st.sampled_from(ZONES), usage())
@settings(max_examples=150, deadline=None)
def test_billing_seldom_and_billing_often_come_to_the_same(
    plans: list[Terms], acts: list[Act], zone: str, used: list[Used]
) -> None:
    often = lived(plans, acts, zone, used)
    seldom = Life(plans, plans[0].plan, zone, used)
    seldom.timeline = often.timeline
    seldom.live_out()
    assert cents(seldom.lines) == cents(often.lines)

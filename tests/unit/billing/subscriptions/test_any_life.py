"""Whatever is asked of a subscription, in whatever order, its record stays true, and what is billed on the way adds up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from skuflow.billing import lifecycle
from skuflow.billing.entitlements import answer_at
from skuflow.billing.phases import phase_at
from skuflow.billing.plans import Plan, ref_of
from skuflow.billing.settling import entitled_by, settled
from skuflow.billing.subscriptions import Subscription
from skuflow.billing.timeline import invoice_lines, next_boundary
from skuflow.billing.timeline_model import Billed
from skuflow.kernel.errors import Conflict
from skuflow.kernel.money import Money
from tests.unit.billing.subscriptions.samples import BASIC, PLANS, PREMIUM, START, TRYING, YEARLY, asked, subscribed

MONTHLY = st.sampled_from([BASIC, PREMIUM, TRYING])
WHENS = st.sampled_from(["now", "period_end", None])
KINDS = {"trial": "trialing", "active": "active", "paused": "paused"}


class AnyLife(RuleBasedStateMachine):
    """One subscription, the clock, a billing run that comes when it likes, and the sum of what it has billed."""

    item: Subscription
    now: datetime
    invoiced: Money

    @initialize(
        on=st.sampled_from([BASIC, PREMIUM, TRYING, YEARLY]),
        zone=st.sampled_from(["UTC", "America/Toronto", "Asia/Kolkata", "America/St_Johns"]),
        back=st.integers(0, 35),
    )
    def begin(self, on: Plan, zone: str, back: int) -> None:
        self.now = START + timedelta(days=back)
        self.item = subscribed(on, START, zone, self.now)
        self.invoiced = Money(0, "CAD")

    @rule(days=st.sampled_from([1, 7, 14, 28, 31, 60]), seconds=st.integers(0, 86_400))
    def pass_time(self, days: int, seconds: int) -> None:
        self.now += timedelta(days=days, seconds=seconds)

    @rule(to=MONTHLY, when=WHENS)
    def change(self, to: Plan, when: Literal["now", "period_end"] | None) -> None:
        self._try(lambda item: lifecycle.change(item, to, when, asked(self.now), plans=PLANS))

    @rule(when=st.sampled_from(["now", "period_end", "period_end", "period_end"]))
    def cancel(self, when: Literal["now", "period_end"]) -> None:
        self._try(lambda item: lifecycle.cancel(item, when, asked(self.now), plans=PLANS))

    @rule()
    def pause(self) -> None:
        self._try(lambda item: lifecycle.pause(item, asked(self.now)))

    @rule()
    def resume(self) -> None:
        self._try(lambda item: lifecycle.resume(item, asked(self.now)))

    @rule()
    def reactivate(self) -> None:
        self._try(lambda item: lifecycle.reactivate(item, asked(self.now)))

    @rule()
    def bill(self) -> None:
        """All boundaries that are due, as a run does it."""
        while self.item.boundary_at is not None and self.item.boundary_at <= self.now:
            here = settled(self.item, self.now)
            timeline = here.timeline(PLANS)
            due = invoice_lines(timeline, here.billed, self.item.boundary_at, {}, as_of=self.now)
            self.invoiced = sum((line.amount for line in due.lines), self.invoiced)
            following = next_boundary(timeline, self.item.boundary_at)
            self.item = replace(here, billed=due.billed, boundary_at=following, version=here.version + 1)

    def _try(self, transition: Callable[[Subscription], Subscription]) -> None:
        before = self.item
        try:
            after = transition(before)
        except Conflict:
            return
        assert transition(after) == after, "asking twice is answered alike"
        self.item = after

    @invariant()
    def phases_are_one_life_without_gaps(self) -> None:
        phases = self.item.phases
        assert phases[0].start == self.item.started_at
        assert all(one.end == other.start for one, other in pairwise(phases))
        assert all(one.end is None or one.end > one.start for one in phases) or len(phases) == 1
        assert phases[-1].end == self.item.cancel_at

    @invariant()
    def the_record_says_what_the_phases_say(self) -> None:
        here = settled(self.item, self.now)
        phase = phase_at(here.phases, self.now)
        assert here.status == (KINDS[phase.kind] if phase is not None else "cancelled")
        assert here.plan == ref_of((phase or here.phases[-1]).plan)
        assert (here.ended_at is None) == (phase is not None)
        assert here.pending is None or here.pending.at > self.now
        assert settled(here, self.now) is here

    @invariant()
    def it_entitles_to_what_its_plan_gives_while_it_is_paid_for(self) -> None:
        here = settled(self.item, self.now)
        told = answer_at(entitled_by(here, PLANS), "kim", "nestsync", self.now)
        assert told.status == here.status
        assert told.entitled is (here.status in {"trialing", "active"})
        assert told.entitlements == (PLANS[here.plan.key].offer.entitlements if told.entitled else {})

    @invariant()
    def what_was_billed_step_by_step_is_what_would_be_billed_at_once(self) -> None:
        """By a run that comes now, whatever runs came before."""
        at = max(self.now, self.item.billed.through or self.now)
        timeline = settled(self.item, self.now).timeline(PLANS)
        rest = invoice_lines(timeline, self.item.billed, at, {}, as_of=self.now).lines
        whole = invoice_lines(timeline, Billed(), at, {}, as_of=self.now).lines
        total = sum((line.amount for line in rest), self.invoiced)
        assert total == sum((line.amount for line in whole), Money(0, "CAD"))


AnyLife.TestCase.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
TestAnyLife = AnyLife.TestCase

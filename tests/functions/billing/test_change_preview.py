"""What a change is said to cost is what it then costs: previewed over HTTP, changed over HTTP, billed by the engine of the runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from skuflow.billing.plans import ref_of
from skuflow.billing.runs.prepare_bill import billed_up_to
from skuflow.billing.subscription_store import Change, DynamoSubscriptions
from skuflow.billing.timeline import invoice_lines
from skuflow.kernel.tenancy import ClientId
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.selling_world import BASIC, PREMIUM, SellingWorld, make_world
from tests.http import CLIENT

OWNER = ClientId(CLIENT)


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> SellingWorld:
    made = make_world(tables, clock, new_id, monkeypatch)
    by_day = {"proration": "day"}
    daily = [{**plan, **by_day, "code": f"{plan['code']}-daily"} for plan in (BASIC, PREMIUM)]
    made.sell(BASIC, PREMIUM, *daily, {**PREMIUM, "code": "yearly", "interval": "year", "base_fee": "300"})
    return made


def billed(world: SellingWorld, subscription: Any, until: datetime) -> list[tuple[str, int, str, str]]:
    """What a run at `until` bills, and enters: (kind, minor units, from, to) of each line of its last invoice."""
    store = DynamoSubscriptions(world.table)
    lines: list[tuple[str, int, str, str]] = []
    while (item := world.stored(subscription)).boundary_at is not None and item.boundary_at <= until:
        plans = world.deps.selling.plans.many(OWNER, [ref_of(key) for key in item.plans])
        due = invoice_lines(item.timeline(plans), item.billed, item.boundary_at, {}, as_of=until)
        lines = [
            (one.kind, one.amount.minor, one.period_from.isoformat(), one.period_to.isoformat()) for one in due.lines
        ]
        store.save(OWNER, Change(item, billed_up_to(item, due.billed, item.boundary_at, plans)))
    return lines


def told(preview: Any) -> list[tuple[str, int, str, str]]:
    def moment(text: str) -> str:
        return datetime.fromisoformat(text).isoformat()

    return [
        (one["kind"], one["amount"]["amount_minor"], moment(one["period_start"]), moment(one["period_end"]))
        for one in preview["lines"]
    ]


def rounded(lines: list[tuple[str, int, str, str]]) -> list[tuple[str, int, str, str]]:
    """To the millisecond, as the API tells it."""
    return [
        (kind, minor, *(datetime.fromisoformat(at).isoformat(timespec="milliseconds") for at in span))  # type: ignore[misc]
        for kind, minor, *span in lines
    ]


@pytest.mark.parametrize("hours", [0, 353])
@pytest.mark.parametrize(
    ("before", "after", "when"),
    [
        ("basic", "premium", None),
        ("basic", "premium", "period_end"),
        ("premium", "basic", None),
        ("premium", "basic", "now"),
        ("basic-daily", "premium-daily", "now"),
        ("basic", "yearly", "now"),
    ],
)
def test_a_change_is_billed_as_it_was_previewed(
    world: SellingWorld, before: str, after: str, when: str | None, hours: int
) -> None:
    made = world.subscribe(before)
    billed(world, made, world.clock.now)
    world.clock.advance(hours=hours)
    body = {"plan": after, "when": when}
    preview = world.act(made, "change/preview", body)
    assert world.read(made)["version"] == world.stored(made).version, "nothing was written"
    changed = world.act(made, "change", body)
    assert {**changed, "version": 0} == {**preview["subscription"], "version": 0}
    due = datetime.fromisoformat(preview["effective_at"])
    assert rounded(told(preview)) == rounded(billed(world, made, due + timedelta(milliseconds=1)))
    assert preview["total"]["amount_minor"] == sum(one[1] for one in told(preview))


def test_an_upgrade_in_the_middle_costs_half_the_difference(world: SellingWorld) -> None:
    world.at(datetime.fromisoformat("2026-04-01T00:00:00+00:00"))
    made = world.subscribe(time_zone="UTC")
    billed(world, made, world.clock.now)
    world.clock.advance(days=15)
    preview = world.act(made, "change/preview", {"plan": "premium"})
    assert sorted(one[1] for one in told(preview)) == [-999, 1499]
    assert preview["total"] == {"amount_minor": 500, "currency": "CAD"}


def test_what_cannot_be_changed_cannot_be_previewed(world: SellingWorld) -> None:
    made = world.subscribe()
    world.act(made, "cancel", {"when": "now"})
    path = f"/v1/subscriptions/{made['subscription_id']}/change/preview"
    assert world.call("POST", path, body={"plan": "premium"}).status == 409
    assert world.call("POST", path, body={"plan": "none"}).status == 422

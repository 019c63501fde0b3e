"""What a change is said to cost is what it then costs: previewed over HTTP, changed over HTTP, billed by a run."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import METERED, BillingWorld, check_books, make_billing_world, utc
from tests.functions.billing.selling_world import BASIC, CUSTOMER, PREMIUM

START = utc(2026, 1, 31, 15, 30)
CHARGED = {"charges": METERED["charges"]}
PLANS: list[dict[str, Any]] = [
    {**BASIC, **CHARGED},
    {**PREMIUM, **CHARGED, "minimum_commitment": "40.00"},
    {**BASIC, "code": "basic-daily", "proration": "day"},
    {**PREMIUM, **CHARGED, "code": "premium-daily", "proration": "day"},
    {**PREMIUM, "code": "yearly", "interval": "year", "base_fee": "300", "tax_inclusive": True},
    {**BASIC, "code": "trying", "trial_days": 14},
]
MADE_LATER = ("number", "status", "run_id", "updated_at")


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.at(START)
    made.sell(*PLANS)
    return made


def run(world: BillingWorld) -> None:
    """Bill what is due at this very moment."""
    world.ok("POST", "/v1/billing-runs", {})
    world.settle()


def newest(world: BillingWorld, subscription: Any) -> Any:
    """The last invoice of the subscription, as the API tells it; None: there is none."""
    query = {"subscription_id": subscription["subscription_id"], "limit": 1}
    items = world.ok("GET", "/v1/invoices", query=query)["items"]
    return world.ok("GET", f"/v1/invoices/{items[0]['invoice_id']}") if items else None


def pay(world: BillingWorld, invoice: Any) -> None:
    body = {"payment_id": invoice["invoice_id"], "amount": invoice["amount_due"]}
    world.ok("POST", f"/v1/invoices/{invoice['invoice_id']}/payments", body)


def same(invoice: Any, preview: Any) -> None:
    """Line by line, tax by tax: all that an invoice says, but what it gets when it is written."""
    assert {**invoice, **dict.fromkeys(MADE_LATER)} == {**preview, **dict.fromkeys(MADE_LATER)}


def written_as_previewed(world: BillingWorld, subscription: Any, preview: Any) -> None:
    """Runs up to the moment that the preview speaks of write its invoice, or none if it has none."""
    if preview["invoice"] is not None:
        world.at(datetime.fromisoformat(preview["invoice"]["issued_at"]))
    before = newest(world, subscription)
    run(world)
    written = newest(world, subscription)
    if preview["invoice"] is None:
        assert written == before
    else:
        same(written, preview["invoice"])
    check_books(world)


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
        ("trying", "premium", None),
    ],
)
def test_a_change_is_billed_as_it_was_previewed(
    world: BillingWorld, before: str, after: str, when: str | None, hours: int
) -> None:
    made = world.subscribe(before)
    run(world)
    world.clock.advance(hours=hours)
    if hours:
        world.use("kim", 4_000, world.clock.now - timedelta(hours=3))
    body = {"plan": after, "when": when}
    kept = world.items()
    preview = world.act(made, "change/preview", body)
    assert world.items() == kept, "nothing was written"
    changed = world.act(made, "change", body)
    assert {**changed, "version": 0} == {**preview["subscription"], "version": 0}
    assert preview["usage_complete"] is (preview["effective_at"] == preview["usage_until"])
    written_as_previewed(world, made, preview)


def test_it_has_usage_discount_taxes_and_credit_as_the_bill_has_them(world: BillingWorld) -> None:
    world.ok("POST", "/v1/coupons", {"code": "TENTH", "percent": "10", "duration": "forever"})
    past = world.subscribe("yearly")
    run(world)
    pay(world, newest(world, past))
    world.act(past, "cancel", {"when": "now"})
    world.clock.advance(minutes=1)
    run(world)
    made = world.subscribe("basic")
    world.ok("PUT", f"/v1/subscriptions/{made['subscription_id']}/coupon", {"code": "TENTH"})
    run(world)
    world.use("kim", 2_003, world.clock.advance(days=10))
    world.clock.advance(days=4, hours=3)
    preview = world.act(made, "change/preview", {"plan": "premium"})
    told = preview["invoice"]
    lines = {line["kind"]: line["amount"]["amount_minor"] for line in told["lines"] if line["kind"] != "discount"}
    assert (set(lines), lines["usage"]) == ({"base_credit", "base", "usage"}, 3_000)
    assert told["discount"]["amount_minor"] < 0 < told["credit_used"]["amount_minor"]
    assert [tax["tax"] for tax in told["taxes"]] == ["GST"]
    world.act(made, "change", {"plan": "premium"})
    written_as_previewed(world, made, preview)


def test_an_upgrade_in_the_middle_costs_half_the_difference(world: BillingWorld) -> None:
    world.at(utc(2026, 4, 1))
    made = world.subscribe("basic", time_zone="UTC")
    run(world)
    world.clock.advance(days=15)
    preview = world.act(made, "change/preview", {"plan": "premium"})
    assert sorted(line["amount"]["amount_minor"] for line in preview["invoice"]["lines"]) == [-999, 1499]
    assert preview["invoice"]["subtotal"] == {"amount_minor": 500, "currency": "CAD"}
    assert preview["invoice"]["total"] == {"amount_minor": 525, "currency": "CAD"}


def test_usage_until_the_change_comes_is_not_known_yet(world: BillingWorld) -> None:
    made = world.subscribe("premium")
    run(world)
    world.use("kim", 1_003, world.clock.advance(days=5))
    preview = world.act(made, "change/preview", {"plan": "basic"})
    assert (preview["usage_complete"], preview["usage_until"]) == (False, preview["subscription"]["updated_at"])
    assert preview["effective_at"] == preview["subscription"]["pending"]["at"]
    [usage] = [line for line in preview["invoice"]["lines"] if line["kind"] == "usage"]
    assert (usage["quantity"], usage["amount"]["amount_minor"]) == ("1003", 1_500)


@pytest.mark.parametrize(("when", "credit"), [("now", True), ("period_end", False)])
def test_a_cancellation_is_billed_as_it_was_previewed(world: BillingWorld, when: str, credit: bool) -> None:
    made = world.subscribe("premium")
    run(world)
    world.use("kim", 1_003, world.clock.advance(days=5))
    world.clock.advance(hours=1)
    preview = world.act(made, "cancel/preview", {"when": when})
    assert world.read(made)["cancel_at"] is None
    assert ("base_credit" in {line["kind"] for line in preview["invoice"]["lines"]}) is credit
    cancelled = world.act(made, "cancel", {"when": when})
    assert (cancelled["cancel_at"], preview["usage_complete"]) == (preview["effective_at"], credit)
    written_as_previewed(world, made, preview)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_whatever_happened_before_a_change_is_billed_as_it_was_previewed(world: BillingWorld, seed: int) -> None:
    chance = random.Random(seed)
    world.ok(
        "POST",
        "/v1/coupons",
        {"code": "OFF", "amount": {"amount_minor": 700, "currency": "CAD"}, "duration": "forever"},
    )
    for number in range(3):
        subject = f"kim-{number}"
        world.ok("PUT", f"/v1/customers/{subject}", CUSTOMER)
        codes = [plan["code"] for plan in PLANS]
        made = world.subscribe(chance.choice(codes), subject=subject)
        if chance.random() < 0.5:
            world.ok("PUT", f"/v1/subscriptions/{made['subscription_id']}/coupon", {"code": "OFF"})
        for _ in range(3):
            run(world)
            world.clock.advance(days=chance.randint(0, 20), seconds=chance.randint(1, 86_399))
            world.use(subject, chance.randint(1, 9_999), world.clock.now)
            body = {"plan": chance.choice(codes), "when": chance.choice(["now", "period_end", None])}
            preview = world.act(made, "change/preview", body)
            world.act(made, "change", body)
            if preview["usage_complete"] and preview["invoice"] is not None:
                written_as_previewed(world, made, preview)
                world.clock.advance(seconds=1)


def test_what_cannot_be_changed_cannot_be_previewed(world: BillingWorld) -> None:
    made = world.subscribe()
    world.act(made, "cancel", {"when": "now"})
    path = f"/v1/subscriptions/{made['subscription_id']}/change/preview"
    assert world.call("POST", path, body={"plan": "premium"}).status == 409
    assert world.call("POST", path, body={"plan": "none"}).status == 422

"""A coupon given with a subscription: both are there, or neither."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.calls import Killer, WorkerKilled, watched
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import BillingWorld, make_billing_world
from tests.functions.billing.selling_world import BASIC, CUSTOMER, PREMIUM
from tests.interleaving import interleaved

WELCOME = {"code": "WELCOME20", "percent": "20", "duration": "once"}
TEN_DOLLARS = {"code": "TEN_USD", "amount": {"amount_minor": 1000, "currency": "USD"}, "duration": "once"}


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.sell(BASIC, PREMIUM)
    made.ok("POST", "/v1/coupons", {**WELCOME, "max_redemptions": 1})
    return made


def redemptions(world: BillingWorld, code: str = "WELCOME20") -> int:
    return int(world.ok("GET", f"/v1/coupons/{code}")["redemptions"])


def test_the_first_invoice_has_the_discount(world: BillingWorld) -> None:
    made = world.subscribe(coupon="WELCOME20")
    assert (made["coupon"], world.read(made)["coupon"], redemptions(world)) == ("WELCOME20", "WELCOME20", 1)
    world.run_hour()
    [invoice] = world.invoices()
    assert [(line.kind, line.amount.minor) for line in invoice.lines] == [("base", 1999), ("discount", -400)]
    assert invoice.tax.minor == 80


def test_asked_again_with_its_key_it_is_redeemed_once(world: BillingWorld) -> None:
    key = {"Idempotency-Key": "checkout-17"}
    first = world.subscribe(coupon="WELCOME20", headers=key)
    assert world.subscribe(coupon="WELCOME20", headers=key) == first
    assert redemptions(world) == 1


def bad(world: BillingWorld, code: str) -> Any:
    """What is answered to a subscription with it, which must leave no trace."""
    before = world.items()
    refused = world.call("POST", "/v1/subscriptions", body={"subject": "kim", "plan": "premium", "coupon": code})
    assert world.items() == before
    return refused


def test_a_coupon_that_cannot_be_redeemed_begins_nothing_and_ends_nothing(world: BillingWorld) -> None:
    kept = world.subscribe()
    world.ok("POST", "/v1/coupons", TEN_DOLLARS)
    world.ok("POST", "/v1/coupons", {**WELCOME, "code": "OLD", "redeem_by": world.clock.now.isoformat()})
    world.ok("POST", "/v1/coupons", {**WELCOME, "code": "GONE"})
    world.ok("DELETE", "/v1/coupons/GONE")
    world.ok("PUT", "/v1/customers/lee", CUSTOMER)
    world.ok("POST", "/v1/subscriptions", {"subject": "lee", "plan": "basic", "coupon": "WELCOME20"})
    world.clock.advance(seconds=1)
    answers = {code: bad(world, code) for code in ("NONE", "TEN_USD", "OLD", "GONE", "WELCOME20", "no such#")}
    assert {code: answer.status for code, answer in answers.items()} == {
        "NONE": 422,
        "TEN_USD": 422,
        "OLD": 409,
        "GONE": 409,
        "WELCOME20": 409,
        "no such#": 422,
    }
    for answer in answers.values():
        [fault] = answer.body["errors"]
        assert (fault["field"], bool(fault["remedy"])) == ("coupon", True)
    assert world.read(kept)["status"] == "active"


def test_of_two_at_once_one_gets_the_last_redemption(world: BillingWorld) -> None:
    world.ok("PUT", "/v1/customers/lee", CUSTOMER)
    for seed in range(4):
        code = f"LAST-{seed}"
        world.ok("POST", "/v1/coupons", {**WELCOME, "code": code, "max_redemptions": 1})
        world.clock.advance(days=1)

        def ask(subject: str, code: str = code) -> Any:
            return world.call("POST", "/v1/subscriptions", body={"subject": subject, "plan": "basic", "coupon": code})

        both = interleaved(seed, [lambda: ask("kim"), lambda: ask("lee")])
        assert sorted(answer.status for answer in both) == [201, 409]
        assert redemptions(world, code) == 1


def test_killed_after_any_request_both_are_there_or_neither(world: BillingWorld) -> None:
    outcomes = set()
    for after in range(1, 20):
        code, killer = f"TRY-{after}", Killer(after)
        world.ok("POST", "/v1/coupons", {**WELCOME, "code": code})
        world.clock.advance(days=1)
        with watched(killer), suppress(WorkerKilled):
            world.subscribe("premium", coupon=code)
        newest = world.ok("GET", "/v1/subscriptions")["items"]
        has_it = bool(newest) and newest[0]["coupon"] == code
        assert redemptions(world, code) == has_it
        outcomes.add(has_it)
        if not killer.killed:
            break
    assert outcomes == {True, False}

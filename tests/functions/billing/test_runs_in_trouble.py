"""Runs when something unforeseen happens: a subscription that cannot be reckoned, usage that comes while it is measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse

from skuflow.billing.subscription_store import Change, DynamoSubscriptions
from skuflow.kernel.tenancy import ClientId
from tests.calls import Answer, Call, unwatched, watched
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import METERED, BillingWorld, check_books, make_billing_world, message_event
from tests.functions.billing.selling_world import BASIC, CUSTOMER
from tests.http import CLIENT

CHARGE = {
    "code": "share",
    "metric": "billable_items",
    "model": "percentage",
    "rate": "10",
    "min_per_event": "1.00",
    "max_per_event": "20.00",
}
BOUNDED = {**METERED, "code": "bounded", "base_fee": "0", "charges": [CHARGE]}


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.sell(BASIC, BOUNDED)
    return made


def bill_once(world: BillingWorld) -> Any:
    """What the worker answers to the one batch that is due."""
    with unwatched():
        world.hour()
        for body in world.take("PLANNING"):
            world.deliver("PLANNING", body)
        [body] = world.take("BILLING")
    return world.doors.call("BILLING", message_event(body))


def broken(world: BillingWorld, subject: str) -> None:
    """A subscription to Basic that no bill can be made of."""
    world.ok("PUT", f"/v1/customers/{subject}", CUSTOMER)
    item = world.stored(world.ok("POST", "/v1/subscriptions", {"subject": subject, "plan": "basic"}))
    torn = (replace(item.phases[0], end=item.started_at + timedelta(days=1)), item.phases[0])
    DynamoSubscriptions(world.table).save(ClientId(CLIENT), Change(item, replace(item, phases=torn)))


def test_one_that_cannot_be_reckoned_keeps_neither_the_others_nor_the_run(world: BillingWorld) -> None:
    broken(world, "ann")
    broken(world, "bob")
    world.ok("PUT", "/v1/customers/cyd", CUSTOMER)
    world.ok("POST", "/v1/subscriptions", {"subject": "cyd", "plan": "basic"})
    world.run_hour()
    assert [one.subject for one in world.invoices()] == ["cyd"]
    [run] = world.ok("GET", "/v1/billing-runs")["items"]
    told = world.ok("GET", f"/v1/billing-runs/{run['run_id']}")
    assert (told["status"], [one["code"] for one in told["failures"]]) == ("completed", ["unforeseen"] * 2)
    world.clock.advance(hours=1)
    world.run_hour()
    assert world.ok("GET", "/v1/billing-runs")["items"][0]["failed"] == 2


def test_a_run_that_cannot_end_is_given_up_and_what_it_left_is_billed_by_another(world: BillingWorld) -> None:
    world.subscribe("basic")
    for _ in range(3):
        world.hour()
        for body in world.take("PLANNING"):
            world.deliver("PLANNING", body)
        assert world.take("BILLING")
        world.clock.advance(hours=24)
    world.run_hour()
    runs = world.ok("GET", "/v1/billing-runs")["items"]
    assert [(one["status"], one["invoices"]) for one in runs[2:]] == [("completed", 0)] * 2
    assert sum(one["invoices"] for one in runs) == len(world.invoices()) == 1
    check_books(world)


def test_a_run_that_a_client_asks_for_finds_its_own_among_those_of_all(
    world: BillingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skuflow.billing.runs.plan_run.MOST_DUE", 1)
    monkeypatch.setattr("skuflow.billing.runs.due_store.PAGE", 1)
    for number in range(8):
        world.ok("PUT", f"/v1/customers/s{number}", CUSTOMER)
        world.ok("POST", "/v1/subscriptions", {"subject": f"s{number}", "plan": "basic"})
    world.ok("POST", "/v1/billing-runs", {})
    world.settle()
    assert len(world.invoices()) == 8


class Heavy:
    """A table that refuses transactions of more than one invoice, and any with the invoice `never`."""

    def __init__(self, never: str) -> None:
        self.never = never

    def __call__(self, call: Call, answer: Answer) -> Any:
        if call.operation != "TransactWriteItems" or b"NUMBERS#INVOICES" not in call.body:
            return answer()
        if call.body.count(b'"INVOICE#') < 2 and self.never.encode() not in call.body:
            return answer()
        message = "Transaction request exceeds the 4 MB limit"
        refused = {"__type": "com.amazon.coral.validate#ValidationException", "message": message}
        headers = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.0"})
        return AWSResponse("", 400, headers, MockRawResponse(json.dumps(refused).encode()))


def test_what_does_not_fit_into_one_transaction_is_numbered_in_parts_and_one_that_never_does_stands_alone(
    world: BillingWorld,
) -> None:
    for subject in ("ann", "bob", "cyd"):
        world.ok("PUT", f"/v1/customers/{subject}", CUSTOMER)
        world.ok("POST", "/v1/subscriptions", {"subject": subject, "plan": "basic"})
    world.hour()
    for queue in ("PLANNING", "BILLING"):
        for body in world.take(queue):
            world.deliver(queue, body)
    drafts = world.invoices()
    [body] = world.take("NUMBERING")
    world.deliver("NUMBERING", body, Heavy(drafts[0].subscription_id))
    assert [(one.status, one.number) for one in world.invoices()] == [
        ("draft", ""),
        ("pending", "NG-000001"),
        ("pending", "NG-000002"),
    ]


class Meanwhile:
    """Lets `act` happen after the first request for the days' counters."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.act = act
        self.done = 0

    def __call__(self, call: Call, answer: Answer) -> Any:
        given = answer()
        if not self.done and call.operation == "Query" and b"#DAYS#" in call.body:
            self.done += 1
            self.act()
        return given


def test_usage_that_comes_while_it_is_measured_is_billed_once(world: BillingWorld) -> None:
    made = world.subscribe("bounded")
    world.run_hour()
    used_at = world.clock.advance(days=20)
    for place, value in enumerate((5, 50, 1_000)):
        world.use("kim", value, used_at + timedelta(minutes=place - 10), f"use-{place}")
    world.at(world.due(made))
    late = Meanwhile(lambda: world.use("kim", 40, used_at, "late"))
    with watched(late):
        answer = bill_once(world)
    assert (late.done, answer["batchItemFailures"]) == (1, [])
    world.settle()
    [invoice] = world.invoices()
    assert [(line.kind, line.quantity, line.amount.minor) for line in invoice.lines] == [
        ("usage", Decimal(1_095), 3_000)
    ]
    world.at(world.due(made))
    world.run_hour()
    assert sum(line.amount.minor for one in world.invoices() for line in one.lines) == 100 + 500 + 2_000 + 400
    check_books(world)

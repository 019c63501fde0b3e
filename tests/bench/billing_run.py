"""What a billing run asks of AWS per invoice: planner, queues, workers and numbering, counted and not timed.

A run over `SUBSCRIPTIONS` metered subscriptions whose second period is over, on the AWS in memory. Requests are what leaves
botocore, and what Lambda's poller asks of SQS for us: one receive and one delete per invocation. Periods end at midnight UTC, and
one subject in ten has usage; each end of a period that cuts a day with usage would cost one request more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from moto import mock_aws

from skuflow.billing.party_store import customer_in, customer_key, customer_row
from skuflow.billing.subscription_store import Change, changed_writes
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId
from tests.calls import Answer, Call, watched
from tests.conftest import use_test_environment
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import METERED, BillingWorld, make_billing_world, message_event, utc
from tests.http import CLIENT
from tests.tables import create_table

SUBSCRIPTIONS = 200
POLLED_TOGETHER = {"PLANNING": 1, "BILLING": 1, "NUMBERING": 10}
"""Messages that an invocation gets at most, as infrastructure has it."""


@dataclass(slots=True)
class Counted:
    """A watcher. `requests` by service and operation; `writes` by the kind of item that a write is about."""

    requests: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    invocations: int = 0

    def __call__(self, call: Call, answer: Answer) -> Any:
        self.requests[str(call)] += 1
        for kind in (b"NUMBERS#INVOICES", b'"RUN"', b"TALLY#"):
            if call.operation in {"TransactWriteItems", "UpdateItem", "PutItem"} and kind in call.body:
                self.writes[kind.decode().strip('"')] += 1
        return answer()

    @property
    def total(self) -> int:
        return sum(self.requests.values()) + 2 * self.invocations


def measure() -> dict[str, float]:
    """The figures of a run over SUBSCRIPTIONS."""
    patch = pytest.MonkeyPatch()
    try:
        use_test_environment(patch)
        with mock_aws():
            world = make_billing_world(cache(create_table), FakeClock(utc(2026, 3, 1)), CountedIds(), patch)
            return figures_of(run_over(world, SUBSCRIPTIONS), SUBSCRIPTIONS)
    finally:
        patch.undo()


def figures_of(counted: Counted, invoices: int) -> dict[str, float]:
    return {
        "requests_per_invoice": round(counted.total / invoices, 3),
        "run_record_writes_per_invoice": round((counted.writes["RUN"] + counted.writes["TALLY#"]) / invoices, 3),
        "seller_counter_writes_per_invoice": round(counted.writes["NUMBERS#INVOICES"] / invoices, 3),
    }


def run_over(world: BillingWorld, subscriptions: int) -> Counted:
    """Bill the second period of that many subscriptions; what was asked of AWS for it."""
    _subscribe(world, subscriptions)
    world.run_hour()
    used_at = world.clock.advance(days=10)
    for number in range(0, subscriptions, 10):
        world.use(f"s{number}", 7, used_at)
    world.at(utc(2026, 4, 2) + timedelta(minutes=5))
    counted = Counted()
    world.hour()
    for queue in ("PLANNING", "BILLING", "NUMBERING"):
        bodies = world.take(queue)
        for start in range(0, len(bodies), POLLED_TOGETHER[queue]):
            with watched(counted):
                answer = world.doors.call(queue, message_event(*bodies[start : start + POLLED_TOGETHER[queue]]))
            assert not answer["batchItemFailures"]
            counted.invocations += 1
    return counted


def _subscribe(world: BillingWorld, subscriptions: int) -> None:
    """One over the API, and its copies straight into the table."""
    world.sell({**METERED, "proration": "day"}, subject="s0")
    made = world.ok("POST", "/v1/subscriptions", {"subject": "s0", "plan": "metered", "time_zone": "UTC"})
    client_id = ClientId(CLIENT)
    stored = replace(world.stored(made), version=0)
    customer = customer_in(world.table.get(*customer_key(client_id, "s0")))
    with world.table.batch_write() as batch:
        for number in range(1, subscriptions):
            subject, name = f"s{number}", derived_id("sub", str(number))
            copy = replace(stored, subscription_id=name, subject=subject)
            batch.save(changed_writes(world.table, client_id, Change(None, copy))[0][0])
            batch.save(customer_row(world.table, client_id, replace(customer, subject=subject)))

"""Billing runs over one AWS in memory: the API, the planner, the workers, the numberers, and the queues between them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from functions.billing.bill_subscriptions.handler import handle as bill
from functions.billing.number_invoices.handler import handle as number
from functions.billing.plan_billing_run.handler import handle as plan
from functions.billing.start_billing_runs.handler import handle as start
from skuflow.billing.announcements import translate
from skuflow.billing.deps import (
    BillSubscriptionsDeps,
    NumberInvoicesDeps,
    PlanBillingRunDeps,
    StartBillingRunsDeps,
)
from skuflow.billing.invoices.invoice_rows import invoice_in
from skuflow.billing.invoices.model import Invoice
from skuflow.billing.wiring import (
    build_bill_subscriptions,
    build_number_invoices,
    build_plan_billing_run,
    build_start_billing_runs,
)
from skuflow.kernel.events import Event
from skuflow.platform.aws import client
from skuflow.platform.event_bus import changes
from tests.calls import Watcher, WorkerKilled, unwatched, watched
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext
from tests.functions.billing.selling_world import BASIC, SellingWorld, make_world
from tests.streams import TableStream

QUEUES = ("PLANNING", "BILLING", "NUMBERING")
MAX_RECEIVES = 60
METERED = {
    **BASIC,
    "code": "metered",
    "product": "sku-genie",
    "name": "Metered",
    "base_fee": "10.00",
    "charges": [
        {"code": "items", "metric": "billable_items", "model": "per_item", "unit_amount": "0.015", "included": "3"}
    ],
}


@dataclass(slots=True)
class Doors:
    """The functions of billing runs, and what they are given."""

    starting: StartBillingRunsDeps
    planning: PlanBillingRunDeps
    billing: BillSubscriptionsDeps
    numbering: NumberInvoicesDeps

    def call(self, queue: str, event: Any) -> Any:
        context = FakeLambdaContext(remaining_ms=300_000)
        if queue == "PLANNING":
            return plan(event, context, self.planning)
        if queue == "BILLING":
            return bill(event, context, self.billing)
        return number(event, context, self.numbering)


@dataclass(slots=True)
class BillingWorld(SellingWorld):
    doors: Doors
    urls: Mapping[str, str]
    stream: TableStream
    receives: Counter[str] = field(default_factory=Counter)
    told: list[Event] = field(default_factory=list)

    def hour(self) -> None:
        """The schedule goes off."""
        start({}, FakeLambdaContext(), self.doors.starting)

    def run_hour(self, *, watcher: Watcher | None = None) -> None:
        self.hour()
        self.settle(watcher=watcher)

    def settle(self, *, watcher: Watcher | None = None, chance: random.Random | None = None) -> None:
        """Work off the queues until they are empty. `chance`: some messages come twice, all in any order. A worker killed by
        `watcher` is followed by another one that gets the same messages again."""
        for _ in range(500):
            waiting = [(queue, body) for queue in QUEUES for body in self.take(queue)]
            if not waiting:
                return
            if chance is not None:
                waiting += [one for one in waiting if chance.random() < 0.4]
                chance.shuffle(waiting)
            for queue, body in waiting:
                self.deliver(queue, body, watcher)
        raise AssertionError("the queues never empty")

    def deliver(self, queue: str, body: str, watcher: Watcher | None = None) -> None:
        """Hand a message out until it is done with."""
        for _ in range(MAX_RECEIVES):
            try:
                with watched(watcher) if watcher is not None else unwatched():
                    answer = self.doors.call(queue, message_event(body))
            except WorkerKilled:
                continue
            if not answer["batchItemFailures"]:
                return
        raise AssertionError(f"{queue} never gets done with {body}")

    def take(self, queue: str) -> list[str]:
        """All messages that lie in the queue, taken out."""
        taken: list[str] = []
        sqs = client("sqs")
        with unwatched():
            while messages := sqs.receive_message(QueueUrl=self.urls[queue], MaxNumberOfMessages=10).get("Messages"):
                for one in messages:
                    sqs.delete_message(QueueUrl=self.urls[queue], ReceiptHandle=one["ReceiptHandle"])
                    taken.append(one["Body"])
        return taken

    def invoices(self) -> list[Invoice]:
        """All of all clients, as they lie in the table, by seller and number."""
        with unwatched():
            rows = [row for row in self.table.scan() if row.sk.startswith("INVOICE#")]
        return sorted(map(invoice_in, rows), key=lambda one: (one.seller.seller_id, one.sequence, one.invoice_id))

    def items(self, *, kinds: tuple[str, ...] = ("billing", "usage")) -> list[dict[str, Any]]:
        """Everything in the tables."""
        dynamodb, found = client("dynamodb"), []
        with unwatched():
            for name in kinds:
                pages = dynamodb.get_paginator("scan").paginate(TableName=f"skuflow-test-{name}")
                found += [item for page in pages for item in page["Items"]]
        return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    def events(self, *names: str) -> list[Event]:
        """What the table's stream has told so far, of `names`."""
        if event := self.stream.take():
            for _, change in changes(event):
                self.told += translate(change).events
        return [one for one in self.told if one.name in names]

    def due(self, made: Any) -> datetime:
        """When the subscription's next invoice is due."""
        at = self.stored(made).next_due_at
        assert at is not None
        return at

    def use(self, subject: str, value: int, at: datetime, name: str = "") -> None:
        """Record usage of billable items."""
        from skuflow.kernel.clock import iso

        body = {
            "transaction_id": name or f"tx-{subject}-{iso(at)}-{value}",
            "metric": "billable_items",
            "subject": subject,
            "value": str(value),
            "event_time": iso(at),
        }
        answer = self.call("POST", "/v1/usage", body=body)
        assert answer.status < 300, answer.body


def message_event(*bodies: str) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1773480000000"}
    return {
        "Records": [
            {"messageId": f"message-{place}", "body": body, "attributes": attributes, "messageAttributes": {}}
            for place, body in enumerate(bodies)
        ]
    }


def make_billing_world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, patch: pytest.MonkeyPatch
) -> BillingWorld:
    urls = {}
    for queue in (*QUEUES, "DEAD_LETTER"):
        urls[queue] = client("sqs").create_queue(QueueName=queue.lower())["QueueUrl"]
    selling = make_world(tables, clock, new_id, patch)
    for queue, url in urls.items():
        patch.setenv(f"{queue}_QUEUE_URL", url)
    patch.setenv("INBOX_QUEUE_URL", urls["PLANNING"])
    from skuflow.billing.wiring import build_api

    built = build_api()
    deps = replace(selling.deps, invoicing=built.invoicing)
    return BillingWorld(
        deps=deps,
        clock=clock,
        table=selling.table,
        doors=doors_at(clock),
        urls=urls,
        stream=TableStream("skuflow-test-billing"),
    )


def doors_at(clock: FakeClock) -> Doors:
    planning, billing, numbering = build_plan_billing_run(), build_bill_subscriptions(), build_number_invoices()
    work = replace(billing.work, billing=replace(billing.work.billing, clock=clock))
    return Doors(
        starting=replace(build_start_billing_runs(), clock=clock),
        planning=replace(planning, planning=partial(_at, planning.planning, clock)),
        billing=replace(billing, work=work),
        numbering=replace(numbering, numbering=replace(numbering.numbering, clock=clock)),
    )


def _at(planning: Callable[..., Any], clock: FakeClock, has_time: Callable[[], bool]) -> Any:
    return replace(planning(has_time), clock=clock)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def check_books(world: BillingWorld) -> None:
    """What holds of all invoices, always: one per subscription and cycle, gapless numbers, lines and taxes make the total."""
    invoices = world.invoices()
    assert len({(one.subscription_id, one.cycle) for one in invoices}) == len(invoices)
    for seller in {one.seller.seller_id for one in invoices}:
        numbers = [one.sequence for one in invoices if one.seller.seller_id == seller]
        assert numbers == list(range(1, len(numbers) + 1))
    for one in invoices:
        lines = sum(line.amount.minor for line in one.lines)
        outside = sum(tax.amount.minor for tax in one.taxes) - one.contained_tax.minor
        assert one.total.minor == lines + outside

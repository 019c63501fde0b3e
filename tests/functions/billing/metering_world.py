"""Metering over one AWS in memory: the API, the consumer of jobs, the reconciliation with its queue, the publisher of events."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from functions.billing.api.handler import handle as serve
from functions.billing.reconcile_usage.handler import handle as reconcile
from functions.billing.record_job.handler import handle as hear
from functions.billing.start_reconciliation.handler import handle as start
from skuflow.billing.announcements import translate
from skuflow.billing.deps import ApiDeps, ReconcileUsageDeps, RecordJobDeps, StartReconciliationDeps
from skuflow.billing.metering.event_store import DynamoUsage
from skuflow.billing.usage_store import UsageItem
from skuflow.billing.wiring import (
    SETTINGS,
    build_api,
    build_reconcile_usage,
    build_record_job,
    build_start_reconciliation,
)
from skuflow.kernel.clock import iso
from skuflow.kernel.events import Event
from skuflow.platform.aws import client
from skuflow.platform.consumer import PutBack
from skuflow.platform.event_bus import changes
from skuflow.platform.settings import names
from skuflow.platform.table import bind
from tests.calls import Tally, unwatched, watched
from tests.doubles import FakeClock, FakeLambdaContext
from tests.http import CLIENT, Answer, Api
from tests.streams import TableStream

JOB = {
    "job_id": "job_1",
    "source_type": "shopify",
    "collection": "summer",
    "items_processed": 40,
    "items_fixed": 12,
    "quality_score_before": "71.25",
    "quality_score_after": "88.50",
    "duration_seconds": 33,
    "billable_items": 40,
    "source_items": 120,
    "completed_at": "2026-03-14T09:00:00.000Z",
}


@dataclass(slots=True)
class MeteringWorld:
    api: ApiDeps
    jobs: RecordJobDeps
    starting: StartReconciliationDeps
    reconciling: ReconcileUsageDeps
    clock: FakeClock
    queues: Mapping[str, str]
    context: FakeLambdaContext = field(default_factory=lambda: FakeLambdaContext(remaining_ms=300_000))

    def call(self, method: str, path: str, **how: Any) -> Answer:
        return Api(serve, self.api).call(method, path, **how)

    def send(self, *events: Mapping[str, Any], client_id: str = CLIENT) -> dict[str, Any]:
        """Several events in one call; the answer's body."""
        answer = self.call("POST", "/v1/usage", body={"events": list(events)}, client_id=client_id)
        assert answer.status == 200, answer.body
        body: dict[str, Any] = answer.body
        return body

    def define(self, code: str, aggregation: str, **more: Any) -> None:
        body = {"code": code, "aggregation": aggregation, "unit": "unit", **more}
        assert self.call("POST", "/v1/metrics", body=body).status == 201

    def quantities(self, client_id: str = CLIENT, **query: Any) -> dict[str, tuple[str, int]]:
        """Metric -> (quantity, events), by default of all of the last weeks."""
        asked = {"from": "2026-02-01T00:00:00Z", "to": "2026-04-01T00:00:00Z", **query}
        answer = self.call("GET", "/v1/usage", query=asked, client_id=client_id)
        assert answer.status == 200, answer.body
        return {one["metric"]: (one["quantity"], one["events"]) for one in answer.body["items"]}

    def counted(self, client_id: str = CLIENT, subject: str = "client") -> Counter[str]:
        """What the counters say of all subjects that begin so, past the API: `<day> <metric>` -> units of 10^-12, and under
        `… events` how many."""
        found: Counter[str] = Counter()
        for item in self.items(f"C#{client_id}#DAYS#{subject}"):
            _, day, metric, _ = item["sk"]["S"].split("#")
            found[f"{day} {metric}"] += int(item["units"]["N"])
            found[f"{day} {metric} events"] += int(item["events"]["N"])
        return found

    def raw(self, client_id: str = CLIENT, subject: str = "client") -> Counter[str]:
        """What the events add up to, in the shape of `counted`."""
        found: Counter[str] = Counter()
        for item in self.items(f"C#{client_id}#USAGE#{subject}"):
            key = f"{item['sk']['S'][3:13]} {item['pk']['S'].split('#')[4]}"
            found[key] += int(item["units"]["N"])
            found[f"{key} events"] += 1
        return found

    def items(self, prefix: str) -> list[dict[str, Any]]:
        """Items of the usage table whose partition begins with `prefix`."""
        with unwatched():
            pages = client("dynamodb").get_paginator("scan").paginate(TableName="skuflow-test-usage")
            return [item for page in pages for item in page["Items"] if item["pk"]["S"].startswith(prefix)]

    def tell(self, *jobs: Mapping[str, Any], client_id: str = CLIENT) -> list[str]:
        """`JobCompleted` over the bus; which messages failed."""
        records = [sqs_record(job_message(job, client_id), number) for number, job in enumerate(jobs)]
        answer = hear({"Records": records}, self.context, self.jobs)
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def night(self) -> None:
        """The schedule goes off, and everything that it leads to is worked off."""
        start({}, self.context, self.starting)
        self.work_off()

    def work_off(self) -> int:
        """Every message of the reconciliation's queue, one by one; how many there were."""
        done = 0
        while bodies := self.take("RECONCILE"):
            for body in bodies:
                answer = reconcile({"Records": [sqs_record(body, done)]}, self.context, self.reconciling)
                assert answer == {"batchItemFailures": []}
                done += 1
        return done

    def take(self, queue: str) -> list[str]:
        """Up to ten messages, which are gone from the queue then."""
        url = self.queues[queue]
        with unwatched():
            found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            for message in found:
                client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in found]

    def days(self, client_id: str = CLIENT) -> dict[str, dict[str, Any]]:
        """Day -> what came of its reconciliation."""
        answer = self.call("GET", "/v1/usage/reconciliations", client_id=client_id)
        return {one["day"]: one for one in answer.body["items"]}

    def add_to(self, pk: str, sk: str, attribute: str, number: int) -> None:
        """Tamper with an item, past everything."""
        with unwatched():
            client("dynamodb").update_item(
                TableName="skuflow-test-usage",
                Key={"pk": {"S": pk}, "sk": {"S": sk}},
                UpdateExpression="ADD #a :n",
                ExpressionAttributeNames={"#a": attribute},
                ExpressionAttributeValues={":n": {"N": str(number)}},
            )

    def clear(self) -> None:
        """Forget all usage, but not what metrics there are. (moto copies a whole table for each transaction.)"""
        for item in self.items(""):
            if "#METRICS" not in item["pk"]["S"]:
                self.delete(item)

    def delete(self, item: Mapping[str, Any]) -> None:
        key = {"pk": item["pk"], "sk": item["sk"]}
        with unwatched():
            client("dynamodb").delete_item(TableName="skuflow-test-usage", Key=key)

    def told(self) -> list[Event]:
        """The events that the billing table's changes so far give rise to, in order."""
        written = TableStream("skuflow-test-billing").take() or {"Records": []}
        return [event for _, change in changes(written) for event in translate(change).events]

    def compare(self, day: str = "2026-03-13", client_id: str = CLIENT) -> dict[str, Any]:
        """Have one day compared, as its message comes from the queue; its record."""
        answer = reconcile({"Records": [sqs_record(work_on(day, client_id))]}, self.context, self.reconciling)
        assert answer == {"batchItemFailures": []}
        self.work_off()
        return self.days(client_id)[day]


def another(world: MeteringWorld) -> MeteringWorld:
    """The same tables and queues, seen from another process: nothing is remembered."""
    return make_metering_world(world.clock, world.queues)


def make_metering_world(
    clock: FakeClock, queues: Mapping[str, str], pause: Callable[[int], None] = lambda _attempt: None
) -> MeteringWorld:
    table = bind(UsageItem, "skuflow-test-usage")
    api, jobs, starting, reconciling = (
        build_api(),
        build_record_job(),
        build_start_reconciliation(),
        build_reconcile_usage(),
    )
    return MeteringWorld(
        api=replace(api, clock=clock, metering=replace(api.metering, usage=DynamoUsage(table, pause))),
        jobs=replace(jobs, clock=clock, usage=DynamoUsage(table, pause)),
        starting=replace(starting, clock=clock),
        reconciling=replace(
            reconciling,
            using=replace(reconciling.using, clock=clock),
            put_back=PutBack(reconciling.put_back.sqs, reconciling.put_back.queue_url, clock),
        ),
        clock=clock,
        queues=queues,
    )


def prepared(tables: Callable[[str], str], patch: pytest.MonkeyPatch) -> dict[str, str]:
    """Tables and queues made and named in the environment, and whatever else a function asks for; the queues' addresses."""
    for context in ("billing", "usage", "idempotency"):
        patch.setenv(f"{context.upper()}_TABLE", tables(context))
    queues = {}
    for queue in ("DEAD_LETTER", "RECONCILE", "PLANNING"):
        queues[queue] = client("sqs").create_queue(QueueName=queue.lower())["QueueUrl"]
        patch.setenv(f"{queue}_QUEUE_URL", queues[queue])
    patch.setenv("INBOX_QUEUE_URL", queues["RECONCILE"])
    for name in {name for one in SETTINGS.values() for name in names(one)} - set(os.environ):
        patch.setenv(name, "elsewhere")
    return queues


def usage(number: int | str, metric: str = "billable_items", value: object = 1, **more: Any) -> dict[str, Any]:
    """An event as a caller sends it."""
    at = more.pop("at", None)
    when = {"event_time": iso(at) if isinstance(at, datetime) else at} if at is not None else {}
    return {"transaction_id": f"tx-{number}", "metric": metric, "value": value, **when, **more}


def job_message(job: Mapping[str, Any], client_id: str = CLIENT) -> str:
    detail = {
        "event_id": f"evt_{job['job_id']}",
        "occurred_at": "2026-03-14T09:00:00.000Z",
        "client_id": client_id,
        "schema_version": 1,
        "correlation_id": "req_1",
        "causation_id": "",
        "data": dict(job),
    }
    return json.dumps({"source": "skuflow.quality", "detail-type": "JobCompleted", "detail": detail})


def work_on(day: str, client_id: str = CLIENT) -> str:
    """A message of the reconciliation's queue: a client's day."""
    return json.dumps({"client_id": client_id, "day": day})


def sqs_record(body: str, number: int = 0) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1773480413589"}
    return {"messageId": f"m{number}", "body": body, "attributes": attributes, "messageAttributes": {}}


def requests_of(work: Callable[[], Any]) -> Counter[str]:
    """What `work` asks of AWS, by service and operation."""
    tally = Tally()
    with watched(tally):
        work()
    return tally.requests


def statuses(body: Mapping[str, Any]) -> list[str]:
    return [one["status"] for one in body["events"]]


def ids(events: Iterable[Mapping[str, Any]]) -> list[str]:
    return [one["transaction_id"] for one in events]

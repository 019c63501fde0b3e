"""Quality's jobs in one process: real handlers, AWS in memory, and a catalogue that applies fixes to quality's own copy at once.

`settle` carries messages between queue, stream and handlers until nothing moves, as AWS would; `times` has each come so often,
`mind` shows each request of the functions to a watcher. A function that dies leaves its message, which comes again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pytest

from functions.quality.api.handler import handle as api
from functions.quality.on_table_change.handler import handle as on_table_change
from functions.quality.record_fix_outcome.handler import handle as record_fix_outcome
from functions.quality.run_quality_job.handler import handle as run_quality_job
from skuflow.contracts.catalog import ProductFixesApplied, SkippedFix
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.quality import wiring
from skuflow.quality.fixes.paths import value_at, with_value
from skuflow.quality.model import Snapshot
from skuflow.quality.products_store import ProductsStore
from tests.calls import Watcher, WorkerKilled, watched
from tests.doubles import START, CountedIds, FakeClock, FakeLambdaContext, RecordingBus
from tests.http import CLIENT, Answer, Api
from tests.quick_aws import QuickStream

FUNCTIONS = ("api", "run_quality_job", "record_fix_outcome", "on_table_change", "record_product", "start_nightly_jobs")
SCOPES = "quality:read quality:write"


@dataclass(slots=True)
class FixingCatalogue:
    """Applies fixes whose old value still stands, once per batch, and answers the same however often it is asked. `deaf`: answers
    are kept back until somebody takes them out of `kept`. `tells`: quality's copy hears of what was changed."""

    products: ProductsStore
    answered: dict[tuple[str, int], ProductFixesApplied] = field(default_factory=dict)
    deaf: bool = False
    tells: bool = True
    kept: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, detail: dict[str, Any]) -> dict[str, Any]:
        """The event that answers to a `ProductFixesDecided`, as the queue holds it."""
        data, owner = detail["data"], ClientId(detail["client_id"])
        key = (data["job_id"], data["batch"])
        if key not in self.answered:
            self.answered[key] = self._applied(owner, data)
        told = self.answered[key]
        return {
            "detail-type": "ProductFixesApplied",
            "source": "skuflow.catalog",
            "detail": {**detail, "event_id": f"evt_{key}", "data": asdict(told)},
        }

    def _applied(self, owner: ClientId, data: dict[str, Any]) -> ProductFixesApplied:
        skipped: list[SkippedFix] = []
        fixed = applied = 0
        for wanted in data["products"]:
            product = self.products.get_many(owner, [wanted["product_id"]]).get(wanted["product_id"])
            changed = product
            for fix in wanted["fixes"]:
                if changed is None or value_at(changed, fix["path"]) != fix["old"]:
                    reason = "unknown_product" if changed is None else "changed_since"
                    skipped.append(SkippedFix(wanted["product_id"], fix["path"], reason))
                else:
                    changed, applied = with_value(changed, fix["path"], fix["new"]), applied + 1
            if changed is not None and changed != product:
                fixed += 1
                if self.tells:
                    self.products.keep(owner, replace(changed, product_version=changed.product_version + 1))
        return ProductFixesApplied(data["job_id"], data["batch"], applied, fixed, tuple(skipped))


@dataclass(slots=True)
class JobWorld:
    clock: FakeClock
    queue_url: str
    stream: QuickStream
    bus: RecordingBus
    products: ProductsStore
    catalogue: FixingCatalogue
    deps: dict[str, Any]
    context: FakeLambdaContext
    _heard: int = 0

    def call(self, method: str, path: str, **how: Any) -> Answer:
        return Api(api, self.deps["api"]).call(method, path, **{"scopes": SCOPES, **how})

    def ask(self, method: str, path: str, **how: Any) -> Any:
        """The body of an answer that must be a success."""
        answer = self.call(method, path, **how)
        assert answer.status < 300, answer.body
        return answer.body

    def stock(self, *products: Snapshot, client_id: str = CLIENT) -> None:
        for product in products:
            self.products.keep(ClientId(client_id), product)

    def start(self, mode: str = "score", **body: Any) -> str:
        return str(self.ask("POST", "/v1/quality/jobs", body={"mode": mode, **body})["job_id"])

    def run(self, mode: str = "score", **body: Any) -> dict[str, Any]:
        """A whole job, as GET shows it."""
        job_id = self.start(mode, **body)
        self.settle()
        return self.job(job_id)

    def job(self, job_id: str) -> dict[str, Any]:
        return dict(self.ask("GET", f"/v1/quality/jobs/{job_id}"))

    def all_of(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every item of a list, page by page."""
        items: list[dict[str, Any]] = []
        while True:
            page = self.ask("GET", path, query=query)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            query["cursor"] = page["next_cursor"]

    def events(self, name: str) -> list[dict[str, Any]]:
        """The payloads of all events of that name, by event id: repeats count once."""
        details = [json.loads(entry["Detail"]) for entry in self.bus.entries if entry["DetailType"] == name]
        return list({detail["event_id"]: detail["data"] for detail in details}.values())

    def settle(self, *, times: int = 1, mind: Watcher | None = None) -> None:
        """Deliver everything until nothing moves."""
        while self.announce(times=times) | self.work(times=times, mind=mind):
            pass

    def announce(self, *, times: int = 1, mind: Watcher | None = None) -> bool:
        """Stream to bus, bus to catalogue, catalogue to the function that counts."""
        records = self.stream.take()
        if records is not None:
            for _ in range(times):
                on_table_change(records, self.context, self.deps["on_table_change"])
        fresh, self._heard = self.bus.entries[self._heard :], len(self.bus.entries)
        for entry in fresh:
            if entry["DetailType"] == "ProductFixesDecided":
                self.catalogue.kept.append(self.catalogue.hear(json.loads(entry["Detail"])))
        moved = records is not None
        while self.catalogue.kept and not self.catalogue.deaf:
            self._until_done(record_fix_outcome, self.catalogue.kept.pop(0), times, mind)
            moved = True
        return moved

    def work(self, *, times: int = 1, mind: Watcher | None = None, most: int = 1000) -> bool:
        """Every message that waits for a worker, at most so many. True if there was any."""
        sqs, moved = client("sqs"), False
        while most and (messages := sqs.receive_message(QueueUrl=self.queue_url).get("Messages", [])):
            moved, most = True, most - 1
            for message in messages:
                self._until_done(run_quality_job, json.loads(message["Body"]), times, mind)
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return moved

    def _until_done(self, handle: Callable[..., Any], body: dict[str, Any], times: int, mind: Watcher | None) -> None:
        done = 0
        while done < times:
            try:
                with watched(mind) if mind is not None else nullcontext():
                    answer = handle(sqs_event(body), self.context, self.deps[handle.__module__.split(".")[2]])
            except WorkerKilled:
                continue
            assert not answer["batchItemFailures"], body
            done += 1


def sqs_event(body: dict[str, Any]) -> dict[str, Any]:
    record = {
        "messageId": "message-1",
        "receiptHandle": "receipt-1",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:ca-central-1:123456789012:queue",
        "awsRegion": "ca-central-1",
    }
    return {"Records": [record]}


def make_job_world(
    table: str, idempotency: str, clock: FakeClock, new_id: CountedIds, env: pytest.MonkeyPatch
) -> JobWorld:
    queues = {name: client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("jobs", "dlq", "rejects")}
    for name, value in {
        "QUALITY_TABLE": table,
        "IDEMPOTENCY_TABLE": idempotency,
        "JOB_QUEUE_URL": queues["jobs"],
        "DEAD_LETTER_QUEUE_URL": queues["dlq"],
        "REJECTS_QUEUE_URL": queues["rejects"],
        "OUTBOUND_TABLE": "skuflow-test-outbound",
        "EVENT_BUS": "skuflow-test",
    }.items():
        env.setenv(name, value)
    built = {name: getattr(wiring, f"build_{name}")() for name in FUNCTIONS}
    bus, sink = RecordingBus(), built["on_table_change"]
    deps = {name: replace(made, clock=clock) for name, made in built.items() if name != "on_table_change"}
    deps["api"] = replace(
        deps["api"], new_id=new_id, starting=replace(deps["api"].starting, clock=clock, new_id=new_id)
    )
    products = deps["run_quality_job"].products
    return JobWorld(
        clock=clock,
        queue_url=queues["jobs"],
        stream=QuickStream(table),
        bus=bus,
        products=products,
        catalogue=FixingCatalogue(products),
        deps={**deps, "on_table_change": replace(sink, bus=replace(sink.bus, events=bus))},
        context=FakeLambdaContext(remaining_ms=120_000),
    )


def product(number: int, **fields: Any) -> Snapshot:
    """A product in good order, but for what `fields` say."""
    sound: dict[str, Any] = {
        "product_version": 1,
        "source": "shopify:north.example",
        "title": f"Linen shirt number {number}",
        "description_html": "<p>A shirt of washed linen with buttons of horn, cut wide for warm days at the harbour.</p>",
        "brand": "Harbour",
        "category": ("Clothing", "Shirts"),
        "product_type": "Shirt",
        "updated_at": START,
        "observed_at": START,
    }
    return Snapshot(product_id=f"prd_{number:05d}", **{**sound, **fields})

"""Runs of shops in one process: real handlers, AWS in memory, a Shopify that answers, a reader and a catalogue of few words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from functions.sync.on_table_change.handler import handle as on_table_change
from functions.sync.record_batch_outcome.handler import handle as record_batch_outcome
from functions.sync.run_due_shops.handler import handle as run_due_shops
from functions.sync.sync_shop.handler import handle as sync_shop
from skuflow.kernel.clock import iso
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client, sqs_client
from skuflow.platform.consumer import DeadLetters, PutBack
from skuflow.platform.event_bus import EventBus
from skuflow.platform.table import bind
from skuflow.sync.deps import OnTableChangeDeps, RecordBatchOutcomeDeps, RunDueShopsDeps, SyncShopDeps
from skuflow.sync.import_store import DynamoImports
from skuflow.sync.model import BatchFile, Slice
from skuflow.sync.progress_store import DynamoProgress
from skuflow.sync.reading.source import Checkpoint
from skuflow.sync.runs.advance_run import Advance
from skuflow.sync.runs.end_run import RunEnds
from skuflow.sync.runs.model import Run, RunTotals, Snapshot, read_to_end
from skuflow.sync.runs.store import DynamoRuns
from skuflow.sync.runs.work import RunWork, ShopWork
from skuflow.sync.shopify.admin import ShopifyAdmin
from skuflow.sync.shops.model import Shop, source_of
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.store import SyncItem
from skuflow.sync.webhooks.intake import DynamoIntakes
from skuflow.sync.work import WorkQueue
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext, RecordingBus
from tests.fakes.shops import SHOP, connect
from tests.functions.sync.fake_shopify import FakeShopify
from tests.http import CLIENT
from tests.streams import TableStream

MINE = ClientId(CLIENT)
CALLBACK = "https://api.test/v1/shopify/webhooks"
QUEUES = ("shops", "bulk", "dead-letters", "reports", "rejects")


@dataclass(slots=True)
class FakeTokens:
    """`refused` is raised by whoever asks for another token."""

    current: str = "token-1"
    refused: Exception | None = None

    def access_token(self, client_id: ClientId, shop: str) -> str:
        return self.current

    def renewed(self, client_id: ClientId, shop: str, *, refused: str) -> str:
        assert refused == self.current
        if self.refused is not None:
            raise self.refused
        self.current += "+"
        return self.current


@dataclass(slots=True)
class FakeCosts:
    """A bucket that is never empty; `levels` is what it was told."""

    levels: list[tuple[int, int, float]] = field(default_factory=list)

    def reserve(self, credential: str, cost: int) -> None:
        assert credential == f"{CLIENT}#{SHOP}"

    def settle(self, credential: str, maximum: int, available: int, restore_rate: float) -> None:
        self.levels.append((maximum, available, restore_rate))


@dataclass(slots=True)
class Delayed:
    """Stands where the worker's own queue does: messages with a delay cannot be seen in a queue. `messages`: body and seconds."""

    messages: list[tuple[dict[str, Any], int]] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)

    def send_message(self, **message: Any) -> dict[str, Any]:
        self.messages.append((json.loads(message["MessageBody"]), message.get("DelaySeconds", 0)))
        self.attributes.append(message.get("MessageAttributes", {}))
        return {}


@dataclass(slots=True)
class ShopWorld:
    clock: FakeClock
    shopify: FakeShopify
    tokens: FakeTokens
    costs: FakeCosts
    delayed: Delayed
    queues: dict[str, str]
    stream: TableStream
    table: type[SyncItem]
    bus: RecordingBus
    deps: SyncShopDeps
    schedule: RunDueShopsDeps
    answers: RecordBatchOutcomeDeps
    announcer: OnTableChangeDeps
    context: FakeLambdaContext = field(default_factory=lambda: FakeLambdaContext(remaining_ms=60_000))

    # what is there

    def shop(self) -> Shop:
        return self.deps.shops.get(MINE, SHOP)

    def run(self) -> Run:
        """The latest run."""
        return self.runs()[0]

    def runs(self) -> list[Run]:
        return list(self.deps.runs.page(MINE, SHOP, 50, None)[0])

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """The messages in `queue`, which stay there."""
        answer = client("sqs").receive_message(
            QueueUrl=self.queues[queue], MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
        )
        return [dict(message) for message in answer.get("Messages", [])]

    def bodies(self, queue: str) -> list[dict[str, Any]]:
        return [json.loads(message["Body"]) for message in self.waiting(queue)]

    # what AWS does

    def work(self, shop: str = SHOP, *, client_id: str = CLIENT) -> list[str]:
        """One message about `shop`; which messages failed."""
        body = json.dumps({"client_id": client_id, "shop": shop})
        record = {"messageId": "m-1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
        answer = sync_shop({"Records": [record]}, self.context, self.deps)
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    def later(self, **units: float) -> None:
        """Let time pass, and the schedule and what it asks for run once."""
        self.clock.advance(**units)
        run_due_shops({}, self.context, self.schedule)
        for message in self.waiting("shops"):
            named = json.loads(message["Body"])
            client("sqs").delete_message(QueueUrl=self.queues["shops"], ReceiptHandle=message["ReceiptHandle"])
            self.work(named["shop"], client_id=named["client_id"])

    def begun(self) -> Run:
        """A run whose operation is under way."""
        self.work()
        assert self.run().status == "running"
        return self.run()

    def announced(self) -> list[tuple[str, dict[str, Any]]]:
        """Name and data of the events that everything written since the last time gives rise to."""
        before = len(self.bus.entries)
        if (records := self.stream.take()) is not None:
            on_table_change(records, self.context, self.announcer)
        return [(one["DetailType"], json.loads(one["Detail"])["data"]) for one in self.bus.entries[before:]]

    # what the reader and the catalogue do

    def read(self, batches: int = 0, *, partial: bool = False, **totals: int) -> Run:
        """The reader reads the run's result, and hands `batches` over."""
        run = self.run()
        part = Slice(
            number=1,
            next=Checkpoint(300, 4, 3),
            done=True,
            bucket="bucket",
            files=tuple(BatchFile(number + 1, f"batches/{number + 1}", 2) for number in range(batches)),
            rejects_key=None,
            source=source_of(SHOP),
            observed_at=self.clock(),
            read_at=self.clock(),
            batches=batches,
            products=batches * 2,
            rejected=0,
            warnings=0,
        )
        self.answers.progress.add_slice(MINE, run.run_id, part, run.cause)
        snapshot = None if partial else Snapshot("bucket", "bulk/keys.txt", batches * 2)
        ready = read_to_end(run, RunTotals(**{"products": batches * 2, **totals}), snapshot, self.clock())
        return self.deps.advance.ends.complete_if_done(MINE, self.deps.runs.save(MINE, ready))

    def tell(
        self, name: str, *, client_id: str = CLIENT, occurred_at: datetime | None = None, **data: Any
    ) -> list[str]:
        """The catalogue's event `name`; which messages failed."""
        detail = {
            "event_id": f"evt_{name}",
            "occurred_at": iso(occurred_at or self.clock()),
            "client_id": client_id,
            "schema_version": 1,
            "correlation_id": "request-1",
            "causation_id": "",
            "data": data,
        }
        body = json.dumps({"detail-type": name, "source": "skuflow.catalog", "detail": detail})
        record = {"messageId": "m-1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
        answer = record_batch_outcome({"Records": [record]}, self.context, self.answers)
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    def applied(self, import_id: str, batch: int, *, rejected: Any = (), **how: Any) -> list[str]:
        """The catalogue has applied a batch of two products: one was created, one is unchanged."""
        counts = {"products": 2, "created": 3, "updated": 0, "unchanged": 1}
        products = {"products_created": 1, "products_updated": 0, "products_unchanged": 1}
        data = {"import_id": import_id, "batch": batch, **counts, **products, "rejected": rejected}
        return self.tell("ProductBatchApplied", **data, **how)

    def compared(self, run_id: str, removed: int = 0, kept_back: int = 0) -> list[str]:
        """The catalogue has compared its list with the run's."""
        data = {"run_id": run_id, "source": source_of(SHOP), "removed": removed, "kept_back": kept_back}
        return self.tell("SourceProductsRemoved", **data)

    def complete(self) -> Run:
        """A run from its beginning to its end, of two products."""
        self.begun()
        self.shopify.ends()
        self.later(minutes=1)
        run = self.read(1, variants=4)
        self.applied(run.run_id, 1)
        self.compared(run.run_id)
        assert self.run().status == "completed"
        return self.run()

    # what somebody else does

    def edit(self, **fields: Any) -> Shop:
        """The shop with other fields."""
        return self.deps.shops.save(MINE, replace(self.shop(), **fields))


def make_shop_world(table_name: str, clock: FakeClock, new_id: CountedIds) -> ShopWorld:
    queues = {name: client("sqs").create_queue(QueueName=f"skuflow-test-{name}")["QueueUrl"] for name in QUEUES}
    table = bind(SyncItem, table_name)
    shops, runs = DynamoShops(table), DynamoRuns(table)
    shopify, tokens, costs, delayed = FakeShopify(clock), FakeTokens(), FakeCosts(), Delayed()
    admin = ShopifyAdmin(
        outbound=shopify,
        tokens=tokens,
        costs=costs,
        base_of=lambda shop: f"https://{shop}",
        clock=clock,
        sleep=lambda seconds: clock.advance(seconds=seconds) and None,
    )
    progress, bus = DynamoProgress(table), RecordingBus()
    ends = RunEnds(runs, shops, progress, clock)
    dead_letters = DeadLetters(sqs_client, queues["dead-letters"])
    own_queue: Any = lambda: delayed  # noqa: E731 - a client is asked for
    deps = SyncShopDeps(
        shops=shops,
        runs=runs,
        advance=Advance(ends, admin, RunWork(sqs_client, queues["bulk"]), CALLBACK, clock),
        work=ShopWork(own_queue, "inbox"),
        clock=clock,
        new_id=new_id,
        dead_letters=dead_letters,
        put_back=PutBack(own_queue, "inbox", clock),
    )
    connect(shops, MINE, due_at=clock())
    return ShopWorld(
        clock=clock,
        shopify=shopify,
        tokens=tokens,
        costs=costs,
        delayed=delayed,
        queues=queues,
        stream=TableStream(table_name),
        table=table,
        bus=bus,
        deps=deps,
        answers=RecordBatchOutcomeDeps(
            imports=DynamoImports(table),
            intakes=DynamoIntakes(table),
            ends=ends,
            progress=progress,
            reports=WorkQueue(sqs_client, queues["reports"]),
            clock=clock,
            dead_letters=dead_letters,
        ),
        announcer=OnTableChangeDeps(EventBus(bus, "bus"), DeadLetters(sqs_client, queues["rejects"])),  # type: ignore[arg-type]
        schedule=RunDueShopsDeps(shops, ShopWork(sqs_client, queues["shops"]), clock),
    )


def minutes(moment: datetime | None, since: datetime) -> float:
    """From `since` to `moment`."""
    assert moment is not None
    return (moment - since) / timedelta(minutes=1)

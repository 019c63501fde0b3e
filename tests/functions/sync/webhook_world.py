"""Webhooks from the gateway to what they leave behind: real handlers, AWS in memory, a Shopify that answers what a test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import msgspec
import pytest

from functions.sync.process_shopify_webhook.handler import handle as process
from functions.sync.receive_shopify_webhook.handler import handle as receive
from skuflow.contracts.sync import BatchHeader, SourceProduct
from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.consumer import PutBack
from skuflow.platform.secrets import Secrets
from skuflow.platform.table import bind
from skuflow.sync import wiring
from skuflow.sync.shops.model import Shop, ShopStatus, stopped
from skuflow.sync.shops.orders import DynamoOrders
from skuflow.sync.shops.privacy_requests import DynamoPrivacyRequests
from skuflow.sync.shops.sealed import Lifetimes, SealedPair
from skuflow.sync.shops.secrets import AppCredentials
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.store import SyncItem
from skuflow.sync.webhooks.intake import DynamoIntakes, Intake
from skuflow.sync.webhooks.known_shops import KnownShops
from tests.doubles import FakeClock, FakeLambdaContext
from tests.functions.sync.webhook_events import SECRET, SHOP, sqs_record, webhook_event
from tests.http import CLIENT

BUCKET = "skuflow-test-uploads"
SECRET_NAME = "skuflow/test/shopify/client-secret"


@dataclass(slots=True)
class FakeShopify:
    """Answers queries by name; an exception is raised. `asked` holds name and variables of every question."""

    answers: dict[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def query(
        self, client_id: ClientId, shop: str, query: Any, variables: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        assert (client_id, shop) == (CLIENT, SHOP)
        self.asked.append((query.name, dict(variables or {})))
        answer: Mapping[str, Any] = self.answers[query.name](variables or {})
        return answer

    def fails(self, name: str, error: Exception) -> None:
        def answer(_variables: Mapping[str, Any]) -> Any:
            raise error

        self.answers[name] = answer


@dataclass(slots=True)
class HeldBack:
    """Stands where the worker's own queue does when it puts work back: messages with a delay cannot be seen in a queue."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    def send_message(self, **message: Any) -> dict[str, Any]:
        self.messages.append(message)
        return {}

    def take(self) -> list[dict[str, Any]]:
        """What was put back, as the queue will deliver it once the delay is over."""
        taken, self.messages = self.messages, []
        return [
            {"MessageId": f"again-{place}", "Body": one["MessageBody"], "MessageAttributes": one["MessageAttributes"]}
            for place, one in enumerate(taken)
        ]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch file that was handed over."""

    header: BatchHeader
    products: tuple[SourceProduct, ...]


@dataclass(slots=True)
class WebhookWorld:
    clock: FakeClock
    table: type[SyncItem]
    receiver: Any
    worker: Any
    shopify: FakeShopify
    held_back: HeldBack
    queues: dict[str, str]
    context: FakeLambdaContext = field(default_factory=lambda: FakeLambdaContext(remaining_ms=60_000))

    # what Shopify does

    def post(self, body: bytes | str, *, topic: str | None = "products/update", **how: Any) -> dict[str, Any]:
        """The gateway's answer to a webhook; see `webhook_event`."""
        event = webhook_event(body, topic=topic, triggered_at=how.pop("triggered_at", iso(self.clock())), **how)
        answer: dict[str, Any] = receive(event, FakeLambdaContext(), self.receiver)
        return answer

    def told(self, payload: Any, *, topic: str = "products/update", **how: Any) -> None:
        """A webhook that is taken."""
        assert self.post(json.dumps(payload), topic=topic, **how)["statusCode"] == 200

    # what AWS does

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """The messages in `queue`, those that are held back too, which stay there."""
        found: dict[str, dict[str, Any]] = {}
        while True:
            answer = client("sqs").receive_message(
                QueueUrl=self.queues[queue], MaxNumberOfMessages=10, VisibilityTimeout=30, MessageAttributeNames=["All"]
            )
            if not answer.get("Messages"):
                break
            found |= {message["MessageId"]: dict(message) for message in answer["Messages"]}
        for message in found.values():
            client("sqs").change_message_visibility(
                QueueUrl=self.queues[queue], ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return list(found.values())

    def work(self, messages: list[dict[str, Any]] | None = None) -> set[str]:
        """All that waits, or `messages`, ten at a time through the worker; what it is done with is gone. The ids of what it is not
        done with."""
        left: set[str] = set()
        waiting = self.waiting("webhooks") if messages is None else messages
        for start in range(0, len(waiting), 10):
            left |= self.work_once(waiting[start : start + 10])
        return left

    def work_once(self, messages: list[dict[str, Any]]) -> set[str]:
        answer = process({"Records": [sqs_record(one) for one in messages]}, self.context, self.worker)
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        for one in messages:
            if one["MessageId"] not in failed and "ReceiptHandle" in one:
                client("sqs").delete_message(QueueUrl=self.queues["webhooks"], ReceiptHandle=one["ReceiptHandle"])
        return failed

    def put_aside(self) -> list[tuple[dict[str, Any], str]]:
        """Envelope and reason of what lies among the dead letters."""
        return [
            (json.loads(one["Body"]), one["MessageAttributes"]["reason"]["StringValue"])
            for one in self.waiting("dead-letters")
        ]

    def empty(self, queue: str) -> None:
        for one in self.waiting(queue):
            client("sqs").delete_message(QueueUrl=self.queues[queue], ReceiptHandle=one["ReceiptHandle"])

    # what is left behind

    def intakes(self) -> list[Intake]:
        """All that was handed over, in the order of their times and names."""
        found = [DynamoIntakes(self.table).find(ClientId(CLIENT), name) for name in self._intake_ids()]
        return sorted((one for one in found if one is not None), key=lambda one: (one.created_at, one.intake_id))

    def _intake_ids(self) -> list[str]:
        return [row.pk.rpartition("#")[2] for row in self.table.scan() if row.sk == "INTAKE"]

    def batches(self) -> list[Batch]:
        return [self.batch(file.key) for intake in self.intakes() for file in intake.files]

    def batch(self, key: str) -> Batch:
        first, *lines = client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().splitlines()
        decode = msgspec.json.decode
        return Batch(decode(first, type=BatchHeader), tuple(decode(line, type=SourceProduct) for line in lines))

    @property
    def shops(self) -> DynamoShops:
        return DynamoShops(self.table)

    @property
    def orders(self) -> DynamoOrders:
        return DynamoOrders(self.table)

    @property
    def privacy(self) -> DynamoPrivacyRequests:
        return DynamoPrivacyRequests(self.table)

    def connect(self, shop: str = SHOP, *, client_id: str = CLIENT, currency: str = "CAD") -> Shop:
        pair = SealedPair(b"sealed", Lifetimes(None, None))
        now = self.clock()
        item = Shop(
            shop, "connected", ("read_products",), now, now, Cause("connected"), currency=currency, set_up_at=now
        )
        return self.shops.connect(ClientId(client_id), item, pair)

    def stop(self, status: ShopStatus, shop: str = SHOP) -> None:
        owner = ClientId(CLIENT)
        self.shops.stop(owner, stopped(self.shops.get(owner, shop), status, self.clock(), Cause("stopped")))


def make_webhook_world(table: str, outbound: str, clock: FakeClock, env: pytest.MonkeyPatch) -> WebhookWorld:
    s3, sqs, secrets = client("s3"), client("sqs"), client("secretsmanager")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
    names = ("webhooks", "shops", "dead-letters")
    queues = {name: sqs.create_queue(QueueName=f"skuflow-test-{name}")["QueueUrl"] for name in names}
    secrets.create_secret(Name=SECRET_NAME, SecretString=SECRET)
    for name, value in {
        "SYNC_TABLE": table,
        "OUTBOUND_TABLE": outbound,
        "UPLOAD_BUCKET": BUCKET,
        "SHOPIFY_CLIENT_ID_SECRET": "skuflow/test/shopify/client-id",
        "SHOPIFY_CLIENT_SECRET_SECRET": SECRET_NAME,
        "TOKEN_KEY": "alias/skuflow-test",
        "PUBLIC_URL": "https://api.example.com",
        "WEBHOOK_QUEUE_URL": queues["webhooks"],
        "SHOP_QUEUE_URL": queues["shops"],
        "INBOX_QUEUE_URL": queues["webhooks"],
        "DEAD_LETTER_QUEUE_URL": queues["dead-letters"],
    }.items():
        env.setenv(name, value)
    shopify, held_back = FakeShopify(), HeldBack()
    world = WebhookWorld(
        clock=clock,
        table=bind(SyncItem, table),
        receiver=_receiver(clock),
        worker=_worker(clock, shopify, held_back),
        shopify=shopify,
        held_back=held_back,
        queues=queues,
    )
    world.connect()
    clock.advance(minutes=1)
    return world


def _receiver(clock: FakeClock) -> Any:
    """As it is wired, with the test's clock."""
    built = wiring.build_receive_shopify_webhook()
    receiving = built.receiving
    credentials = AppCredentials(Secrets(client("secretsmanager"), clock), "", SECRET_NAME, clock)
    shops = KnownShops(receiving.shops.look_up, clock)
    return replace(built, receiving=replace(receiving, secrets=credentials.accepted_secrets, shops=shops, clock=clock))


def _worker(clock: FakeClock, shopify: FakeShopify, held_back: HeldBack) -> Any:
    """As it is wired, with the test's clock and Shopify."""
    built = wiring.build_process_shopify_webhook()
    processing = built.processing
    reading = replace(processing.reading, admin=shopify, clock=clock)
    return replace(
        built,
        processing=replace(processing, reading=reading, handing_over=replace(processing.handing_over, clock=clock)),
        put_back=PutBack(cast("Any", lambda: held_back), built.put_back.queue_url, clock),
    )

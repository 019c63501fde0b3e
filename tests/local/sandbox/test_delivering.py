"""The sandbox's webhooks through our own receiver and worker: real signatures, real HTTP back to the shop, the wiring as it is
deployed."""

from __future__ import annotations

import base64
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from functions.sync.process_shopify_webhook.handler import handle as process
from functions.sync.receive_shopify_webhook.handler import handle as receive
from local.sandbox.control import SandboxControl, ShopControl
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.clock import utc_now
from skuflow.platform.table import bind
from skuflow.sync.shops.store import DynamoShops, change_shop
from skuflow.sync.store import SyncItem
from skuflow.sync.webhooks.intake import DynamoIntakes, Intake
from skuflow.sync.wiring import build_process_shopify_webhook, build_receive_shopify_webhook
from tests.doubles import FakeLambdaContext
from tests.http import CLIENT, http_event
from tests.local.sandbox.app_side import Inbox, Received, Shopkeeper
from tests.local.sandbox.test_connecting import MINE, App

_NUMBERS = count(1)


class Door:
    """A connected shop of the sandbox, and our two functions."""

    def __init__(self, shop: ShopControl, inbox: Inbox, table: str, queues: dict[str, str]) -> None:
        app = App(shop)
        app.connect()
        self.shop, self.inbox, self.queues = shop, inbox, queues
        self.table = bind(SyncItem, table)
        self.keeper = Shopkeeper(shop, token=app.worker().access_token(MINE, shop.domain))
        self.keeper.subscribe(inbox.uri)
        change_shop(
            MINE,
            shop.domain,
            lambda item: replace(item, currency="CAD", set_up_at=utc_now()),
            shops=DynamoShops(self.table),
        )
        self.receiver, self.worker = build_receive_shopify_webhook(), build_process_shopify_webhook()

    def take(self, webhook: Received) -> int:
        """The status that our receiver answers."""
        event = http_event("POST", "/v1/shopify/webhooks", client_id=None, body="", headers=dict(webhook.headers))
        body = {"body": base64.b64encode(webhook.body).decode(), "isBase64Encoded": True}
        answer: dict[str, Any] = receive({**event, **body}, FakeLambdaContext(), self.receiver)
        return int(answer["statusCode"])

    def told(self) -> list[Received]:
        self.shop.settled()
        return self.inbox.received

    def messages(self, queue: str) -> list[dict[str, Any]]:
        sqs = client("sqs")
        found = sqs.receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10).get("Messages", [])
        for one in found:
            sqs.delete_message(QueueUrl=self.queues[queue], ReceiptHandle=one["ReceiptHandle"])
        return [dict(one) for one in found]

    def delayed(self) -> int:
        asked = client("sqs").get_queue_attributes(QueueUrl=self.queues["webhooks"], AttributeNames=["All"])
        return int(asked["Attributes"]["ApproximateNumberOfMessagesDelayed"])

    def work(self, messages: list[dict[str, Any]]) -> Any:
        records = [
            {"messageId": one["MessageId"], "body": one["Body"], "attributes": {"ApproximateReceiveCount": "1"}}
            for one in messages
        ]
        return process({"Records": records}, FakeLambdaContext(remaining_ms=60_000), self.worker)["batchItemFailures"]

    def intakes(self) -> list[Intake]:
        found = DynamoIntakes(self.table)
        names = [row.pk.rpartition("#")[2] for row in self.table.scan() if row.sk == "INTAKE"]
        return [intake for name in names if (intake := found.find(ClientId(CLIENT), name)) is not None]


@pytest.fixture
def door(sandbox: SandboxControl, webhooks: Inbox, sync_table: str, monkeypatch: pytest.MonkeyPatch) -> Door:
    names = ("webhooks", "dead")
    queues = {name: client("sqs").create_queue(QueueName=f"delivering-{name}")["QueueUrl"] for name in names}
    for name, queue in (("WEBHOOK", "webhooks"), ("INBOX", "webhooks"), ("DEAD_LETTER", "dead")):
        monkeypatch.setenv(f"{name}_QUEUE_URL", queues[queue])
    shop = sandbox.shop(f"delivering-{next(_NUMBERS)}.myshopify.com")
    shop.open()
    return Door(shop, webhooks, sync_table, queues)


def test_a_forged_webhook_is_refused_and_the_genuine_ones_are_handed_over(sandbox: SandboxControl, door: Door) -> None:
    mug = door.shop.create("Mug", variants=[{"price": "16.50"}], silent=True)
    sandbox.set_fault("wrong_signature", scope=door.shop.domain, count=1)
    door.shop.edit(mug["id"], variants=[{"price": "15"}])
    door.told()
    door.shop.edit(mug["id"], variants=[{"price": "14"}])
    forged, genuine = door.told()[:2]
    assert (door.take(forged), door.take(genuine), door.take(genuine)) == (401, 200, 200)
    waiting = door.messages("webhooks")
    assert len(waiting) == 2
    assert [door.work([one]) for one in waiting] == [[], []]
    [intake] = door.intakes()
    assert [file.products for file in intake.files] == [1]


def test_while_a_shop_fails_its_large_product_waits_and_is_not_given_up(sandbox: SandboxControl, door: Door) -> None:
    door.shop.seed(products=1, variants_per_product=130)
    door.inbox.received.clear()
    door.shop.edit(door.shop.products()[0]["id"], vendor="Another")
    assert door.take(next(one for one in door.told() if one.topic == "products/update")) == 200
    waiting = door.messages("webhooks")
    sandbox.set_fault("server_error", scope=door.shop.domain, place="graphql")
    for _ in range(4):
        assert door.work(waiting) == []
    assert (door.delayed(), door.messages("dead"), door.intakes()) == (4, [], [])

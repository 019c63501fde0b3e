"""Our own functions read a shop of the sandbox from end to end: real HTTP, real tokens, the wiring as it is deployed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from functions.sync.read_bulk_result.handler import handle as read_bulk_result
from functions.sync.sync_shop.handler import handle as sync_shop
from local.sandbox.control import SandboxControl, ShopControl
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.clock import utc_now
from skuflow.platform.table import bind
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.set_up_shop import TOPICS
from skuflow.sync.runs.store import DynamoRuns
from skuflow.sync.shops.model import Shop
from skuflow.sync.shops.store import DynamoShops, change_shop
from skuflow.sync.store import SyncItem
from skuflow.sync.wiring import build_read_bulk_result, build_sync_shop
from tests.doubles import FakeLambdaContext
from tests.http import CLIENT
from tests.local.sandbox.test_connecting import App

MINE = ClientId(CLIENT)
CALLBACK = "http://127.0.0.1:9/v1/shopify/webhooks"
_NUMBERS = count(1)


class Workers:
    """What happens to one shop, once it is connected."""

    def __init__(self, shop: ShopControl, table: str) -> None:
        self.shop = shop
        App(shop).connect()
        self.table = bind(SyncItem, table)
        self.shops, self.runs = DynamoShops(self.table), DynamoRuns(self.table)
        self.syncing, self.reading = build_sync_shop(), build_read_bulk_result()

    def item(self) -> Shop:
        return self.shops.get(MINE, self.shop.domain)

    def run(self) -> Run:
        return self.runs.page(MINE, self.shop.domain, 1, None)[0][0]

    def step(self) -> Run:
        """As if the shop were due now."""
        change_shop(MINE, self.shop.domain, lambda shop: replace(shop, due_at=utc_now()), shops=self.shops)
        body = json.dumps({"client_id": CLIENT, "shop": self.shop.domain})
        assert self._deliver(sync_shop, body, self.syncing) == []
        return self.run()

    def read(self) -> Run:
        body = json.dumps({"client_id": CLIENT, "run_id": self.run().run_id})
        assert self._deliver(read_bulk_result, body, self.reading) == []
        return self.run()

    def _deliver(self, handle: Callable[..., Any], body: str, deps: Any) -> Any:
        record = {"messageId": "m-1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
        return handle({"Records": [record]}, FakeLambdaContext(remaining_ms=300_000), deps)["batchItemFailures"]

    def subscriptions(self) -> set[tuple[str, str]]:
        return {(one["topic"], one["uri"]) for one in self.shop.state()["subscriptions"]}


@pytest.fixture
def workers(sandbox: SandboxControl, sync_table: str, monkeypatch: pytest.MonkeyPatch) -> Workers:
    for queue in ("INBOX", "DEAD_LETTER", "BULK"):
        monkeypatch.setenv(f"{queue}_QUEUE_URL", client("sqs").create_queue(QueueName=queue.lower())["QueueUrl"])
    shop = sandbox.shop(f"syncing-{next(_NUMBERS)}.myshopify.com")
    shop.open(name="Maple", time_zone="America/Vancouver")
    return Workers(shop, sync_table)


def until_ready(workers: Workers) -> Run:
    """The sandbox takes a moment over an operation."""
    for _ in range(500):
        run = workers.step()
        if run.status != "running":
            return run
    raise AssertionError("the operation does not end")


def test_a_shop_is_set_up_asked_for_its_catalogue_and_read(workers: Workers) -> None:
    workers.shop.seed(products=12, variants_per_product=3)
    run = workers.step()
    item = workers.item()
    assert (item.name, item.currency, item.time_zone) == ("Maple", "CAD", "America/Vancouver")
    assert workers.subscriptions() == {(topic, CALLBACK) for topic in TOPICS}
    assert (run.status, run.currency) == ("running", "CAD")
    ready = until_ready(workers)
    assert (ready.status, ready.partial) == ("reading", False)
    assert ready.url.startswith("http")
    read = workers.read()
    assert read.snapshot is not None
    assert (read.status, read.totals.products, read.totals.variants, read.snapshot.products) == ("applying", 12, 36, 12)
    assert (read.totals.rejected, read.totals.lines) == (0, ready.objects)


def test_a_shop_without_products_is_read_too(workers: Workers) -> None:
    workers.step()
    ready = until_ready(workers)
    assert (ready.status, ready.url, ready.objects) == ("reading", "", 0)
    read = workers.read()
    assert read.snapshot is not None
    assert (read.status, read.totals.products, read.snapshot.products) == ("applying", 0, 0)


def test_a_shop_that_is_out_of_points_is_waited_for(workers: Workers) -> None:
    workers.shop.set_bucket(maximum=60, available=0, restored=200)
    assert workers.step().status == "running"


@pytest.mark.parametrize("kind", ["malformed", "server_error", "cut", "rate_limited"])
def test_a_shop_that_fails_for_a_moment_is_tried_again(workers: Workers, sandbox: SandboxControl, kind: str) -> None:
    sandbox.set_fault(kind, scope=workers.shop.domain, place="graphql", count=6)
    run = workers.step()
    trouble = workers.item().trouble
    assert trouble is not None
    assert (run.status, workers.item().failures) == ("starting", 0)
    assert trouble.code == ("throttled" if kind == "rate_limited" else "provider_failed")


def test_a_shop_that_uninstalled_the_app_ends_its_run(workers: Workers) -> None:
    workers.step()
    workers.shop.uninstall()
    run = workers.step()
    assert (run.status, workers.item().status) == ("cancelled", "needs_reauth")
    assert workers.item().due_at is None

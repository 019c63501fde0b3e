"""Ten thousand webhooks, twice, late and spoiled, workers that die and a Shopify that fails: nothing is lost, nothing happens
twice.

`CHAOS_SEED` plays another story than the one that is always played.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from skuflow.catalog.model import product_id, variant_id
from skuflow.catalog.price_store import from_item
from skuflow.catalog.store import PRICE, item_of
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.table import bind
from skuflow.sync.shops.model import Shop, source_of
from skuflow.sync.shops.seal import KmsSeal, TokenPair
from skuflow.sync.shops.sealed import Lifetimes, SealedPair
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.store import SyncItem
from tests.http import http_event
from tests.quick_aws import kept
from tests.scenarios.provider import provided
from tests.scenarios.pump import Pump, Weather
from tests.scenarios.seller import Seller
from tests.scenarios.shop_model import Price, ShopModel
from tests.scenarios.shop_plot import Plot
from tests.scenarios.shopify_shop import DOMAIN, ShopifyShop, Webhook, graphql
from tests.scenarios.stage import TOKEN_KEY, Stage, staged
from tests.scenarios.stage_time import StageTime
from tests.scenarios.wires import QUEUES

MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
WORKER = "sync/process_shopify_webhook"
RECEIVER = "sync/receive_shopify_webhook"
OUTAGE = 4 * 60
"""Seconds."""


@dataclass(slots=True)
class Troubles:
    """Shopify fails in every third act, each time in another way, until the stage's time is past `until`."""

    time: StageTime
    chance: random.Random
    until: float = 0.0
    met: Counter[str] = field(default_factory=Counter)
    _way: str = ""

    def begin(self, act: int) -> None:
        if act % 3 == 1:
            self._way = sorted(WAYS)[act // 3 % len(WAYS)]
            self.until = self.time.monotonic() + OUTAGE

    def __call__(self) -> httpx.Response | None:
        if self.time.monotonic() >= self.until or self.chance.random() < 0.2:
            return None
        self.met[self._way] += 1
        return WAYS[self._way](self.time)


def _too_late(time: StageTime) -> httpx.Response:
    time.advance(20)
    raise httpx.ReadTimeout("nothing came")


def _cut(_time: StageTime) -> httpx.Response:
    raise httpx.ReadError("the connection was reset")


WAYS: dict[str, Callable[[StageTime], httpx.Response]] = {
    "answers 503": lambda _time: httpx.Response(503),
    "does not answer in time": _too_late,
    "is throttled": lambda _time: graphql(None, errors=[{"message": "x", "extensions": {"code": "THROTTLED"}}]),
    "is cut": _cut,
    "answers 429": lambda _time: httpx.Response(429, headers={"Retry-After": "40"}),
    "answers in HTML": lambda _time: httpx.Response(200, text="<h1>Something went wrong</h1>"),
}


@dataclass(slots=True)
class Story:
    """A shop, whoever it belongs to, and what is expected of the catalogue."""

    stage: Stage
    seller: Seller
    shop: ShopifyShop
    pump: Pump
    troubles: Troubles
    model: ShopModel = field(default_factory=ShopModel)
    sent: list[Webhook] = field(default_factory=list)

    @property
    def owner(self) -> ClientId:
        return ClientId(self.seller.client_id)

    def play(self, plot: Plot) -> None:
        for number, act in enumerate(plot.acts()):
            self.troubles.begin(number)
            for news in (act.at_once, act.late):
                self._tell(news)
                self.pump.run()

    def _tell(self, news: Sequence[Webhook]) -> None:
        for webhook in news:
            self.stage.time.advance(0.002)
            assert self.post(webhook) == 200
            self.model.hears(webhook, self.shop.articles, self.stage.time())
        self.sent += news

    def post(self, webhook: Webhook, **how: Any) -> int:
        headers = webhook.headers(**how)
        event = http_event("POST", "/v1/shopify/webhooks", client_id=None, body="", headers=headers)
        body = {"body": base64.b64encode(webhook.body).decode(), "isBase64Encoded": True}
        return int(self.stage.invoke(RECEIVER, {**event, **body})["statusCode"])

    def product_name(self, number: int) -> str:
        return product_id(self.owner, source_of(DOMAIN), str(number))

    def variant_name(self, number: int, variant: int) -> str:
        return variant_id(self.product_name(number), str(variant))


@pytest.fixture
def story() -> Iterator[Callable[[int], Story]]:
    """`story(seed)` sets the stage for one."""
    time = StageTime(standing=MORNING)
    shop = ShopifyShop(time)
    logging.disable(logging.CRITICAL)
    with staged(time) as stage, provided(shop.answers, time):

        def begin(seed: int) -> Story:
            seller = Seller.joins(stage, "Harbour & Field")
            _connect(stage, ClientId(seller.client_id))
            shop.trouble = Troubles(time, random.Random(seed + 1))
            weather = Weather(duplicates=0.02, shuffle=True, deaths=0.06, reach=25, seed=seed)
            return Story(stage, seller, shop, Pump(stage, weather), shop.trouble)

        yield begin
    logging.disable(logging.NOTSET)


def _connect(stage: Stage, owner: ClientId) -> None:
    now = stage.time()
    sealed = KmsSeal(lambda: client("kms"), TOKEN_KEY).close(owner, DOMAIN, TokenPair("shpat_harbour", ""))
    item = Shop(DOMAIN, "connected", ("read_products",), now, now, Cause("connected"), currency="CAD", set_up_at=now)
    pair = SealedPair(sealed, Lifetimes(None, None))
    DynamoShops(bind(SyncItem, stage.tables["sync"])).connect(owner, item, pair)


def shown(story: Story) -> dict[str, Any]:
    """Every product that the API lists, as the model writes them down."""
    found: dict[str, Any] = {}
    query: dict[str, Any] = {"limit": 100}
    while True:
        event = http_event("GET", "/v1/products", client_id=story.owner, query=query)
        page = json.loads(story.stage.invoke("catalog/api", event)["body"])
        for one in page["items"]:
            found[one["key"]] = (one["title"], one["status"], [_variant(view) for view in one["variants"]])
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def _variant(view: Any) -> tuple[str, int, int | None, int]:
    compare_at = view["compare_at"]["amount_minor"] if view["compare_at"] else None
    return view["sku"], view["price"]["amount_minor"], compare_at, view["stock"]["available"]


def courses(story: Story) -> tuple[dict[str, list[Price | None]], dict[str, list[bool]]]:
    """Prices and availability of each variant through time, from the history that is kept."""
    prices: dict[str, list[Price | None]] = defaultdict(list)
    supply: dict[str, list[bool]] = defaultdict(list)
    items = [item for item in kept(story.stage.tables["catalog"]) if item["entity"]["S"] == PRICE]
    for point in (from_item(item_of(item)) for item in sorted(items, key=lambda item: item["sk"]["S"])):
        for name, shift in point.shifts.items():
            if shift.priced:
                compare_at = shift.compare_at.minor if shift.compare_at else None
                prices[name].append((shift.price.minor, compare_at) if shift.price else None)
            if shift.available is not None:
                supply[name].append(shift.available)
    return prices, supply


def facts(story: Story) -> Counter[tuple[str, str, str]]:
    """What was told of products, each fact once. Whatever was told twice was the same."""
    told: dict[str, Any] = {}
    for event in story.stage.told:
        if event["source"] == "skuflow.catalog" and event["detail-type"] != "ProductBatchApplied":
            assert told.setdefault(event["id"], event) == event
    return Counter(
        (one["detail-type"], one["detail"]["data"]["product_id"], one["detail"]["data"].get("variant_id", ""))
        for one in told.values()
    )


def put_aside(stage: Stage, door: str) -> dict[str, str]:
    """Id of each webhook among the dead letters -> the reason."""
    found: dict[str, str] = {}
    for message in stage.dead_letters(door):
        webhook_id = message["Body"].partition('"webhook_id":"')[2].partition('"')[0]
        found[webhook_id] = message["MessageAttributes"]["reason"]["StringValue"]
    return found


def assert_as_the_model_says(story: Story, plot: Plot) -> None:
    model = story.model
    assert shown(story) == model.catalogue()
    expected = Counter(
        {
            (name, story.product_name(number), story.variant_name(number, variant) if variant else ""): times
            for (name, number, variant), times in model.facts.items()
        }
    )
    assert facts(story) == expected
    names = {
        goods.number: story.variant_name(w.number, goods.number)
        for w in story.sent
        if w.about
        for goods in w.about.goods
    }
    prices, supply = courses(story)
    assert prices == {names[number]: course for number, course in model.courses.items() if course}
    assert supply == {names[number]: course for number, course in model.supply.items() if course}
    aside = put_aside(story.stage, WORKER)
    assert aside.keys() == plot.reasons.keys()
    assert all(aside[name].startswith(reason) for name, reason in plot.reasons.items())
    assert not any(story.stage.dead_letters(door) for door in QUEUES)
    assert not story.stage.take("rejects")


def test_a_small_shop_in_bad_weather(story: Callable[[int], Story]) -> None:
    told = story(3)
    plot = Plot(told.shop, told.stage.time, random.Random(3), articles=12, webhooks=150, per_act=25)
    told.play(plot)
    assert_as_the_model_says(told, plot)
    forged = told.shop.sends("products/update", {"id": 1})
    assert told.post(forged, secret="not the app's") == 401
    assert not told.stage.take("sync-process-shopify-webhook")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_webhooks_come_to_what_the_shop_is(story: Callable[[int], Story]) -> None:
    seed = int(os.environ.get("CHAOS_SEED", "1"))
    told = story(seed)
    plot = Plot(told.shop, told.stage.time, random.Random(seed))
    told.play(plot)
    assert plot.counts["deliveries"] >= 10_000
    assert plot.counts["twice"] >= 2_000
    assert plot.counts["spoiled"] >= 200
    assert plot.counts["late"] >= 0.1 * plot.counts["changes"] * 0.9
    assert len(told.pump.deaths) > 30
    assert told.troubles.met.keys() == WAYS.keys()
    assert told.pump.waits > 10
    assert_as_the_model_says(told, plot)

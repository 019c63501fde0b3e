"""The demo's second act: a shop is connected, read, heard, healed and let go; after each step the sync status must be true."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from local.api.calling import Api
from local.api.shops import await_run, install_link, start_run, status_of
from local.demo.merchant import Merchant
from local.demo.screen import Screen
from local.demo.shop_claims import Claims
from local.demo.summary import ShopSummary
from local.problems import LocalProblem
from skuflow.kernel.money import Money

PRODUCTS, VARIANTS = 150, 4
"""What the shop sells: enough for a bulk operation to be worth its name, few enough to be there in seconds."""

WITHIN = 120.0
"""Seconds until any single thing must have happened."""

_LOOK_EVERY = 0.05


@dataclass(slots=True)
class ShopAct:
    """`currency` is the shop's. Fills `summary` as it goes; raises LocalProblem if nothing happens, or the status lies."""

    api: Api
    merchant: Merchant
    currency: str
    screen: Screen
    summary: ShopSummary
    _products: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self) -> None:
        self._connect()
        self._first_sync()
        ours = self._our_products()
        self._hear(ours[0])
        self._heal(ours[1])
        self._leave()

    def _connect(self) -> None:
        with self.screen.step("Opening a shop in the sandbox") as note:
            made = self.merchant.open_shop(self.currency, products=PRODUCTS, variants=VARIANTS)
            self.summary.products, self.summary.variants = made["products"], made["variants"]
            note(f"{made['products']} products, {made['variants']} variants")
        with self.screen.step("Going through Shopify's pages as its owner"):
            ended = self.merchant.install(install_link(self.api, self.merchant.shop)["url"])
        self.screen.journey([*ended.passed, ended.url], ended.status)
        self._check("connected").connected()

    def _first_sync(self) -> None:
        self.screen.title("Its catalogue arrives by bulk operation")
        began = time.monotonic()
        with self.screen.step("Reading the catalogue") as note:
            self._until(lambda seen: seen["last_success_at"] is not None, note=note)
        self.summary.first_sync_seconds = round(time.monotonic() - began, 2)
        self._check("read").read(products=self.summary.products)

    def _hear(self, product: dict[str, Any]) -> None:
        self.screen.title("A price is edited in the shop and arrives by signed webhook")
        heard = self._status()["webhooks"]["received"]
        began = time.monotonic()
        with self.screen.step(f"Repricing {product['title']}") as note:
            price = self._reprice(product)
            self._until_priced(product, price)
            self.summary.webhook_seconds = round(time.monotonic() - began, 2)
            note(f"{price} {self.currency} in the catalogue after {self.summary.webhook_seconds} s")
        self._until(lambda seen: seen["webhooks"]["received"] > heard)
        self._check("heard").heard(more_than=heard)

    def _heal(self, product: dict[str, Any]) -> None:
        self.screen.title("A webhook gets lost, and reconciliation heals it")
        topic = "products/update"
        with self.screen.step(f"Repricing {product['title']}, unheard") as note:
            self.merchant.lose_next_webhook(topic)
            price = self._reprice(product)
            if [each["state"] for each in self.merchant.deliveries(topic)][-1] != "dropped":
                raise LocalProblem("the sandbox did not lose the webhook", "see its log: skuflow status")
            note("the webhook was dropped")
        with self.screen.step("Reconciling, as it is done every night") as note:
            run = start_run(self.api, self.merchant.shop)
            ended = await_run(self.api, self.merchant.shop, run["run_id"], lambda seen: note(_progress(seen)))
            self._until_priced(product, price)
        self.summary.healed = ended["status"] == "completed"
        self._check("reconciled").reconciled(ended, products=self.summary.products)

    def _leave(self) -> None:
        self.screen.title("The merchant uninstalls the app")
        with self.screen.step("Uninstalling"):
            self.merchant.uninstall()
            self._until(lambda seen: seen["status"] != "connected")
        self._check("left").left()
        self.summary.uninstalled = True

    def _our_products(self) -> list[dict[str, Any]]:
        """The shop's products as the catalogue has them, each with what the merchant calls it."""
        theirs = {str(each["id"]): each for each in self.merchant.products()}
        source = f"shopify:{self.merchant.shop}"
        found = [
            each | {"at_shop": theirs[each["key"]]}
            for each in self.api.pages("/v1/products")
            if each["source"] == source
        ]
        if len(found) != len(theirs):
            raise LocalProblem(
                f"the catalogue has {len(found)} of the shop's {len(theirs)} products", "see: skuflow logs"
            )
        return found

    def _reprice(self, product: dict[str, Any]) -> str:
        """Lower the first variant's price by a fifth; the new one, as Shopify writes it."""
        at_shop = product["at_shop"]
        price = str((Decimal(at_shop["variants"][0]["price"]) * 4 / 5).quantize(Decimal("0.01")))
        self.merchant.reprice(at_shop, price)
        return price

    def _until_priced(self, product: dict[str, Any], price: str) -> None:
        wanted = Money.from_decimal(Decimal(price), self.currency)
        sku, path = product["at_shop"]["variants"][0]["sku"], f"/v1/products/{product['product_id']}"

        def has_it() -> bool:
            variants = self.api.get(path)["variants"]
            return any(v["sku"] == sku and v["price"]["amount_minor"] == wanted.minor for v in variants)

        self._wait(has_it, f"{product['title']} to cost {price}")

    def _status(self) -> dict[str, Any]:
        return status_of(self.api, self.merchant.shop)

    def _until(self, good: Callable[[dict[str, Any]], bool], *, note: Callable[[str], None] | None = None) -> None:
        def is_good() -> bool:
            seen = self._status()
            if note is not None and seen["run"]:
                note(_progress(seen["run"]))
            if seen["failures"]:
                raise LocalProblem(f"the run failed: {seen['trouble']}", "see: skuflow logs")
            return good(seen)

        self._wait(is_good, "the sync status to change")

    def _wait(self, happened: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + WITHIN
        while not happened():
            if time.monotonic() > deadline:
                raise LocalProblem(f"waited {WITHIN:.0f} s for {what}", "see: skuflow logs, skuflow dlq list")
            time.sleep(_LOOK_EVERY)

    def _check(self, step: str) -> Claims:
        """The status as it is now, shown, and what may be claimed of it."""
        seen = self._status()
        self.screen.sync_status(seen)
        self.summary.status_checks += 1
        return Claims(step, seen)


def _progress(run: dict[str, Any]) -> str:
    totals = run["totals"]
    return f"{run['status']}, {totals['products']} products read, {run['progress']:.0%}"

"""The platform under load: an instance of its own, a client with a catalogue and its past, and a connected shop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from local.api.calling import Api
from local.api.shops import install_link
from local.aws import Aws, embedded
from local.demo.merchant import Merchant
from local.operations import clients
from local.operations.dead_letters import queues
from local.platform import bring_up, take_down
from local.progress import Steps
from local.stage.instance import Instance, find
from local.workspace import Workspace
from tests.bench.load_users import Targets
from tests.e2e.shop import Shop, upload
from tests.shopify_samples import sample

INSTANCE = "load"
PRODUCTS = 200
SHOP = "load.myshopify.com"
BRANDS, TAGS = 8, 12
HEADER = "Handle,Title,Vendor,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price"


@dataclass(frozen=True, slots=True)
class Stage:
    """A running platform that is ready to be asked."""

    instance: Instance
    aws: Aws
    client_id: str
    targets: Targets

    @property
    def dead_letters(self) -> int:
        """Messages that could not be handled."""
        return sum(queue.waiting for queue in queues(self.aws))


@contextmanager
def staged(steps: Steps) -> Iterator[Stage]:
    """Brought up as `skuflow up` does it, with nothing left of the time before, filled through the API alone; stopped afterwards,
    whatever happens."""
    workspace = Workspace.here()
    take_down(find(workspace, INSTANCE))
    try:
        instance = bring_up(workspace, replace(find(workspace, INSTANCE), queueing=True), steps)
        with steps.step("Importing a catalogue twice, connecting a shop"):
            stage = filled(instance)
        yield stage
    finally:
        take_down(find(workspace, INSTANCE))


def filled(instance: Instance) -> Stage:
    aws = embedded(instance)
    client_id = clients.create(aws, name="Load", currency="CAD", time_zone="America/Toronto", residency="ca")
    key = clients.issue_key(aws, client_id, kind="secret", label="load").key
    shop, api = Shop(aws.api_url(), client_id, "", key), Api(aws.api_url(), key)
    for price in (20, 18):
        _import(shop, catalogue(PRODUCTS, price))
    found = list(api.pages("/v1/products"))
    merchant = Merchant(instance.sandbox, SHOP)
    merchant.open_shop("CAD", products=1, variants=1)
    merchant.install(install_link(api, SHOP)["url"])
    targets = Targets(
        key=key,
        product_ids=tuple(each["product_id"] for each in found),
        filters=filters(found),
        shop=SHOP,
        secret=instance.app_secret,
        product=sample("products/update"),
    )
    return Stage(instance, aws, client_id, targets)


def _import(shop: Shop, body: bytes) -> None:
    made = shop.announce("load.csv")
    upload(made["upload"], body, "load.csv").raise_for_status()
    ended = shop.ended(made["import"]["import_id"])
    if ended["status"] != "completed":
        raise RuntimeError(f"the catalogue's import {ended['status']}: {ended.get('failure')}")


def catalogue(products: int, price: int) -> bytes:
    """A Shopify export of so many products with two sizes each, the first at `price` (whole dollars)."""
    rows = [HEADER]
    for number in range(products):
        described = f"Shirt {number},Brand {number % BRANDS},tag-{number % TAGS}"
        rows.append(f"shirt-{number},{described},Size,S,SKU-{number}-S,5,{price}.00")
        rows.append(f"shirt-{number},,,,,M,SKU-{number}-M,7,{price + 1}.00")
    return ("\n".join(rows) + "\n").encode()


def filters(products: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Queries of the product list that find something: as many by each filter, so that each is asked as often."""
    by: list[tuple[str, list[str]]] = [
        ("brand", sorted({each["brand"] for each in products})),
        ("tag", sorted({tag for each in products for tag in each["tags"]})),
        ("sku", sorted({variant["sku"] for each in products for variant in each["variants"]})),
        ("status", ["active"]),
        ("availability", ["in_stock"]),
    ]
    most = 24
    return tuple((name, wanted[at % len(wanted)]) for name, wanted in by if wanted for at in range(most))

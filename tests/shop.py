"""The catalogue's API over an AWS in memory, with goods in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.catalog.update_projections.handler import handle as project
from skuflow.catalog.deps import ApiDeps, UpdateProjectionsDeps
from skuflow.catalog.inventory_store import InventoryStore
from skuflow.catalog.model import API, Description, Product, Variant, variant_id
from skuflow.catalog.offer_store import OfferStore
from skuflow.catalog.price_store import DynamoPriceStore
from skuflow.catalog.product_store import DynamoProductStore
from skuflow.catalog.projections import DynamoProjections
from skuflow.catalog.reservation_store import DynamoReservations
from skuflow.catalog.store import CatalogItem
from skuflow.catalog.store_errors import no_pause
from skuflow.catalog.taxonomy_store import TaxonomyStore
from skuflow.kernel.money import Money
from skuflow.platform.aws import session
from skuflow.platform.consumer import DeadLetters
from skuflow.platform.table import bind
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext
from tests.http import Answer, Api
from tests.stock import A
from tests.streams import TableStream


@dataclass(frozen=True, slots=True)
class Shop:
    """`call` is a request of client A's own key unless it says otherwise."""

    api: Api
    deps: ApiDeps
    stream: TableStream
    projections: DynamoProjections

    def call(self, method: str, path: str, **how: Any) -> Answer:
        return self.api.call(method, path, **how)

    def product(self, *prices: int, currency: str = "CAD", **fields: Any) -> tuple[str, list[str]]:
        """A new product of client A's with a variant for each price (minor units), and their ids. `fields` are Product's."""
        name, now = self.deps.new_id("prd"), self.deps.clock()
        variants = tuple(
            Variant(variant_id(name, str(n)), str(n), n, sku=f"S-{n}", price=Money(price, currency))
            for n, price in enumerate(prices)
        )
        described = {"title": "Boots", "described": Description(now), "channel": API, **fields}
        self.deps.products.put(A, Product(name, API, name, now, now, variants=variants, **described))
        return name, [variant.variant_id for variant in variants]

    def stocked(self, units: int, **more: Any) -> tuple[str, str]:
        """A new product with one variant of which there are so many units, and its ids."""
        product_id, (variant_id,) = self.product(5000)
        levels = [{"location": "default", "on_hand": units}]
        body = {"tracked": True, "levels": levels, **more}
        assert self.call("PUT", f"/v1/products/{product_id}/inventory/{variant_id}", body=body).status == 200
        return product_id, variant_id

    def level(self, product_id: str) -> tuple[int, int]:
        """Available and reserved units of the product's first variant at its first location."""
        stock = self.call("GET", f"/v1/products/{product_id}/inventory").body
        level = stock["variants"][0]["levels"][0]
        return level["available"], level["reserved"]

    def forget_idempotency_keys(self) -> None:
        """As if a day had passed: answers to repeated requests are no longer kept."""
        dynamodb = session().create_client("dynamodb")
        table = self.deps.idempotency_table
        for item in dynamodb.scan(TableName=table)["Items"]:
            dynamodb.delete_item(TableName=table, Key={"id": item["id"]})

    def follow(self) -> None:
        """Let the projections catch up with the table."""
        event = self.stream.take()
        if event is not None:
            deps = UpdateProjectionsDeps(self.projections, DeadLetters(None, ""))  # type: ignore[arg-type]
            project(event, FakeLambdaContext(), deps)


def line(goods: tuple[str, str], quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A line of a reservation; `goods` are the ids of a product and its variant."""
    return {"product_id": goods[0], "variant_id": goods[1], "quantity": quantity, **more}


def reserve(shop: Shop, *lines: dict[str, Any], key: str = "", **body: Any) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    return shop.call("POST", "/v1/reservations", body={"lines": list(lines), **body}, headers=headers)


def end(shop: Shop, reservation_id: str, how: str, **call: Any) -> Answer:
    return shop.call("POST", f"/v1/reservations/{reservation_id}/{how}", **call)


Handle = Callable[[Any, Any, Any], Any]


def open_shop(handle: Handle, tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Shop:
    """A shop whose API is `handle`, the catalogue's HTTP function."""
    table = bind(CatalogItem, tables("catalog"))
    deps = ApiDeps(
        products=DynamoProductStore(table),
        prices=DynamoPriceStore(table),
        stock=InventoryStore(table),
        reservations=DynamoReservations(table),
        offers=OfferStore(table),
        taxonomy=TaxonomyStore(table),
        idempotency_table=tables("idempotency"),
        clock=clock,
        new_id=new_id,
        pause=no_pause,
    )
    return Shop(Api(handle, deps), deps, TableStream(tables("catalog")), DynamoProjections(table))

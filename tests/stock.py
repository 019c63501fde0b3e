"""Stock and reservations for tests, and the stores that keep them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from skuflow.catalog.inventory import Level, ProductStock, VariantStock
from skuflow.catalog.inventory_store import InventoryStore, StockStore, Written
from skuflow.catalog.model import Description, Product, Variant
from skuflow.catalog.product_store import ProductStore
from skuflow.catalog.reservation import Line, Reservation, Taken, Wanted
from skuflow.catalog.reservation_store import DynamoReservations, ReservationStore
from skuflow.catalog.store import CatalogItem
from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import bind
from tests.fakes.catalog import FakeProducts
from tests.fakes.inventory import FakeStock

A, B = ClientId("cli_0000000000000001"), ClientId("cli_0000000000000002")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
CAUSE = Cause("cor-1", "evt-1")
WRITTEN = Written(NOON, "reservation", CAUSE)


@dataclass(frozen=True, slots=True)
class Stores:
    """The two sides of one store."""

    stock: StockStore
    reservations: ReservationStore


def in_memory() -> Stores:
    fake = FakeStock()
    return Stores(fake, fake)


def in_dynamodb(table_name: str) -> Stores:
    bound = bind(CatalogItem, table_name)
    return Stores(InventoryStore(bound), DynamoReservations(bound))


def stock(*variants: VariantStock, product_id: str = "prd_1", version: int = 1) -> ProductStock:
    return ProductStock(product_id, version, variants, CAUSE, "shopify", iso(NOON))


def counted(units: int, *, reserved: int = 0, backorder: bool = False, variant_id: str = "v1") -> VariantStock:
    return VariantStock(
        variant_id, True, backorder, True, (Level("default", units, reserved, 5), Level("shop-2", 7)), 12
    )


def holding(
    units: int, name: str = "res_1", *, minutes: int = 15, product_ids: tuple[str, ...] = ("prd_1",)
) -> Reservation:
    lines = tuple(Line(Wanted(p, "v1", units), (Taken("default", units),)) for p in product_ids)
    return Reservation(name, lines, "held", iso(NOON), iso(NOON + timedelta(minutes=minutes)), "cart 7")


def level(stores: Stores, product_id: str = "prd_1") -> tuple[int, int]:
    held = stores.stock.get_many(A, [product_id])[product_id].variants[0].levels[0]
    return held.available, held.reserved


def catalogue(*product_ids: str) -> ProductStore:
    """Products of client A, each with one variant `v1`."""
    products = FakeProducts()
    for name in product_ids:
        variant = Variant("v1", "v1")
        products.put(
            A, Product(name, "api", name, NOON, NOON, title=name, variants=(variant,), described=Description(NOON))
        )
    return products

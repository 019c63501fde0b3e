"""A catalogue in memory that batches are applied to."""

from __future__ import annotations

from dataclasses import dataclass, field

from skuflow.catalog.apply_batch import Stores, apply_batch
from skuflow.catalog.inventory import available
from skuflow.catalog.model import Product, product_id, variant_id
from skuflow.contracts.catalog import ProductBatchApplied
from tests.doubles import FakeClock
from tests.fakes.catalog import FakeBatches, FakeFiles, FakeProducts, FakeSourceStock
from tests.product_batches import CLIENT, Batch, product, variant

SHIRT = product("shirt", variant("s", 2, quantity=3), variant("m", 3, quantity=5))
HAT = product("hat", variant("h", 4, 500, quantity=1))


@dataclass
class Catalogue:
    """A catalogue in memory."""

    clock: FakeClock = field(default_factory=FakeClock)
    products: FakeProducts = field(default_factory=FakeProducts)
    stock: FakeSourceStock = field(default_factory=FakeSourceStock)
    files: FakeFiles = field(default_factory=FakeFiles)
    batches: FakeBatches = field(default_factory=FakeBatches)

    @property
    def stores(self) -> Stores:
        return Stores(self.files, self.products, self.stock, self.batches, self.clock)

    def apply(self, batch: Batch) -> ProductBatchApplied | None:
        self.files.add(batch.key, batch.content())
        return apply_batch(batch.client_id, batch.ready, batch.cause, self.stores)

    def rows(self, batch: Batch) -> tuple[int, int, int, int]:
        """Rows created, updated, unchanged, rejected."""
        outcome = self.apply(batch)
        assert outcome is not None
        return outcome.created, outcome.updated, outcome.unchanged, sum(len(r.lines) for r in outcome.rejected)

    def product(self, key: str, source: str = "shopify") -> Product:
        name = product_id(CLIENT, source, key)
        return self.products.get_many(CLIENT, [name])[name]

    def units(self, key: str, row: str) -> int | None:
        name = product_id(CLIENT, "shopify", key)
        stock = self.stock.get_many(CLIENT, [name]).get(name)
        found = stock.variant(variant_id(name, row)) if stock else None
        return available(found) if found else None

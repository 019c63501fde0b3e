"""A catalogue in memory that a shop is shown to, state by state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from skuflow.catalog.change_product import Making
from skuflow.catalog.model import product_id
from skuflow.catalog.remove_gone import remove_gone
from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.contracts.sync import SourceProduct, SourceProductsGone, SourceVariant
from skuflow.kernel.events import Cause
from tests.doubles import START, CountedIds
from tests.product_batches import CLIENT, Batch, product
from tests.unit.catalog.catalogue import Catalogue

CAUSE = Cause("request-1", "call-1")
NAME = product_id(CLIENT, "shopify", "shirt")


def shown(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def state(key: str, seconds: float, *variants: SourceVariant, **more: Any) -> SourceProduct:
    """The product as the shop showed it so many seconds after the start."""
    return product(key, *variants, observed_at=shown(seconds), **more)


def count_of(key: str, seconds: float, **units: int) -> SourceProduct:
    """Stock of variants of the product, and nothing else."""
    rows = tuple(SourceVariant(name, line, tracked=True, quantity=n) for line, (name, n) in enumerate(units.items(), 1))
    return SourceProduct(key, tuple(row.line for row in rows), defines=False, variants=rows, observed_at=shown(seconds))


@dataclass
class ShopWindow(Catalogue):
    """A catalogue that takes in what a shop shows, each time in a batch of its own."""

    numbers: count[int] = field(default_factory=count)

    def shows(self, *states: SourceProduct, **more: Any) -> ProductBatchApplied:
        batch = Batch(states, import_id=f"itk_{next(self.numbers):032x}", complete=True)
        outcome = self.apply(replace(batch, **more))
        assert outcome is not None
        self.clock.advance(seconds=1)
        return outcome

    def counts(self, *states: SourceProduct) -> ProductBatchApplied:
        return self.shows(*states, complete=False, product_fields=(), variant_fields=("quantity", "tracked"))

    def loses(self, *keys: str, at: float) -> int:
        gone = SourceProductsGone("shopify", keys, shown(at))
        return remove_gone(CLIENT, gone, CAUSE, products=self.products, clock=self.clock)

    @property
    def making(self) -> Making:
        return Making(CLIENT, self.clock(), CAUSE, CountedIds())

    def prices(self, key: str = "shirt") -> dict[str, int | None]:
        return {v.key: v.price.minor if v.price else None for v in self.product(key).variants}

    def writes(self) -> tuple[int, dict[str, int]]:
        stock = self.stock.get_many(CLIENT, {p.product_id for p in self.products.writes})
        return len(self.products.writes), {name: one.version for name, one in stock.items()}

"""Products, batches and price points in memory: what the table keeps, under one lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from skuflow.catalog.batch_store import AppliedBatch
from skuflow.catalog.codes import Kind, codes_of, look_up_value
from skuflow.catalog.inventory import ProductStock
from skuflow.catalog.inventory_store import Written, rewrite
from skuflow.catalog.model import Product, visible
from skuflow.catalog.price_history import PricePoint
from skuflow.catalog.price_store import BEHIND_ALL
from skuflow.catalog.product_store import Index, Place, index_keys
from skuflow.catalog.projections import Projection
from skuflow.catalog.source_counts import NO_WORD, Look, SourceCount, with_source_counts
from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import NotFound, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed
from tests.fakes.inventory import FakeStock


@dataclass(slots=True)
class FakeProducts:
    """A ProductStore. `writes` is every product written, in order."""

    writes: list[Product] = field(default_factory=list)
    before_put: Callable[[Product], None] = lambda _product: None
    _products: dict[tuple[ClientId, str], Product] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get_many(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, Product]:
        with self._lock:
            return {
                name: self._products[client_id, name] for name in product_ids if (client_id, name) in self._products
            }

    def put(self, client_id: ClientId, product: Product) -> None:
        packed(product, sparse=True)
        self.before_put(product)
        with self._lock:
            known = self._products.get((client_id, product.product_id))
            if (known.version if known else 0) != product.version - 1:
                raise VersionConflict("somebody else wrote first")
            self._products[client_id, product.product_id] = product
            self.writes.append(product)

    def places(
        self, client_id: ClientId, index: Index, prefix: str, after: str | None, page: int = 100
    ) -> Iterator[Place]:
        with self._lock:
            own = [product for (client, _), product in self._products.items() if client == client_id]
        backwards = index == "listing"
        keys = sorted((index_keys(client_id, p).get(f"{index}_sk", "") for p in own), reverse=backwards)
        for key in keys:
            behind = after is None or (key < after if backwards else key > after)
            if key and key.startswith(prefix) and behind:
                yield Place(key, key.rpartition("#")[2])

    def with_code(self, client_id: ClientId, kind: Kind, code: str) -> list[str]:
        wanted = (kind, look_up_value(kind, code))
        with self._lock:
            own = {name: product for (client, name), product in self._products.items() if client == client_id}
        return sorted(name for name, product in own.items() if wanted in codes_of(visible(product)))


@dataclass(slots=True)
class FakeBatches:
    """A BatchStore."""

    _applied: dict[tuple[ClientId, str, int], AppliedBatch] = field(default_factory=dict)

    def is_applied(self, client_id: ClientId, import_id: str, batch: int) -> bool:
        return (client_id, import_id, batch) in self._applied

    def outcome(self, client_id: ClientId, import_id: str, batch: int) -> ProductBatchApplied:
        return self._applied[client_id, import_id, batch].outcome

    def record(self, client_id: ClientId, applied: AppliedBatch) -> None:
        self._applied.setdefault((client_id, applied.outcome.import_id, applied.outcome.batch), applied)


@dataclass(slots=True)
class FakeSourceStock(FakeStock):
    """The side of the stock store that imports use."""

    def apply_source_counts(
        self,
        client_id: ClientId,
        product_id: str,
        counts: Iterable[SourceCount],
        *,
        source: str,
        cause: Cause,
        now: datetime,
        look: Look = NO_WORD,
    ) -> ProductStock | None:
        said = tuple(counts)

        def change(stock: ProductStock | None) -> ProductStock | None:
            return with_source_counts(stock, product_id, said, look)

        return rewrite(self, client_id, product_id, change, Written(now, source, cause))


@dataclass(slots=True)
class FakeFiles:
    """Batch files by key."""

    _files: dict[str, bytes] = field(default_factory=dict)

    def add(self, key: str, content: bytes) -> None:
        self._files[key] = content

    def read(self, bucket: str, key: str) -> bytes:
        if key not in self._files:
            raise NotFound(f"the batch file {key} is gone")
        return self._files[key]


@dataclass(slots=True)
class FakePrices:
    """A PriceStore and, as far as price points go, a ProjectionStore."""

    _points: dict[tuple[ClientId, str, str], dict[str, PricePoint]] = field(default_factory=dict)

    def write(self, projections: Iterable[Projection]) -> None:
        for made in projections:
            if made.point is not None:
                series = self._points.setdefault((made.client_id, made.product_id, made.point.offer_id), {})
                series[f"{iso(made.point.at)}#{made.point.mark}"] = made.point

    def points(
        self, client_id: ClientId, product_id: str, offer_id: str, begin: str, until: datetime
    ) -> Iterator[PricePoint]:
        series = self._points.get((client_id, product_id, offer_id), {})
        return (series[at] for at in sorted(series) if begin <= at <= iso(until) + BEHIND_ALL)

    def points_before(self, client_id: ClientId, product_id: str, offer_id: str, begin: str) -> Iterator[PricePoint]:
        series = self._points.get((client_id, product_id, offer_id), {})
        return (series[at] for at in sorted(series, reverse=True) if at < begin)

"""The other end of an import: takes batches as the catalogue does, and answers what became of their rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from skuflow.contracts.catalog import ProductBatchApplied, RejectedRows
from skuflow.contracts.sync import BatchHeader, SourceProduct
from skuflow.kernel.ids import derived_id
from skuflow.platform.aws import client

Refuse = Callable[[SourceProduct], RejectedRows | None]
Key = tuple[str, str, str]
"""Client, source, key of the variant at its source."""


@dataclass(slots=True)
class CountingCatalogue:
    """Keeps each variant by its key; a repeated batch gets the answer of the first time."""

    variants: dict[Key, tuple[str, Any, str]] = field(default_factory=dict)
    refuse: Refuse = lambda product: None
    _answers: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    def apply(self, detail: dict[str, Any]) -> dict[str, Any]:
        """The bus event that answers the ProductBatchReady in `detail`."""
        data = detail["data"]
        name = (data["import_id"], data["batch"])
        if name not in self._answers:
            self._answers[name] = msgspec.to_builtins(self._apply(detail["client_id"], data))
        return {
            "source": "skuflow.catalog",
            "detail-type": "ProductBatchApplied",
            "detail": {
                "event_id": derived_id("evt", *map(str, name)),
                "occurred_at": detail["occurred_at"],
                "client_id": detail["client_id"],
                "schema_version": 1,
                "correlation_id": detail["correlation_id"],
                "causation_id": detail["event_id"],
                "data": self._answers[name],
            },
        }

    def _apply(self, client_id: str, data: dict[str, Any]) -> ProductBatchApplied:
        first, *lines = client("s3").get_object(Bucket=data["bucket"], Key=data["key"])["Body"].read().splitlines()
        header = msgspec.json.decode(first, type=BatchHeader)
        assert (header.client_id, header.import_id, header.batch) == (client_id, data["import_id"], data["batch"])
        products = [msgspec.json.decode(line, type=SourceProduct) for line in lines]
        assert len(products) == data["products"]
        counts = {"created": 0, "updated": 0, "unchanged": 0}
        rejected = []
        for product in products:
            if (no := self.refuse(product)) is not None:
                rejected.append(no)
                continue
            counts[self._take(header, product)] += len(product.lines)
        return ProductBatchApplied(
            import_id=header.import_id,
            batch=header.batch,
            products=len(products),
            **counts,
            products_created=0,
            products_updated=0,
            products_unchanged=0,
            rejected=tuple(rejected),
        )

    def _take(self, header: BatchHeader, product: SourceProduct) -> str:
        states = set()
        for variant in product.variants:
            key = (header.client_id, header.source, f"{product.key}/{variant.key}")
            known = self.variants.get(key)
            now = (product.title or (known[0] if known else ""), variant.price, header.observed_at)
            if known is not None and (known[2] > now[2] or known[:2] == now[:2]):
                states.add("unchanged")
                continue
            self.variants[key] = now
            states.add("created" if known is None else "updated")
        return next((state for state in ("created", "updated") if state in states), "unchanged")

    def prices(self, client_id: str) -> dict[str, Any]:
        """Variant -> price, of everything the client has."""
        return {key: price for (owner, _, key), (_, price, _) in self.variants.items() if owner == client_id}


def lines_of(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.splitlines()]

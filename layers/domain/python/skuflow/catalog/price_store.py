"""Price points in the catalogue's table: one item per change, in the product's partition, in order of time.

| access | key |
|---|---|
| the client's own prices of a product, by range of time | product's partition, `PRICE#time#mark` |
| an offer's prices, by range of time | product's partition, `OFFERPRICE#offer#time#mark` |

A point's key comes from the change that it tells of, so writing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec

from skuflow.catalog.price_history import PricePoint, Shift
from skuflow.catalog.store import OFFER_PRICE, PRICE, CatalogItem, Table, product_pk
from skuflow.catalog.store_errors import translated
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.money import Money
from skuflow.kernel.tenancy import ClientId

BEHIND_ALL = "~"
"""Sorts behind every time and, put after a time, behind every mark of it."""


class PriceStore(Protocol):
    """Where price points are kept. A position is a time as text, or a time and BEHIND_ALL; a time stands before its points."""

    def points(
        self, client_id: ClientId, product_id: str, offer_id: str, begin: str, until: datetime
    ) -> Iterator[PricePoint]:
        """Points from the position `begin` on, up to the moment `until` (both included); lazily."""

    def points_before(self, client_id: ClientId, product_id: str, offer_id: str, begin: str) -> Iterator[PricePoint]:
        """Points before the position `begin`, the latest first; lazily."""


@dataclass(frozen=True, slots=True)
class DynamoPriceStore:
    """The PriceStore in DynamoDB."""

    table: Table

    def points(
        self, client_id: ClientId, product_id: str, offer_id: str, begin: str, until: datetime
    ) -> Iterator[PricePoint]:
        series = _series(offer_id)
        first, last = f"{series}{begin}", f"{series}{iso(until)}{BEHIND_ALL}"
        if first > last:
            return
        with translated():
            for item in self.table.query(product_pk(client_id, product_id), CatalogItem.sk.between(first, last)):
                yield from_item(item)

    def points_before(self, client_id: ClientId, product_id: str, offer_id: str, begin: str) -> Iterator[PricePoint]:
        series = _series(offer_id)
        pk, span = product_pk(client_id, product_id), CatalogItem.sk.between(series, f"{series}{begin}")
        with translated():
            yield from map(from_item, self.table.query(pk, span, scan_index_forward=False))


def _series(offer_id: str) -> str:
    return f"{OFFER_PRICE}#{offer_id}#" if offer_id else f"{PRICE}#"


def item(table: Table, client_id: ClientId, product_id: str, point: PricePoint) -> CatalogItem:
    """The item that keeps `point`."""
    return table(
        product_pk(client_id, product_id),
        f"{_series(point.offer_id)}{iso(point.at)}#{point.mark}",
        entity=OFFER_PRICE if point.offer_id else PRICE,
        doc=_packed(point),
    )


def from_item(item: CatalogItem) -> PricePoint:
    """The point that an item of kind PRICE or OFFERPRICE keeps."""
    *series, at, mark = item.sk.split("#")
    doc = msgspec.json.decode(item.doc or "{}")
    return PricePoint(parse_iso(at), mark, doc["s"], _unpacked(doc), "#".join(series[1:]))


def _packed(point: PricePoint) -> str:
    """`{s: source, p: {currency: {variant: price or [price, compare-at]}}, n: [without a price], y: [available], x: [not]}`.

    An item is paid by the kilobyte, and this one is written beside each changed product."""
    doc: dict[str, Any] = {"s": point.source}
    for variant_id, shift in point.shifts.items():
        if shift.priced and shift.price is None:
            doc.setdefault("n", []).append(variant_id)
        elif shift.price is not None:
            minor: Any = shift.price.minor
            pair = [minor, shift.compare_at.minor] if shift.compare_at else minor
            doc.setdefault("p", {}).setdefault(shift.price.currency, {})[variant_id] = pair
        if shift.available is not None:
            doc.setdefault("y" if shift.available else "x", []).append(variant_id)
    return msgspec.json.encode(doc).decode()


def _unpacked(doc: Mapping[str, Any]) -> dict[str, Shift]:
    prices: dict[str, tuple[Money | None, Money | None]] = dict.fromkeys(doc.get("n", ()), (None, None))
    for currency, variants in doc.get("p", {}).items():
        for variant_id, pair in variants.items():
            price, compare_at = pair if isinstance(pair, list) else (pair, None)
            prices[variant_id] = (
                Money(price, currency),
                Money(compare_at, currency) if compare_at is not None else None,
            )
    there = {**dict.fromkeys(doc.get("y", ()), True), **dict.fromkeys(doc.get("x", ()), False)}
    return {
        name: Shift(name in prices, *prices.get(name, (None, None)), available=there.get(name))
        for name in sorted(prices.keys() | there.keys())
    }

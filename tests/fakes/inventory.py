"""Stock and reservations in memory: what the table keeps, under one lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from skuflow.catalog.inventory import Level, ProductStock, VariantStock
from skuflow.catalog.inventory_store import Written
from skuflow.catalog.reservation import Outcome, Reservation
from skuflow.catalog.reservation_store import Due, Pieces
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.tenancy import ClientId


@dataclass(slots=True)
class FakeStock:
    """A StockStore and a ReservationStore."""

    _stocks: dict[tuple[ClientId, str], ProductStock] = field(default_factory=dict)
    _reservations: dict[tuple[ClientId, str], Reservation] = field(default_factory=dict)
    _adjustments: set[tuple[ClientId, str, str]] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def get_many(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, ProductStock]:
        with self._lock:
            return {name: self._stocks[client_id, name] for name in product_ids if (client_id, name) in self._stocks}

    stocks = get_many

    def put(self, client_id: ClientId, stock: ProductStock, *, adjustment_id: str = "") -> None:
        with self._lock:
            known = self._stocks.get((client_id, stock.product_id))
            applied = (client_id, stock.product_id, adjustment_id)
            if (known.version if known else 0) != stock.version - 1 or applied in self._adjustments:
                raise VersionConflict("somebody else wrote first")
            self._stocks[client_id, stock.product_id] = stock
            if adjustment_id:
                self._adjustments.add(applied)

    def has_adjustment(self, client_id: ClientId, product_id: str, adjustment_id: str) -> bool:
        with self._lock:
            return (client_id, product_id, adjustment_id) in self._adjustments

    def get(self, client_id: ClientId, reservation_id: str) -> Reservation | None:
        with self._lock:
            return self._reservations.get((client_id, reservation_id))

    def hold(
        self, client_id: ClientId, reservation: Reservation, stocks: Mapping[str, ProductStock], written: Written
    ) -> None:
        with self._lock:
            if (client_id, reservation.reservation_id) in self._reservations:
                raise VersionConflict("the reservation is there")
            changed = {}
            for product_id, pieces in reservation.pieces().items():
                now = self._stocks.get((client_id, product_id))
                changed[client_id, product_id] = _moved(now, pieces, written, planned=stocks[product_id])
            self._stocks.update(changed)
            self._reservations[client_id, reservation.reservation_id] = reservation

    def end(
        self, client_id: ClientId, ended: Reservation, outcome: Outcome, back: Mapping[str, Pieces], written: Written
    ) -> None:
        with self._lock:
            if self._reservations[client_id, ended.reservation_id].version != ended.version - 1:
                raise VersionConflict("somebody else ended it first")
            changed = {}
            for product_id, pieces in back.items():
                now = self._stocks.get((client_id, product_id))
                changed[client_id, product_id] = _returned(now, pieces, written, gone=outcome == "committed")
            self._stocks.update(changed)
            self._reservations[client_id, ended.reservation_id] = ended

    def ran_out(self, client_id: ClientId, product_id: str, now: datetime) -> tuple[str, ...]:
        with self._lock:
            over = [
                r
                for (client, _), r in self._reservations.items()
                if client == client_id and r.ran_out(now) and product_id in r.pieces()
            ]
            return tuple(r.reservation_id for r in sorted(over, key=lambda r: (r.expires_at, r.reservation_id)))

    def due(self, now: datetime) -> Iterator[Due]:
        with self._lock:
            over = [
                (parse_iso(r.expires_at), client, name)
                for (client, name), r in self._reservations.items()
                if r.ran_out(now)
            ]
        yield from ((client, name) for _, client, name in sorted(over))


def _moved(stock: ProductStock | None, pieces: Pieces, written: Written, *, planned: ProductStock) -> ProductStock:
    for (variant_id, location), units in pieces.items():
        variant = stock.variant(variant_id) if stock else None
        level = _level(variant, location)
        expected = planned.variant(variant_id)
        if variant is None or level is None or not variant.tracked or expected is None:
            raise VersionConflict("the level is gone")
        if not variant.backorder if expected.backorder else level.available < units:
            raise VersionConflict("there is not enough")
    assert stock is not None
    return _shifted(stock, {key: (-units, units) for key, units in pieces.items()}, written)


def _returned(stock: ProductStock | None, pieces: Pieces, written: Written, *, gone: bool) -> ProductStock:
    for (variant_id, location), units in pieces.items():
        level = _level(stock.variant(variant_id) if stock else None, location)
        if level is None or level.reserved < units:
            raise VersionConflict("the level is gone")
    assert stock is not None
    return _shifted(stock, {key: (0 if gone else units, -units) for key, units in pieces.items()}, written)


def _level(variant: VariantStock | None, location: str) -> Level | None:
    return next((level for level in variant.levels if level.location == location), None) if variant else None


def _shifted(stock: ProductStock, steps: Mapping[tuple[str, str], tuple[int, int]], written: Written) -> ProductStock:
    def level(variant_id: str, old: Level) -> Level:
        more, held = steps.get((variant_id, old.location), (0, 0))
        return replace(old, available=old.available + more, reserved=old.reserved + held)

    variants = tuple(replace(v, levels=tuple(level(v.variant_id, old) for old in v.levels)) for v in stock.variants)
    return replace(
        stock,
        variants=variants,
        version=stock.version + 1,
        source=written.source,
        cause=written.cause,
        changed_at=iso(written.at),
    )

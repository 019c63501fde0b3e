"""Reservations in the catalogue's table, and the arithmetic on stock that goes with them.

A reservation, its effect on each product's stock and the product's note of it are one TransactWriteItems: either all of it
happened or none. Stock is changed by adding and subtracting under the condition that enough is there, so two reservations of
one product need not know of each other.

| access | key |
|---|---|
| one reservation | C#client#R#reservation, `RESERVATION` (GetItem, consistent) |
| held ones of a product that ran out | product's partition, `HOLD#` up to `HOLD#now` (Query, consistent) |
| held ones of all clients that ran out | index `due`, ten shards, `due_at` up to now (Query) |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import Protocol
from zlib import crc32

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from skuflow.catalog.inventory import ProductStock
from skuflow.catalog.inventory_store import InventoryStore, Written, inventory_key
from skuflow.catalog.reservation import Outcome, Reservation
from skuflow.catalog.stock_attribute import level_path, variant_path
from skuflow.catalog.store import HOLD, RESERVATION, CatalogItem, Table, client_of, product_pk
from skuflow.catalog.store_errors import translated
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.table import connection_of

SHARDS = 10
KEPT = timedelta(days=30)
"""How long an ended reservation can still be asked for."""

Pieces = Mapping[tuple[str, str], int]
"""(variant id, location) -> units, of one product."""
Due = tuple[ClientId, str]
"""A client and the id of one of its reservations."""


class ReservationStore(Protocol):
    """Where reservations are kept together with the stock that they take from. Reads see every write that was finished before,
    except `due`, which may lag."""

    def get(self, client_id: ClientId, reservation_id: str) -> Reservation | None: ...

    def stocks(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, ProductStock]: ...

    def hold(
        self, client_id: ClientId, reservation: Reservation, stocks: Mapping[str, ProductStock], written: Written
    ) -> None:
        """Write a new reservation and take its units. Raises VersionConflict, and changes nothing, if the reservation is there
        already or the stock no longer allows what `stocks` allowed."""

    def end(
        self, client_id: ClientId, ended: Reservation, outcome: Outcome, back: Mapping[str, Pieces], written: Written
    ) -> None:
        """Write `ended`, one version on from what was read, and take `back` (product id -> pieces) off what is reserved; unless
        the goods were committed, they are available again. Raises VersionConflict, and changes nothing, if somebody else ended
        it first or a level of `back` is gone."""

    def ran_out(self, client_id: ClientId, product_id: str, now: datetime) -> tuple[str, ...]:
        """Ids of held reservations of the product whose time is over."""

    def due(self, now: datetime) -> Iterator[Due]:
        """Held reservations of all clients whose time is over, the longest overdue of each shard first."""


@dataclass(frozen=True, slots=True)
class DynamoReservations:
    """The ReservationStore in DynamoDB."""

    table: Table

    def get(self, client_id: ClientId, reservation_id: str) -> Reservation | None:
        key = (_reservation_pk(client_id, reservation_id), RESERVATION)
        with translated():
            items = list(self.table.batch_get([key], consistent_read=True))
        return unpacked(Reservation, items[0].doc, items[0].doc_z) if items else None

    def stocks(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, ProductStock]:
        return InventoryStore(self.table).get_many(client_id, product_ids)

    def hold(
        self, client_id: ClientId, reservation: Reservation, stocks: Mapping[str, ProductStock], written: Written
    ) -> None:
        with translated(), TransactWrite(connection=connection_of(self.table)) as transaction:
            transaction.save(self._reservation(client_id, reservation), CatalogItem.pk.does_not_exist())
            for product_id, pieces in reservation.pieces().items():
                actions = [
                    action
                    for (variant_id, location), units in pieces.items()
                    for action in _moved(variant_id, location, available=-units, reserved=units)
                ]
                condition = reduce(and_, (_enough(stocks[product_id], *key, units) for key, units in pieces.items()))
                transaction.update(self._stock(client_id, product_id), actions + _stamp(written), condition)
                transaction.save(self._note(client_id, product_id, reservation))

    def end(
        self, client_id: ClientId, ended: Reservation, outcome: Outcome, back: Mapping[str, Pieces], written: Written
    ) -> None:
        with translated(), TransactWrite(connection=connection_of(self.table)) as transaction:
            transaction.save(self._reservation(client_id, ended), CatalogItem.version == ended.version - 1)
            for product_id in ended.pieces():
                transaction.delete(self._note(client_id, product_id, ended))
            for product_id, pieces in back.items():
                actions = [
                    action
                    for (variant_id, location), units in pieces.items()
                    for action in _moved(
                        variant_id, location, available=0 if outcome == "committed" else units, reserved=-units
                    )
                ]
                condition = reduce(and_, (level_path(*key)["r"] >= units for key, units in pieces.items()))
                transaction.update(self._stock(client_id, product_id), actions + _stamp(written), condition)

    def ran_out(self, client_id: ClientId, product_id: str, now: datetime) -> tuple[str, ...]:
        until = CatalogItem.sk.between(f"{HOLD}#", f"{HOLD}#{iso(now)}#~")
        with translated():
            notes = list(self.table.query(product_pk(client_id, product_id), until, consistent_read=True))
        return tuple(note.sk.split("#", 2)[2] for note in notes)

    def due(self, now: datetime) -> Iterator[Due]:
        for shard in range(SHARDS):
            with translated():
                for item in self.table.by_due.query(f"due#{shard}", CatalogItem.due_at <= iso(now)):
                    yield client_of(item.pk), item.pk.rsplit("#", 1)[1]

    def _reservation(self, client_id: ClientId, reservation: Reservation) -> CatalogItem:
        item = self.table(
            _reservation_pk(client_id, reservation.reservation_id),
            RESERVATION,
            entity=RESERVATION,
            version=reservation.version,
            **packed(reservation),
        )
        if reservation.status == "held":
            item.due_shard = f"due#{crc32(reservation.reservation_id.encode()) % SHARDS}"
            item.due_at = reservation.expires_at
        else:
            item.expires_at = int((parse_iso(reservation.ended_at) + KEPT).timestamp())
        return item

    def _note(self, client_id: ClientId, product_id: str, reservation: Reservation) -> CatalogItem:
        sk = f"{HOLD}#{reservation.expires_at}#{reservation.reservation_id}"
        return self.table(product_pk(client_id, product_id), sk, entity=HOLD)

    def _stock(self, client_id: ClientId, product_id: str) -> CatalogItem:
        return self.table(*inventory_key(client_id, product_id))


def _reservation_pk(client_id: ClientId, reservation_id: str) -> str:
    return partition(client_id, "R", reservation_id)


def _moved(variant_id: str, location: str, *, available: int, reserved: int) -> list[Action]:
    level = level_path(variant_id, location)
    actions: list[Action] = [level["r"].set(level["r"] + reserved)]
    if available:
        actions.append(level["a"].set(level["a"] + available))
    return actions


def _enough(stock: ProductStock, variant_id: str, location: str, units: int) -> Condition:
    """That `units` may be taken there: enough of a variant that still counts, or one that still takes backorders."""
    variant, path, level = stock.variant(variant_id), variant_path(variant_id), level_path(variant_id, location)
    enough: Condition = level["a"] >= units
    if variant is not None and variant.backorder:
        enough = (path["b"] == True) & level["a"].exists()  # noqa: E712 - an expression, not a comparison
    condition: Condition = (path["t"] == True) & enough  # noqa: E712
    return condition


def _stamp(written: Written) -> list[Action]:
    return [
        CatalogItem.version.add(1),
        CatalogItem.source.set(written.source),
        CatalogItem.correlation_id.set(written.cause.correlation_id),
        CatalogItem.causation_id.set(written.cause.causation_id),
        CatalogItem.changed_at.set(iso(written.at)),
    ]

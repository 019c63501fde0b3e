"""Where invoices and their credit notes are kept. Every write is conditional on the version that was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from pynamodb.exceptions import PynamoDBException

from skuflow.billing.invoices.invoice_rows import (
    LISTING_SHARDS,
    bills_pk,
    invoice_in,
    invoice_key,
    invoice_row,
    invoice_sk,
    listing_pk,
    listing_shard,
)
from skuflow.billing.invoices.model import Invoice
from skuflow.billing.invoices.writing import Write, rows_at
from skuflow.billing.store import BillingItem
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import row_at, unchanged_since, write_over
from skuflow.platform.table import as_ours

Position = dict[str, Any]
_ROUNDS = 4
"""How often a page that a filter left short is filled up; after that the cursor leads on."""
_FIRST, _LAST = "0", "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which invoices are asked for. `issued_from` is included, `issued_to` is not."""

    subject: str | None = None
    subscription_id: str | None = None
    status: str | None = None
    issued_from: datetime | None = None
    issued_to: datetime | None = None

    def lets_through(self, invoice: Invoice) -> bool:
        return (
            (self.status is None or invoice.status == self.status)
            and (self.subject is None or invoice.subject == self.subject)
            and (self.issued_from is None or invoice.issued_at >= self.issued_from)
            and (self.issued_to is None or invoice.issued_at < self.issued_to)
        )


class DynamoInvoices:
    """Invoices in the billing table. Every method may raise TransientError."""

    def __init__(self, table: type[BillingItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, invoice_id: str) -> Invoice:
        """The invoice as it is now, strongly consistent. Raises NotFound."""
        row = row_at(self._table, *invoice_key(client_id, invoice_id))
        if row is None:
            raise NotFound("there is no such invoice")
        return invoice_in(row)

    def get_many(self, client_id: ClientId, invoice_ids: Iterable[str]) -> dict[str, Invoice]:
        """Those of the invoices that are there, by id, strongly consistent; one request per hundred."""
        keys = [invoice_key(client_id, one) for one in invoice_ids]
        found = map(invoice_in, rows_at(self._table, keys).values())
        return {one.invoice_id: one for one in found}

    def save(self, client_id: ClientId, invoice: Invoice) -> Invoice:
        """Write `invoice` over the version it was read at; as stored. Raises VersionConflict."""
        stored = replace(invoice, version=invoice.version + 1)
        name = f"the invoice {invoice.invoice_id}"
        write_over(invoice_row(self._table, client_id, stored), invoice.version, name)
        return stored

    def write(self, client_id: ClientId, invoice: Invoice) -> Write:
        """What `save` writes, for a transaction."""
        stored = replace(invoice, version=invoice.version + 1)
        row = invoice_row(self._table, client_id, stored)
        return row, unchanged_since(self._table, invoice.version)

    def newest_of(
        self, client_id: ClientId, subscription_id: str, limit: int, *, before: int | None = None
    ) -> list[Invoice]:
        """The last `limit` invoices of a subscription (of cycles below `before`), newest first, strongly consistent."""
        return self._of_subscription(client_id, subscription_id, limit, before)

    def page(
        self, client_id: ClientId, wanted: Filter, limit: int, position: Position | None
    ) -> tuple[Sequence[Invoice], Position | None]:
        """At most `limit` invoices, newest first, and where the next page begins. A page can be short, even empty, and lead on."""
        found: list[Invoice] = []
        for _ in range(_ROUNDS):
            batch, position = self._batch(client_id, wanted, limit, position)
            let_through = [one for one in batch if wanted.lets_through(one)]
            room = limit - len(found)
            if len(let_through) > room:
                last = let_through[room - 1]
                return [*found, *let_through[:room]], _position(wanted, last)
            found += let_through
            if position is None or len(found) == limit:
                break
        return found, position

    def _batch(
        self, client_id: ClientId, wanted: Filter, limit: int, position: Position | None
    ) -> tuple[list[Invoice], Position | None]:
        """The next `limit` invoices whether they are let through or not, and where to go on."""
        if wanted.subscription_id is not None:
            before = int(position["cycle"]) if position is not None else None
            batch = self._of_subscription(client_id, wanted.subscription_id, limit, before)
        else:
            keys = self._listed(client_id, wanted, limit, str(position["at"]) if position is not None else None)
            rows = rows_at(self._table, [key for _, key in keys])
            batch = [invoice_in(rows[key]) for _, key in keys if key in rows]
        return batch, _position(wanted, batch[-1]) if len(batch) >= limit else None

    def _of_subscription(
        self, client_id: ClientId, subscription_id: str, limit: int, before: int | None
    ) -> list[Invoice]:
        table = self._table
        upto = invoice_sk(before - 1) if before else f"INVOICE#{_LAST}"
        if before == 0:
            return []
        try:
            rows = table.query(
                bills_pk(client_id, subscription_id),
                table.sk.between("INVOICE#", upto),
                limit=limit,
                scan_index_forward=False,
                consistent_read=True,
            )
            return [invoice_in(row) for row in rows]
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _listed(
        self, client_id: ClientId, wanted: Filter, limit: int, before: str | None
    ) -> list[tuple[str, tuple[str, str]]]:
        """The next `limit` entries of the list, newest first: sort key, and the key of the invoice."""
        shards = range(LISTING_SHARDS) if wanted.subject is None else (listing_shard(wanted.subject),)
        since = iso(wanted.issued_from) if wanted.issued_from is not None else _FIRST
        until = iso(wanted.issued_to - timedelta(milliseconds=1)) + _LAST if wanted.issued_to is not None else _LAST
        until = min(until, before) if before is not None else until
        if since > until:
            return []
        parts = [self._shard(client_id, shard, since, until, limit + 1) for shard in shards]
        entries = merge(*parts, key=lambda entry: entry[0], reverse=True)
        return list(islice((entry for entry in entries if entry[0] != before), limit))

    def _shard(
        self, client_id: ClientId, shard: int, since: str, until: str, limit: int
    ) -> list[tuple[str, tuple[str, str]]]:
        table = self._table
        try:
            rows = table.listing.query(
                listing_pk(client_id, shard),
                table.listing_sk.between(since, until),
                limit=limit,
                scan_index_forward=False,
            )
            return [(str(row.listing_sk), (str(row.pk), str(row.sk))) for row in rows]
        except PynamoDBException as error:
            raise as_ours(error) from error


def _position(wanted: Filter, last: Invoice) -> Position:
    if wanted.subscription_id is not None:
        return {"cycle": last.cycle}
    return {"at": f"{iso(last.issued_at)}#{last.invoice_id}"}

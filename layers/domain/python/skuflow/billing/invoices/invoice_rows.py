"""Invoices as items of the billing table; see `store` for who asks for them."""

from __future__ import annotations

import re
import zlib
from datetime import timedelta
from typing import Any

from skuflow.billing.due import due_keys
from skuflow.billing.invoices.model import CreditNote, Invoice
from skuflow.billing.store import BillingItem
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked

LISTING_SHARDS = 8
"""Parts of a client's list of invoices, by subject: one run of a client may write a hundred thousand of them."""
NUMBERED_WITHIN = timedelta(hours=1)
"""A draft older than that was forgotten by a worker that died: the planner sees to it."""
_CYCLE = re.compile("0|[1-9][0-9]{0,7}")
"""As `invoice_id_of` spells it: an invoice has one id, and what is named after that, like a credit note, is there once."""


def bills_pk(client_id: ClientId, subscription_id: str) -> str:
    return partition(client_id, "BILLS", subscription_id)


def invoice_sk(cycle: int) -> str:
    return f"INVOICE#{cycle:08d}"


def invoice_key(client_id: ClientId, invoice_id: str) -> tuple[str, str]:
    """Where the invoice lies: its id names subscription and cycle. Raises NotFound for what is no such id."""
    subscription_id, cycle = _parts(invoice_id)
    return bills_pk(client_id, subscription_id), invoice_sk(cycle)


def _parts(invoice_id: str) -> tuple[str, int]:
    head, _, cycle = invoice_id.rpartition("_")
    if not head.startswith("inv_") or not _CYCLE.fullmatch(cycle):
        raise NotFound("there is no such invoice")
    return f"sub_{head.removeprefix('inv_')}", int(cycle)


def listing_pk(client_id: ClientId, shard: int) -> str:
    return partition(client_id, "INVOICES", str(shard))


def listing_shard(subject: str) -> int:
    return zlib.crc32(subject.encode()) % LISTING_SHARDS


def invoice_row(table: type[BillingItem], client_id: ClientId, stored: Invoice) -> BillingItem:
    """The item that holds `stored`, to be written over `stored.version - 1`."""
    at = stored.issued_at + NUMBERED_WITHIN if stored.status == "draft" else None
    fields: dict[str, Any] = {**due_keys(client_id, stored.invoice_id, at), **packed(stored)}
    return table(
        *invoice_key(client_id, stored.invoice_id),
        client_id=client_id,
        version=stored.version,
        listing_pk=listing_pk(client_id, listing_shard(stored.subject)),
        listing_sk=f"{iso(stored.issued_at)}#{stored.invoice_id}",
        correlation_id=stored.cause.correlation_id,
        causation_id=stored.cause.causation_id,
        **fields,
    )


def invoice_in(row: BillingItem) -> Invoice:
    return unpacked(Invoice, row.doc, row.doc_z)


def note_sk(cycle: int, note_id: str) -> str:
    return f"NOTE#{cycle:08d}#{note_id}"


def note_row(table: type[BillingItem], client_id: ClientId, invoice: Invoice, note: CreditNote) -> BillingItem:
    return table(
        bills_pk(client_id, invoice.subscription_id),
        note_sk(invoice.cycle, note.note_id),
        client_id=client_id,
        listing_pk=partition(client_id, "NOTES"),
        listing_sk=f"{iso(note.issued_at)}#{note.note_id}",
        correlation_id=note.cause.correlation_id,
        causation_id=note.cause.causation_id,
        **packed(note),
    )


def note_in(row: BillingItem) -> CreditNote:
    return unpacked(CreditNote, row.doc, row.doc_z)


def numbers_key(client_id: ClientId, seller_id: str, series: str) -> tuple[str, str]:
    """Where the last number of a seller's `series` (INVOICES or NOTES) stands."""
    return partition(client_id, "SELLER", seller_id), f"NUMBERS#{series}"

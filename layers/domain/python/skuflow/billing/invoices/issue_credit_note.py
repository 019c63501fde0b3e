"""Take back an invoice, or part of it: the note, its number, the invoice and the customer's credit are one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from pynamodb.exceptions import PynamoDBException

from skuflow.billing.collection import Collection
from skuflow.billing.invoices.credit_notes import Asked, credited
from skuflow.billing.invoices.invoice_rows import bills_pk, invoice_key, note_in, note_row, note_sk
from skuflow.billing.invoices.invoice_store import DynamoInvoices
from skuflow.billing.invoices.model import CreditNote, Invoice
from skuflow.billing.invoices.numbers import last_number, taken
from skuflow.billing.invoices.settle_invoice import credit_write
from skuflow.billing.invoices.writing import written
from skuflow.billing.store import BillingItem
from skuflow.kernel.clock import Clock, iso
from skuflow.kernel.errors import Conflict, NotFound, TransientError
from skuflow.kernel.money import Money
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.rows import ATTEMPTS, listed, row_at
from skuflow.platform.table import as_ours

Position = dict[str, Any]
_NAME = "there is no such credit note"


def note_id_of(invoice_id: str, reference: str) -> str:
    """The id of the credit note that its caller calls `reference`: asked for twice, there is one."""
    return f"crn_{invoice_id.removeprefix('inv_')}_{hashlib.sha256(reference.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class CreditNotes:
    """Credit notes in the billing table. Every method may raise TransientError."""

    table: type[BillingItem]
    invoices: DynamoInvoices
    collection: Collection
    clock: Clock

    def issue(self, client_id: ClientId, invoice_id: str, asked: Asked) -> CreditNote:
        """The credit note that `asked` is for; the same one again for the same reference. Raises NotFound, Conflict, Invalid."""
        for _ in range(ATTEMPTS):
            invoice = self.invoices.get(client_id, invoice_id)
            known = self._known(client_id, invoice, asked)
            note = known or self._issued(client_id, invoice, asked)
            if note is not None:
                if note.refund.minor:
                    self.collection.refund(client_id, invoice, note)
                return note
        raise TransientError(f"the invoice {invoice_id} is being changed by others; try again")

    def get(self, client_id: ClientId, note_id: str) -> CreditNote:
        """Raises NotFound."""
        invoice_id, _, digest = note_id.removeprefix("crn_").rpartition("_")
        pk, sk = invoice_key(client_id, f"inv_{invoice_id}") if note_id.startswith("crn_") and digest else ("", "")
        row = row_at(self.table, pk, note_sk(int(sk.partition("#")[2]), note_id)) if pk else None
        if row is None:
            raise NotFound(_NAME)
        return note_in(row)

    def of_invoice(self, client_id: ClientId, invoice: Invoice) -> list[CreditNote]:
        """All of them, strongly consistent."""
        prefix = note_sk(invoice.cycle, "")
        try:
            rows = self.table.query(
                bills_pk(client_id, invoice.subscription_id), self.table.sk.startswith(prefix), consistent_read=True
            )
            return sorted(map(note_in, rows), key=lambda note: note.sequence)
        except PynamoDBException as error:
            raise as_ours(error) from error

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[list[CreditNote], Position | None]:
        """At most `limit` credit notes, newest first, and where the next page begins."""
        start = {name: str(position[name]) for name in ("listing_sk", "pk", "sk")} if position is not None else None
        rows, last = listed(self.table, partition(client_id, "NOTES"), limit, start, newest_first=True)
        if last is None or not rows:
            return [note_in(row) for row in rows], None
        return [note_in(row) for row in rows], {"listing_sk": last, "pk": rows[-1].pk, "sk": rows[-1].sk}

    def _known(self, client_id: ClientId, invoice: Invoice, asked: Asked) -> CreditNote | None:
        pk = bills_pk(client_id, invoice.subscription_id)
        row = row_at(self.table, pk, note_sk(invoice.cycle, asked.note_id))
        if row is None:
            return None
        note = note_in(row)
        same = (note.reason, note.memo, note.destination) == (asked.reason, asked.memo, asked.destination)
        if not same or (asked.amount is not None and asked.amount != note.amount):
            raise Conflict(f"the credit note {asked.reference!r} was issued at {iso(note.issued_at)} with other facts")
        return note

    def _issued(self, client_id: ClientId, invoice: Invoice, asked: Asked) -> CreditNote | None:
        """None if somebody else was faster."""
        seller_id = invoice.seller.seller_id
        last = last_number(self.table, client_id, seller_id, "NOTES")
        after, note = credited(invoice, asked, last + 1, self.clock())
        writes = [
            self.invoices.write(client_id, replace(after, cause=asked.cause)),
            (note_row(self.table, client_id, invoice, note), self.table.pk.does_not_exist()),
            taken(self.table, client_id, seller_id, "NOTES", last=last, count=1),
        ]
        if note.to_credit.minor:
            amount = Money(note.to_credit.minor, note.currency)
            writes.append(credit_write(self.table, client_id, invoice.subject, amount, asked.cause))
        return note if written(self.table, writes) else None

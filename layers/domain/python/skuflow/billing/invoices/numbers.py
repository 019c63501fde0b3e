"""The last number that a seller's invoices or credit notes have. Every document takes the next one in the transaction that writes
it, under the condition that nobody else took it meanwhile; so there are no gaps, and no number is given out twice."""

from __future__ import annotations

from typing import Literal

from skuflow.billing.invoices.invoice_rows import numbers_key
from skuflow.billing.invoices.writing import Write
from skuflow.billing.store import BillingItem
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import row_at

Series = Literal["INVOICES", "NOTES"]


def last_number(table: type[BillingItem], client_id: ClientId, seller_id: str, series: Series) -> int:
    """The last one given out, strongly consistent; 0 before the first."""
    return number_in(row_at(table, *numbers_key(client_id, seller_id, series)))


def number_in(row: BillingItem | None) -> int:
    return int(row.last or 0) if row is not None else 0


def taken(
    table: type[BillingItem], client_id: ClientId, seller_id: str, series: Series, *, last: int, count: int
) -> Write:
    """Takes the `count` numbers after `last`, if that still is the last one."""
    row = table(*numbers_key(client_id, seller_id, series), client_id=client_id, last=last + count)
    return row, table.last == last if last else table.pk.does_not_exist()

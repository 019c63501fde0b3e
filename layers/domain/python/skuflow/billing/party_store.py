"""Where sellers and customers are kept. Every write is conditional on the version that was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from skuflow.billing.parties import Customer, Seller
from skuflow.billing.store import BillingItem, customer_pk, customers_pk, seller_pk, sellers_pk
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import listed, row_at, write_over

Position = dict[str, Any]
_SELLER, _CUSTOMER = "SELLER", "CUSTOMER"


class DynamoSellers:
    """Sellers in the billing table. Every method may raise TransientError."""

    def __init__(self, table: type[BillingItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, seller_id: str) -> Seller:
        """The seller as it is now, strongly consistent. Raises NotFound."""
        found = row_at(self._table, *seller_key(client_id, seller_id))
        if found is None:
            raise NotFound(f"there is no seller {seller_id}")
        return seller_in(found)

    def save(self, client_id: ClientId, item: Seller) -> Seller:
        """Write `item` over the version it was read at (0: it must not exist); as stored. Raises VersionConflict."""
        stored = replace(item, version=item.version + 1)
        row = self._table(
            *seller_key(client_id, item.seller_id),
            client_id=client_id,
            version=stored.version,
            listing_pk=sellers_pk(client_id),
            listing_sk=item.seller_id,
            correlation_id=item.cause.correlation_id,
            causation_id=item.cause.causation_id,
            **packed(stored),
        )
        write_over(row, item.version, f"the seller {item.seller_id}")
        return stored

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Seller], Position | None]:
        """At most `limit` sellers in order of their ids, and where the next page begins."""
        start = None
        if position is not None:
            seller_id = str(position["id"])
            start = {"listing_sk": seller_id, "pk": seller_pk(client_id, seller_id), "sk": _SELLER}
        rows, last = listed(self._table, sellers_pk(client_id), limit, start)
        return [seller_in(row) for row in rows], {"id": last} if last else None


class DynamoCustomers:
    """Customers in the billing table. Every method may raise TransientError."""

    def __init__(self, table: type[BillingItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, subject: str) -> Customer:
        """The billing profile of `subject` as it is now, strongly consistent. Raises NotFound."""
        found = row_at(self._table, *customer_key(client_id, subject))
        if found is None:
            raise NotFound(f"there is no customer {subject}")
        return customer_in(found)

    def save(self, client_id: ClientId, item: Customer) -> Customer:
        """Write `item` over the version it was read at (0: it must not exist); as stored. Raises VersionConflict."""
        stored = replace(item, version=item.version + 1)
        write_over(customer_row(self._table, client_id, stored), item.version, f"the customer {item.subject}")
        return stored

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Customer], Position | None]:
        """At most `limit` customers in order of their subjects, and where the next page begins."""
        start = None
        if position is not None:
            subject = str(position["subject"])
            start = {"listing_sk": subject, "pk": customer_pk(client_id, subject), "sk": _CUSTOMER}
        rows, last = listed(self._table, customers_pk(client_id), limit, start)
        return [customer_in(row) for row in rows], {"subject": last} if last else None


def seller_key(client_id: ClientId, seller_id: str) -> tuple[str, str]:
    """Where the seller lies, for whoever reads it together with something else."""
    return seller_pk(client_id, seller_id), _SELLER


def seller_in(row: BillingItem) -> Seller:
    return unpacked(Seller, row.doc, row.doc_z)


def customer_key(client_id: ClientId, subject: str) -> tuple[str, str]:
    """Where the customer lies, for whoever reads it together with something else."""
    return customer_pk(client_id, subject), _CUSTOMER


def customer_in(row: BillingItem) -> Customer:
    return unpacked(Customer, row.doc, row.doc_z)


def customer_row(table: type[BillingItem], client_id: ClientId, stored: Customer) -> BillingItem:
    """The item that holds `stored`, for whoever writes it together with something else, over `version - 1`."""
    return table(
        *customer_key(client_id, stored.subject),
        client_id=client_id,
        version=stored.version,
        listing_pk=customers_pk(client_id),
        listing_sk=stored.subject,
        correlation_id=stored.cause.correlation_id,
        causation_id=stored.cause.causation_id,
        **packed(stored),
    )

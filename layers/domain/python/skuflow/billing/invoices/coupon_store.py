"""Where coupons are kept, and who has redeemed them.

A redemption is one transaction: the coupon's count goes up if it may, the redemption is written if there is none yet, the
subscription gets the coupon over the version that was read. So a limit holds, and counts each subscription once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from skuflow.billing.invoices.coupons import Coupon, Redeemed
from skuflow.billing.invoices.writing import Write
from skuflow.billing.store import BillingItem, subscription_pk
from skuflow.kernel.errors import NotFound, VersionConflict
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import added, listed, row_at, saved_if, unchanged_since
from skuflow.platform.table import as_ours, connection_of, lost_race

Position = dict[str, Any]
_COUPON = "COUPON"


class DynamoCoupons:
    """Coupons in the billing table. Every method may raise TransientError."""

    def __init__(self, table: type[BillingItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, code: str) -> Coupon:
        """The coupon as it is now, strongly consistent. Raises NotFound."""
        row = row_at(self._table, _coupon_pk(client_id, code), _COUPON)
        if row is None:
            raise NotFound(f"there is no coupon {code}")
        return _coupon(row)

    def add(self, client_id: ClientId, coupon: Coupon) -> bool:
        """Write a new coupon; False if there is one of that code."""
        return added(self._row(client_id, replace(coupon, version=1)))

    def archive(self, client_id: ClientId, coupon: Coupon) -> Coupon:
        """Write `coupon`, which is archived, over the version it was read at; as stored. Raises VersionConflict."""
        stored = replace(coupon, version=coupon.version + 1)
        as_read = (self._table.version == coupon.version) & (self._table.redemptions == coupon.redemptions)
        if not saved_if(self._row(client_id, stored), as_read):
            raise VersionConflict(f"the coupon {coupon.code} has changed meanwhile")
        return stored

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Coupon], Position | None]:
        """At most `limit` coupons in order of their codes, and where the next page begins."""
        start = None
        if position is not None:
            code = str(position["code"])
            start = {"listing_sk": code, "pk": _coupon_pk(client_id, code), "sk": _COUPON}
        rows, last = listed(self._table, partition(client_id, "COUPONS"), limit, start)
        return [_coupon(row) for row in rows], {"code": last} if last else None

    def has_redeemed(self, client_id: ClientId, code: str, subscription_id: str) -> bool:
        """Whether the subscription has redeemed the coupon, now or ever."""
        return row_at(self._table, _coupon_pk(client_id, code), _redeemed_sk(subscription_id)) is not None

    def redeem(
        self, client_id: ClientId, coupon: Coupon, subscription_id: str, held: Redeemed, subscription: Sequence[Write]
    ) -> bool:
        """Count a redemption of `coupon`, give it to the subscription as `held`, and do the writes of `subscription`; False, and
        nothing is written, if somebody else was faster: with the last redemption, or with the subscription."""
        table, pk = self._table, _coupon_pk(client_id, coupon.code)
        note = table(pk, _redeemed_sk(subscription_id), client_id=client_id)
        row = held_row(table, client_id, subscription_id, replace(held, version=1))
        try:
            with TransactWrite(connection=connection_of(table)) as transaction:
                transaction.update(table(pk, _COUPON), [table.redemptions.add(1)], condition=_may_be(table, coupon))
                transaction.save(note, condition=table.pk.does_not_exist())
                transaction.save(row)
                for part, condition in subscription:
                    transaction.save(part, condition=condition)
        except PynamoDBException as error:
            if lost_race(error):
                return False
            raise as_ours(error) from error
        return True

    def _row(self, client_id: ClientId, stored: Coupon) -> BillingItem:
        return self._table(
            _coupon_pk(client_id, stored.code),
            _COUPON,
            client_id=client_id,
            version=stored.version,
            redemptions=stored.redemptions,
            listing_pk=partition(client_id, "COUPONS"),
            listing_sk=stored.code,
            correlation_id=stored.cause.correlation_id,
            causation_id=stored.cause.causation_id,
            **packed(stored),
        )


def held_key(client_id: ClientId, subscription_id: str) -> tuple[str, str]:
    """Where the coupon lies that a subscription has."""
    return subscription_pk(client_id, subscription_id), _COUPON


def held_in(row: BillingItem) -> Redeemed:
    return unpacked(Redeemed, row.doc, row.doc_z)


def held_row(table: type[BillingItem], client_id: ClientId, subscription_id: str, stored: Redeemed) -> BillingItem:
    """The item that holds `stored`."""
    return table(*held_key(client_id, subscription_id), client_id=client_id, version=stored.version, **packed(stored))


def held_write(table: type[BillingItem], client_id: ClientId, subscription_id: str, after: Redeemed) -> Write:
    """Writes `after` over the version it was read at, for a transaction."""
    row = held_row(table, client_id, subscription_id, replace(after, version=after.version + 1))
    return row, unchanged_since(table, after.version)


def _may_be(table: type[BillingItem], coupon: Coupon) -> Condition:
    """That the coupon is as it was read but for its count, and that the count leaves room."""
    same: Condition = table.version == coupon.version
    return same & (table.redemptions < coupon.max_redemptions) if coupon.max_redemptions is not None else same


def _coupon(row: BillingItem) -> Coupon:
    return replace(unpacked(Coupon, row.doc, row.doc_z), redemptions=int(row.redemptions or 0))


def _coupon_pk(client_id: ClientId, code: str) -> str:
    return partition(client_id, "COUPON", code)


def _redeemed_sk(subscription_id: str) -> str:
    return f"REDEEMED#{subscription_id}"

"""Privacy requests that Shopify passes on: somebody's data is to be shown or erased within 30 days.

Who it is stands in the request alone: in no event, log line or metric.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import added, listed
from skuflow.sync.store import SyncItem, privacy_pk

DEADLINE = timedelta(days=30)
"""Shopify's: shopify.dev/docs/apps/build/compliance/privacy-law-compliance."""

Position = dict[str, Any]
PrivacyKind = Literal["customers/data_request", "customers/redact", "shop/redact"]


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """`customer_id` is the shop's own id of the person; it, `email` and `phone` are "" where the request names none, as for a whole
    shop. `order_ids`: the orders that it is about."""

    request_id: str
    kind: PrivacyKind
    shop: str
    received_at: datetime
    due_at: datetime
    cause: Cause
    status: Literal["received"] = "received"
    customer_id: str = ""
    email: str = ""
    phone: str = ""
    order_ids: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"PrivacyRequest({self.request_id}, {self.kind}, {self.shop})"


def request_id_of(shop: str, webhook_id: str) -> str:
    """The same webhook, however often it comes, is one request."""
    return derived_id("prv", shop, webhook_id)


class PrivacyRequestStore(Protocol):
    def add(self, client_id: ClientId, request: PrivacyRequest) -> bool:
        """Keep `request`; False if one with this id was kept already."""
        ...

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[PrivacyRequest], Position | None]:
        """At most `limit` requests, the first due first, and where the next page begins."""
        ...


class DynamoPrivacyRequests:
    """PrivacyRequestStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def add(self, client_id: ClientId, request: PrivacyRequest) -> bool:
        row = self._table(
            privacy_pk(client_id),
            _sk(request.request_id),
            client_id=client_id,
            status=request.status,
            listing_pk=privacy_pk(client_id),
            listing_sk=f"{iso(request.due_at)}#{request.request_id}",
            correlation_id=request.cause.correlation_id,
            causation_id=request.cause.causation_id,
            **packed(request),
        )
        return added(row)

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[PrivacyRequest], Position | None]:
        start = None
        if position is not None:
            at, request_id = str(position["at"]), str(position["id"])
            start = {"listing_sk": f"{at}#{request_id}", "pk": privacy_pk(client_id), "sk": _sk(request_id)}
        rows, last = listed(self._table, privacy_pk(client_id), limit, start)
        items = [unpacked(PrivacyRequest, row.doc, row.doc_z) for row in rows]
        return items, _position(last) if last else None


def _sk(request_id: str) -> str:
    return f"REQUEST#{request_id}"


def _position(listing_sk: str) -> Position:
    at, _, request_id = listing_sk.partition("#")
    return {"at": at, "id": request_id}

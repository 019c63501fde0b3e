"""What shops tell the others: that they come and go, how their runs ended, what was ordered, and whose data is to be erased."""

from __future__ import annotations

from dataclasses import replace

from skuflow.contracts.sync import (
    SOURCE,
    PrivacyRequestReceived,
    ShopConnected,
    ShopDisconnected,
    ShopNeedsReauth,
    ShopOrderChanged,
    ShopSyncCompleted,
    ShopSyncFailed,
    SourceSnapshotRead,
)
from skuflow.kernel.clock import iso
from skuflow.platform.event_bus import Announcement, Image
from skuflow.platform.images import NOTHING, record, told
from skuflow.sync.runs.model import Failure, Run
from skuflow.sync.shops.model import Shop, Trouble, source_of
from skuflow.sync.shops.orders import Order
from skuflow.sync.shops.privacy_requests import PrivacyRequest


def of_shop(old: Image | None, new: Image) -> Announcement:
    """A shop that was connected (again), or no longer is."""
    item = record(Shop, new)
    before = record(Shop, old) if old is not None else None
    if before is not None and (before.status, before.connected_at) == (item.status, item.connected_at):
        return NOTHING
    payload: ShopConnected | ShopNeedsReauth | ShopDisconnected
    if item.is_connected:
        payload = ShopConnected(item.shop, item.scopes)
    elif item.status == "needs_reauth":
        why = item.trouble or Trouble(item.status, "", "", item.updated_at)
        payload = ShopNeedsReauth(item.shop, why.detail, why.remedy)
    else:
        payload = ShopDisconnected(item.shop, item.status)
    said = told(SOURCE, new, payload, (item.shop, str(item.version)), item.updated_at)
    return Announcement(item.shop, (said,))


def of_run(old: Image | None, new: Image) -> Announcement:
    """A run that has read the shop's whole catalogue, and one that has ended."""
    item = record(Run, new)
    before = record(Run, old) if old is not None else None
    if before is not None and before.status == item.status:
        return NOTHING
    payload: SourceSnapshotRead | ShopSyncCompleted | ShopSyncFailed
    if item.status == "applying" and item.snapshot is not None:
        payload = SourceSnapshotRead(
            run_id=item.run_id,
            source=source_of(item.shop),
            bucket=item.snapshot.bucket,
            key=item.snapshot.key,
            products=item.snapshot.products,
            observed_at=iso(item.observed_at or item.created_at),
        )
    elif item.status == "completed":
        payload = _completed(item)
    elif item.is_finished:
        payload = _failed(item)
    else:
        return NOTHING
    return Announcement(item.run_id, (told(SOURCE, new, payload, (item.run_id,), item.updated_at),))


def _completed(item: Run) -> ShopSyncCompleted:
    totals = item.totals
    return ShopSyncCompleted(
        shop=item.shop,
        run_id=item.run_id,
        kind=item.kind,
        products=totals.products,
        variants=totals.variants,
        created=totals.created,
        updated=totals.updated,
        unchanged=totals.unchanged,
        removed=totals.removed,
        rejected=totals.rejected,
    )


def _failed(item: Run) -> ShopSyncFailed:
    why = item.failure or Failure(item.status, "", "")
    return ShopSyncFailed(
        shop=item.shop,
        run_id=item.run_id,
        code=why.code,
        detail=why.detail,
        remedy=why.remedy,
        next_run_at=iso(item.next_run_at) if item.next_run_at is not None else "",
    )


def of_order(old: Image | None, new: Image) -> Announcement:
    """An order that is new, or in which something has changed beside when it was last touched."""
    order = record(Order, new)
    before = record(Order, old) if old is not None else None
    if before is not None and replace(before, updated_at=order.updated_at, observed_at=order.observed_at) == order:
        return NOTHING
    payload = ShopOrderChanged(
        shop=order.shop,
        order_id=order.order_id,
        name=order.name,
        created_at=order.created_at,
        updated_at=order.updated_at,
        cancelled_at=order.cancelled_at,
        currency=order.currency,
        total=order.total,
        lines=order.lines,
    )
    state = new["version"]["N"]  # in microseconds: two states may be less than a millisecond apart
    said = told(SOURCE, new, payload, (order.shop, order.order_id, state), order.observed_at)
    return Announcement(f"{order.shop} {order.order_id}", (said,))


def of_privacy_request(old: Image | None, new: Image) -> Announcement:
    """A request that has come in. Nothing of the person but the shop's own id of them."""
    if old is not None:
        return NOTHING
    item = record(PrivacyRequest, new)
    payload = PrivacyRequestReceived(item.shop, item.request_id, item.kind, item.customer_id, iso(item.due_at))
    return Announcement(item.request_id, (told(SOURCE, new, payload, (item.request_id,), item.received_at),))

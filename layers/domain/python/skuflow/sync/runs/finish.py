"""Shopify says that a bulk operation has ended: the shop is looked at now rather than at the next poll."""

from __future__ import annotations

from dataclasses import replace

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger
from skuflow.sync.runs.store import RunStore
from skuflow.sync.runs.work import ShopWork
from skuflow.sync.shops.model import Shop
from skuflow.sync.shops.store import ShopStore, change_shop


def operation_finished(
    client_id: ClientId,
    shop: str,
    operation_id: str,
    *,
    shops: ShopStore,
    runs: RunStore,
    work: ShopWork,
    clock: Clock,
) -> None:
    """Have the shop looked at, if the operation `operation_id` (its gid) may be that of its run. What has become of the operation
    is asked of Shopify then: nothing in the message is believed. Raises NotFound if the client has no such shop."""
    item = shops.get(client_id, shop)
    if not item.is_connected or not item.run_id:
        logger().info("no run waits for this operation", extra={"operation_id": operation_id})
        return
    try:
        ours = runs.get(client_id, item.run_id).operation_id
    except NotFound:
        return
    if ours not in {"", operation_id}:
        logger().info("another operation than the run's", extra={"operation_id": operation_id})
        return
    now = clock()

    def due_now(found: Shop) -> Shop:
        waits = found.due_at is not None and found.due_at > now and found.run_id == item.run_id
        return replace(found, due_at=now) if waits else found

    change_shop(client_id, shop, due_now, shops=shops)
    work.put(client_id, shop)

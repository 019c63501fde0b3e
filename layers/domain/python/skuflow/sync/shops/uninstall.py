"""Its owner has uninstalled our app: the tokens are worthless, and nothing more is done for the shop."""

from __future__ import annotations

from datetime import datetime

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import NotFound
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import change
from skuflow.sync.shops.model import Shop, stopped
from skuflow.sync.shops.store import ShopStore


def uninstall(
    client_id: ClientId, shop: str, at: datetime, *, cause: Cause, shops: ShopStore, clock: Clock
) -> Shop | None:
    """Mark the shop `uninstalled` and forget its tokens; the shop as it is then, None if the client has no such shop. `at` is when
    Shopify says that it happened: if the shop was connected again later, or has ended anyway, nothing changes. Raises
    TransientError when others are always faster."""

    def ended(item: Shop) -> Shop:
        if item.has_ended or at < item.connected_at:
            return item
        return stopped(item, "uninstalled", clock(), cause)

    try:
        return change(
            lambda: shops.get(client_id, shop), lambda item: shops.stop(client_id, item), ended, f"the shop {shop}"
        )
    except NotFound:
        return None

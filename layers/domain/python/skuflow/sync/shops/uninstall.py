"""Its owner has uninstalled our app: the tokens are worthless, and nothing more is done for the shop."""

from __future__ import annotations

from datetime import datetime

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import NotFound, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.shops.model import Shop, stopped
from skuflow.sync.shops.store import ATTEMPTS, ShopStore

_HAS_ENDED = frozenset({"uninstalled", "disconnected"})


def uninstall(
    client_id: ClientId, shop: str, at: datetime, *, cause: Cause, shops: ShopStore, clock: Clock
) -> Shop | None:
    """Mark the shop `uninstalled` and forget its tokens; the shop as it is then, None if the client has no such shop. `at` is when
    Shopify says that it happened: if the shop was connected again later, or has ended anyway, nothing changes. Raises
    TransientError when others are always faster."""
    for _ in range(ATTEMPTS):
        try:
            item = shops.get(client_id, shop)
        except NotFound:
            return None
        if item.status in _HAS_ENDED or at < item.connected_at:
            return item
        try:
            return shops.stop(client_id, stopped(item, "uninstalled", clock(), cause))
        except VersionConflict:
            continue
    raise TransientError(f"the shop {shop} is being changed by others; try again")

"""The client wants nothing more to do with a shop: the app is uninstalled there and the tokens are forgotten. The products that
came from it stay."""

from __future__ import annotations

from collections.abc import Callable

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import SkuflowError, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger
from skuflow.platform.rows import ATTEMPTS
from skuflow.sync.shops.model import Shop, Trouble, stopped
from skuflow.sync.shops.store import ShopStore

_REMEDY = "uninstall the app in the shop's administration: Settings, Apps"


def disconnect(
    client_id: ClientId,
    shop: str,
    *,
    cause: Cause,
    shops: ShopStore,
    uninstall_app: Callable[[ClientId, str], None],
    clock: Clock,
) -> Shop:
    """The shop, no longer connected. The app is uninstalled first, as that takes the tokens; if it cannot be, the shop is
    disconnected all the same, and what is left to do is noted as its trouble. Raises NotFound, TransientError when others are
    always faster."""
    item = shops.get(client_id, shop)
    trouble = _uninstalled(client_id, item, uninstall_app, clock) if item.is_connected else None
    for _ in range(ATTEMPTS):
        if item.has_ended:
            return item
        try:
            stored = shops.stop(client_id, stopped(item, "disconnected", clock(), cause, trouble))
        except VersionConflict:
            item = shops.get(client_id, shop)
            continue
        if trouble is not None:
            shops.add_trouble(client_id, shop, trouble)
        return stored
    raise TransientError(f"the shop {shop} is being changed by others; try again")


def _uninstalled(
    client_id: ClientId, item: Shop, uninstall_app: Callable[[ClientId, str], None], clock: Clock
) -> Trouble | None:
    """What remains to be done by hand; None if Shopify has done it."""
    try:
        uninstall_app(client_id, item.shop)
    except SkuflowError as error:
        logger().warning(
            "the app was not uninstalled", extra={"shop": item.shop, "reason": f"{error.code}: {error.detail}"}
        )
        return Trouble("not_uninstalled", "the app could not be uninstalled in the shop", _REMEDY, clock())
    return None

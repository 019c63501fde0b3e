"""The client asks for a link with which a shop's owner connects it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from skuflow.kernel.clock import Clock
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.shopify.address import shop_domain
from skuflow.sync.shops.installations import LIVES, Begun, Installations, secret_of


@dataclass(frozen=True, slots=True)
class Link:
    """To be opened in the browser of somebody who may install apps in the shop; once, before `expires_at`."""

    ticket: str
    expires_at: datetime


def begin_installation(
    client_id: ClientId, shop: str, *, installations: Installations, new_secret: Callable[[], str], clock: Clock
) -> Link:
    """A link for `shop`, whoever's it is: that is found out once its owner has agreed. Raises Invalid if it is no shop's domain."""
    begun = Begun(shop_domain(shop), clock() + LIVES)
    ticket = secret_of(client_id, new_secret())
    installations.put(client_id, "TICKET", ticket, begun)
    return Link(ticket, begun.expires_at)

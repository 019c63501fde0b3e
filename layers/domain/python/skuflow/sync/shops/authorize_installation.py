"""A browser opens the link: it is sent on to Shopify, bound to this installation by a state that it keeps, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Forbidden
from skuflow.sync.shops.installations import LIVES, Begun, Installations, owner_in, secret_of

SCOPES = ("read_discounts", "read_inventory", "read_orders", "read_products")
"""What we ask a shop's owner for."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """`url` is Shopify's page for the shop's owner; `state` belongs into the browser's cookie."""

    url: str
    state: str


def authorize_installation(
    ticket: str,
    *,
    installations: Installations,
    app_id: Callable[[], str],
    base_of: Callable[[str], str],
    callback_url: str,
    new_secret: Callable[[], str],
    clock: Clock,
) -> Forwarding:
    """Where `ticket` leads; it is used up by that. Raises Forbidden if it is unknown, used or too old, Misconfigured if nobody has
    told us our app's id, before anything is used up."""
    asking = app_id()
    owner = owner_in(ticket)
    begun = installations.take(owner, "TICKET", ticket) if owner is not None else None
    if owner is None or begun is None or begun.expires_at <= clock():
        raise Forbidden("this link has been used before, or is older than ten minutes")
    state = secret_of(owner, new_secret())
    installations.put(owner, "STATE", state, Begun(begun.shop, clock() + LIVES))
    query = {"client_id": asking, "scope": ",".join(SCOPES), "redirect_uri": callback_url, "state": state}
    return Forwarding(f"{base_of(begun.shop)}/admin/oauth/authorize?{urlencode(query)}", state)

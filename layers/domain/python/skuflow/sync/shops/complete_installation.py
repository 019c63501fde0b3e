"""The browser comes back from Shopify: the shop is connected, or it is said why not.

What comes back is believed only when all of it fits: the shop is one, Shopify has signed it just now, and the browser is the one
that was sent off, for this shop, and comes back for the first time. Nothing is stored before the tokens are there; then shop,
tokens and owner are stored in one transaction. Whoever dies on the way has connected nothing, and installs again.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import parse_qsl

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    TransientError,
    Unauthenticated,
    VersionConflict,
)
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger
from skuflow.platform.rows import ATTEMPTS
from skuflow.sync.shopify.address import shop_domain
from skuflow.sync.shopify.signatures import query_is_genuine
from skuflow.sync.shopify.token_endpoint import Grant, GrantRefused, TokenEndpoint
from skuflow.sync.shops.authorize_installation import SCOPES
from skuflow.sync.shops.installations import Installations, owner_in
from skuflow.sync.shops.model import Shop, connected
from skuflow.sync.shops.seal import Seal
from skuflow.sync.shops.sealed import SealedPair
from skuflow.sync.shops.store import ShopStore
from skuflow.sync.shops.tokens import sealed

FRESH = timedelta(seconds=90)
"""How old a redirect may be, and how far our clocks may differ. Shopify publishes no bound; a browser takes seconds."""
_MAX_QUERY = 8_000


class AppSecrets(Protocol):
    def accepted_secrets(self, *, fresh: bool = False) -> tuple[str, ...]:
        """What Shopify may sign with."""
        ...


@dataclass(frozen=True, slots=True)
class Completing:
    """What it takes to complete an installation. `ask` puts the shop into the queue of work."""

    installations: Installations
    shops: ShopStore
    endpoint: TokenEndpoint
    secrets: AppSecrets
    seal: Seal
    clock: Clock
    ask: Callable[[ClientId, str], None]


def complete_installation(query: str, cookie: str, cause: Cause, *, using: Completing) -> Shop:
    """The shop, connected. `query` as it came, encoded; `cookie` is the state that the browser kept, "" if none.

    Raises Invalid (not what Shopify sends), Unauthenticated (not signed by Shopify, or not just now), Forbidden (another browser,
    another shop, used before, too old, or too little or nothing was granted), Conflict (another client's shop, or a used code),
    and what the exchange raises."""
    params = _params(query)
    if "error" in params and "code" not in params:
        raise Forbidden("the shop's owner did not agree to the installation")
    shop = shop_domain(params.get("shop", ""))
    _check_signature(params, using.secrets)
    _check_time(params.get("timestamp", ""), using.clock())
    client_id = _installer(params.get("state", ""), cookie, shop, using)
    _check_owner(using.shops, client_id, shop)
    asked_at = using.clock()
    grant = _exchanged(client_id, shop, params.get("code", ""), using.endpoint)
    _check_scopes(grant)
    pair = sealed(using.seal, client_id, shop, grant, asked_at)
    scopes = tuple(sorted(grant.scopes))
    item = _connect(client_id, shop, lambda known: connected(known, shop, scopes, asked_at, cause), pair, using.shops)
    _ask_soon(client_id, shop, using)
    return item


def _ask_soon(client_id: ClientId, shop: str, using: Completing) -> None:
    """Somebody is waiting for the first products. The shop is due, so that without this it is found within a minute."""
    try:
        using.ask(client_id, shop)
    except Exception:
        logger().exception("the shop was connected, and waits for the schedule")


def _params(query: str) -> dict[str, str]:
    """Each parameter once: of two with one name, one might be signed and the other believed."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50) if len(query) <= _MAX_QUERY else []
    except ValueError:
        pairs = []
    params = dict(pairs)
    if not pairs or len(params) < len(pairs):
        fault = Problem("query", "is not what Shopify sends back", "begin the installation again")
        raise Invalid("this is not an answer of Shopify's", problems=[fault])
    return params


def _check_signature(params: dict[str, str], secrets: AppSecrets) -> None:
    if query_is_genuine(params, secrets.accepted_secrets()):
        return
    if query_is_genuine(params, secrets.accepted_secrets(fresh=True)):
        return
    raise Unauthenticated("this was not signed by Shopify")


def _check_time(timestamp: str, now: datetime) -> None:
    if timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11:
        signed_at = datetime.fromtimestamp(int(timestamp), UTC)
        if abs(now - signed_at) <= FRESH:
            return
    raise Unauthenticated("this answer of Shopify's is not a fresh one")


def _installer(state: str, cookie: str, shop: str, using: Completing) -> ClientId:
    """Who began this installation. The state is used up only by the browser that holds it."""
    owner = owner_in(state)
    if owner is None or not hmac.compare_digest(state.encode("utf-8", "replace"), cookie.encode("utf-8", "replace")):
        raise Forbidden("this browser did not begin the installation, or has begun another one since")
    begun = using.installations.take(owner, "STATE", state)
    if begun is None or begun.expires_at <= using.clock():
        raise Forbidden("this installation was completed before, or was begun more than ten minutes ago")
    if begun.shop != shop:
        raise Forbidden("this installation was begun for another shop")
    return owner


def _check_owner(shops: ShopStore, client_id: ClientId, shop: str) -> None:
    """Before the code is exchanged: another pair of tokens might end the one that its owner works with."""
    owner = shops.owner_of(shop)
    if owner is not None and owner[0] != client_id:
        raise _taken(shop)


def _taken(shop: str) -> Conflict:
    remedy = "connect it there, or have us move it"
    return Conflict(f"{shop} belongs to another account", problems=[Problem("shop", "is connected elsewhere", remedy)])


def _exchanged(client_id: ClientId, shop: str, code: str, endpoint: TokenEndpoint) -> Grant:
    if not code:
        raise Invalid("Shopify sent no code", problems=[Problem("code", "is missing", "begin the installation again")])
    try:
        return endpoint.exchange(client_id, shop, code)
    except GrantRefused as error:
        raise Conflict(f"the installation cannot be completed: {error.detail}") from None


def _check_scopes(grant: Grant) -> None:
    """Leave to write holds leave to read; Shopify then names the former only."""
    readable = grant.scopes | {
        f"read_{scope.removeprefix('write_')}" for scope in grant.scopes if scope[:6] == "write_"
    }
    missing = sorted(set(SCOPES) - readable)
    if missing:
        faults = [Problem("scope", f"`{scope}` was not granted", "install again and agree to it") for scope in missing]
        raise Forbidden(f"the shop was not connected: {', '.join(missing)} was not granted", problems=faults)


def _connect(
    client_id: ClientId, shop: str, transition: Callable[[Shop | None], Shop], pair: SealedPair, shops: ShopStore
) -> Shop:
    for _ in range(ATTEMPTS):
        try:
            known = shops.get(client_id, shop)
        except NotFound:
            known = None
        try:
            return shops.connect(client_id, transition(known), pair)
        except VersionConflict:
            continue
        except Conflict:
            raise _taken(shop) from None
    raise TransientError(f"the shop {shop} is being changed by others; begin the installation again")

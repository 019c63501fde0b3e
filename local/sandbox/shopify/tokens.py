"""Access tokens: exchange of a code, refresh with rotation, and what the Admin API accepts.

Source: shopify.dev, "Authorization code grant", "Offline access tokens", and the changelog on expiring tokens. Without `expiring=1`
a token is issued that does not expire; it is the Admin API that refuses it, with 403.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.sandbox.shopify.model import Installation, Token, TokenRequest
from local.sandbox.shopify.shop import Shop
from local.sandbox.shopify.world import PROVIDER, World

EXPIRES_IN = 3600
REFRESH_EXPIRES_IN = 7_776_000
"""Seconds: an hour, and ninety days."""


@dataclass(frozen=True)
class Refused(Exception):
    """An OAuth error (RFC 6749, 5.2) as Shopify words it."""

    status: int
    error: str
    description: str


UNKNOWN_APP = Refused(400, "application_cannot_be_found", "This request is for an app that does not exist")
WRONG_SECRET = Refused(400, "invalid_client", "The client secret does not match")
CODE_GONE = Refused(400, "invalid_request", "The authorization code was not found or was already used")
NO_GRANT = Refused(400, "unsupported_grant_type", "The grant type is not supported")
NOT_ACTIVE = {
    "": Refused(400, "invalid_grant", "This request requires an active refresh_token"),
    "invalid_request": Refused(401, "invalid_request", "This request requires an active refresh_token"),
}
"""Both forms are documented; the switch `refresh_refused` with mode `invalid_request` gives the second."""


def answer(world: World, shop: Shop, asked: Mapping[str, str]) -> dict[str, Any]:
    """The token endpoint's answer to the parameters `asked`. Raises Refused. Every request is noted, without its secrets."""
    grant = asked.get("grant_type") or "authorization_code"
    try:
        _check_app(world, asked)
        if grant == "refresh_token":
            issued = _refresh(world, shop, asked.get("refresh_token", ""))
        elif grant == "authorization_code":
            issued = _exchange(world, shop, asked)
        else:
            raise NO_GRANT
    except Refused as refused:
        _note(world, shop, grant, refused.error)
        raise
    _note(world, shop, grant, "issued")
    return issued


def _note(world: World, shop: Shop, grant: str, outcome: str) -> None:
    shop.state.token_requests.append(TokenRequest(world.clock.instant(), grant, outcome))


def _check_app(world: World, asked: Mapping[str, str]) -> None:
    app = world.state.app
    if asked.get("client_id") != app.client_id:
        raise UNKNOWN_APP
    given = asked.get("client_secret", "").encode()
    if not any(hmac.compare_digest(given, secret.encode()) for secret in app.secrets):
        raise WRONG_SECRET


def _exchange(world: World, shop: Shop, asked: Mapping[str, str]) -> dict[str, Any]:
    now = world.clock.seconds()
    code = next((code for code in shop.state.codes if code.code == asked.get("code")), None)
    if code is None or code.used or code.expires_at <= now or code.client_id != asked["client_id"]:
        raise CODE_GONE
    code.used = True
    # Connecting again gives new tokens; those issued before go on until they expire.
    before = shop.state.installation.tokens if shop.state.installation else []
    installation = Installation(code.client_id, code.scopes, world.clock.instant(), before)
    shop.state.installation = installation
    return _issue(world, installation, expiring=asked.get("expiring") in ("1", "true", "True"))


def _refresh(world: World, shop: Shop, given: str) -> dict[str, Any]:
    if fault := world.faults.strike("refresh_refused", PROVIDER, shop.state.domain, "token"):
        raise NOT_ACTIVE.get(fault.mode, NOT_ACTIVE[""])
    installation = shop.state.installation
    tokens = installation.tokens if installation else []
    found = next((token for token in tokens if token.refresh and token.refresh == given), None)
    now = world.clock.seconds()
    if installation is None or found is None or found.retired or found.refresh_expires_at <= now:
        raise NOT_ACTIVE[""]
    if found.spent and world.strict_rotation:
        raise NOT_ACTIVE[""]
    found.spent = True
    for earlier in tokens[: tokens.index(found)]:
        earlier.retired = True
    return _issue(world, installation, expiring=True)


def _issue(world: World, installation: Installation, *, expiring: bool) -> dict[str, Any]:
    now = world.clock.seconds()
    token = Token(
        access=f"shpat_{secrets.token_hex(16)}",
        refresh=f"shprt_{secrets.token_hex(16)}" if expiring else "",
        expires_at=now + EXPIRES_IN if expiring else None,
        refresh_expires_at=now + REFRESH_EXPIRES_IN,
    )
    installation.tokens = [*installation.tokens[-20:], token]
    answer: dict[str, Any] = {"access_token": token.access, "scope": ",".join(installation.scopes)}
    if expiring:
        answer |= {
            "expires_in": EXPIRES_IN,
            "refresh_token": token.refresh,
            "refresh_token_expires_in": REFRESH_EXPIRES_IN,
        }
    return answer


def verdict(world: World, shop: Shop, given: str) -> str:
    """Of the Admin API on an access token: `good`, `unknown` (never issued, expired, revoked) or `non_expiring`."""
    installation = shop.state.installation
    if world.faults.strike("token_revoked", PROVIDER, shop.state.domain, "graphql"):
        revoke(shop, given)
    found = next((token for token in (installation.tokens if installation else []) if token.access == given), None)
    if found is None:
        return "unknown"
    if found.expires_at is None:
        return "non_expiring"
    return "good" if found.expires_at > world.clock.seconds() else "unknown"


def revoke(shop: Shop, access: str | None = None) -> None:
    """Make access tokens worthless, all or one; their refresh tokens stay good."""
    for token in shop.state.installation.tokens if shop.state.installation else []:
        if access in (None, token.access):
            token.access = f"revoked:{token.access[:10]}"

"""Who is calling, by the word of the authorizer, and for which client. Nothing here believes what the caller says: the header
`X-Client-Id` only picks among the clients that the authorizer named.

An API key is one client's. A person who signed in may act for several; the gateway keeps the authorizer's answer for a minute under
the token alone, so that answer holds them all:

    client_id, scopes, home_currency, role    the one client there is
    clients                                   of several: `<client>=<role>/<currency> …`
    scopes_<role>                             what each role among them may do
    asked_for                                 staff of the platform: the client named when the answer was made
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skuflow.kernel.errors import Forbidden, Throttled, Unauthenticated
from skuflow.kernel.tenancy import ClientId, client_id
from skuflow.platform.http_api import Route

CLIENT_HEADER = "x-client-id"
KEPT_SECONDS = 60
"""How long the gateway keeps an answer of the authorizer's; infrastructure sets the same figure."""

_STAFF = "operator"


@dataclass(frozen=True, slots=True)
class Caller:
    """`principal` is a key's or a person's id; `role` is "" for a key."""

    client_id: ClientId
    principal: str
    key_kind: str
    role: str
    scopes: frozenset[str]
    home_currency: str


def caller_of(route: Route, granted: Mapping[str, Any], headers: Mapping[str, str]) -> Caller | None:
    """None for an open route. Raises Unauthenticated, Forbidden, or Throttled if staff ask for another client too soon."""
    if route.scope is None:
        return None
    if not (granted.get("principal") or granted.get("client_id")):
        raise Unauthenticated("this call needs an API key or a sign-in: send `Authorization: Bearer …`")
    seat = _seat(route, granted, headers.get(CLIENT_HEADER, "").strip())
    scopes = frozenset(str(seat.get("scopes", "")).split())
    if route.scope not in scopes:
        raise Forbidden(f"this {'role' if seat.get('role') else 'key'} lacks the scope `{route.scope}`")
    return Caller(
        client_id=client_id(str(seat["client_id"])),
        principal=str(granted.get("principal", "")),
        key_kind=str(granted.get("key_kind", "")),
        role=str(seat.get("role", "")),
        scopes=scopes,
        home_currency=str(seat.get("home_currency", "")),
    )


def _seat(route: Route, granted: Mapping[str, Any], named: str) -> Mapping[str, Any]:
    """What is granted for the client that is `named`, or for the only one."""
    seats = _seats(granted)
    if named in seats:
        return seats[named]
    if granted.get("role") == _STAFF:
        raise _not_for_staff(granted, named)
    if named:
        raise Forbidden("you do not act for the client that X-Client-Id names")
    if len(seats) > 1 and not route.personal:
        raise Forbidden(f"you act for several clients: say in X-Client-Id for which ({', '.join(seats)})")
    if not seats:
        raise Unauthenticated("this sign-in is good for no client")
    return next(iter(seats.values()))


def _seats(granted: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What is granted, by client."""
    if granted.get("client_id"):
        return {str(granted["client_id"]): granted}
    seats: dict[str, Mapping[str, Any]] = {}
    for text in str(granted.get("clients", "")).split():
        client, _, rest = text.partition("=")
        role, _, currency = rest.partition("/")
        scopes = granted.get(f"scopes_{role}", "")
        seats[client] = {"client_id": client, "role": role, "home_currency": currency, "scopes": scopes}
    return seats


def _not_for_staff(granted: Mapping[str, Any], named: str) -> Forbidden | Throttled:
    if not named:
        return Forbidden("staff act for a client: name it in X-Client-Id")
    if named == granted.get("asked_for"):
        return Forbidden("there is no client that X-Client-Id names")
    return Throttled(
        "this token was used for another client less than a minute ago: wait, or refresh it", retry_after=KEPT_SECONDS
    )

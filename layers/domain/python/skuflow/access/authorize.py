"""Who is calling, and what may they do? The core of every authorizer, whatever the gateway's shape (HTTP or WebSocket).

Denies by default. The credential's form says which check it goes through: an API key, or a sign-in token (JWT). A key is its
client's. A token says who a person is and nothing of clients: for whom they may act, and as what, is read from the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.access.audit import Act, Actor
from skuflow.access.deps import AuthorizerDeps
from skuflow.access.keys import ApiKey, is_live, key_hash, looks_like_key
from skuflow.access.model import ACTIVE
from skuflow.access.roles import OPERATOR, ROLE_SCOPES
from skuflow.access.store import AccessStore
from skuflow.access.tokens import looks_like_token
from skuflow.kernel.errors import NotFound, PermanentError, SkuflowError, Unauthenticated
from skuflow.kernel.tenancy import ClientId, client_id

Notice = Callable[[str, SkuflowError], None]
"""Told of a trouble that does not concern the caller: what was tried, and the error."""

USER = "user"
"""The `key_kind` of a person who signed in."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call shows. `client` is the one it names ("": none), `source` the address it comes from."""

    credential: str
    client: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a request by API key belongs to; the gateway hands it to every function as the authorizer's context."""

    client_id: ClientId
    principal: str
    key_kind: str
    scopes: tuple[str, ...]
    home_currency: str

    def context(self) -> dict[str, str]:
        """As flat text, which is all that a gateway passes on."""
        return {
            "client_id": self.client_id,
            "principal": self.principal,
            "key_kind": self.key_kind,
            "scopes": " ".join(self.scopes),
            "home_currency": self.home_currency,
        }

    def settled(self, client: str) -> Grant:
        """For whoever must know the client now. Raises Unauthenticated if `client` is named and is another one."""
        if client not in {"", self.client_id}:
            raise Unauthenticated("the key belongs to another client")
        return self


@dataclass(frozen=True, slots=True)
class Seat:
    """A client for which a person may act, and as what."""

    client_id: ClientId
    role: str
    home_currency: str


@dataclass(frozen=True, slots=True)
class UserGrant:
    """For whom a signed-in person may act. The HTTP gateway keeps an answer for a minute under the token alone, so it holds all
    clients of the person's, and `skuflow.platform.http_caller` picks the one that the request names. An operator's holds the
    one that was asked for, if there is such a client."""

    user_id: str
    seats: tuple[Seat, ...]
    operator_asked_for: str | None = None

    def context(self) -> dict[str, str]:
        told = {"principal": self.user_id, "key_kind": USER}
        if self.operator_asked_for is not None:
            told |= {"role": OPERATOR, "asked_for": self.operator_asked_for}
        if len(self.seats) == 1:
            (seat,) = self.seats
            return told | {
                "client_id": seat.client_id,
                "role": seat.role,
                "scopes": " ".join(ROLE_SCOPES[seat.role]),
                "home_currency": seat.home_currency,
            }
        told["clients"] = " ".join(f"{seat.client_id}={seat.role}/{seat.home_currency}" for seat in self.seats)
        return told | {f"scopes_{seat.role}": " ".join(ROLE_SCOPES[seat.role]) for seat in self.seats}

    def settled(self, client: str) -> UserGrant:
        """For `client`, or the only one. Raises Unauthenticated."""
        seats = tuple(seat for seat in self.seats if client in {"", seat.client_id})
        if len(seats) != 1:
            raise Unauthenticated("name one of your own clients")
        return replace(self, seats=seats)


def credential(header: str | None) -> str:
    """What follows `Bearer ` in an Authorization header. Raises Unauthenticated."""
    scheme, _, text = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Unauthenticated("send `Authorization: Bearer <API key or access token>`")
    return text.strip()


def authorize(asked: Asked, deps: AuthorizerDeps, notice: Notice) -> Grant | UserGrant:
    """What the credential stands for. Raises Unauthenticated, or TransientError if nobody can tell."""
    if looks_like_key(asked.credential, deps.stage):
        return _by_key(asked.credential, store=deps.store, now=deps.clock(), notice=notice)
    if looks_like_token(asked.credential):
        return _by_token(asked, deps)
    raise Unauthenticated("this is no credential of ours")


def _by_token(asked: Asked, deps: AuthorizerDeps) -> UserGrant:
    """Membership is in the table. So a person who was removed, or whose client was suspended, is out with the next question,
    however long the token goes on. Of staff the user pool is asked: the group in the token is as old as the token."""
    who = deps.tokens.check(asked.credential, deps.clock())
    if OPERATOR in who.groups and deps.people.is_operator(who.user_id):
        return UserGrant(who.user_id, _operators_seat(who.user_id, asked, deps), asked.client)
    active = [(client, member) for client, member in deps.members.memberships(who.user_id) if client.status == ACTIVE]
    if not active:
        raise Unauthenticated("this person is a user of no active client")
    return UserGrant(
        who.user_id, tuple(Seat(client.client_id, member.role, client.home_currency) for client, member in active)
    )


def _operators_seat(user_id: str, asked: Asked, deps: AuthorizerDeps) -> tuple[Seat, ...]:
    """The client that an operator asks for, whatever its status; noted in its audit log, or nothing is granted."""
    try:
        client = deps.store.get_client(client_id(asked.client))
    except (NotFound, PermanentError):
        return ()
    act = Act(Actor(OPERATOR, user_id, asked.source), deps.clock(), deps.new_id("aud"))
    deps.audit.note_operator(client.client_id, act.on_client("operator.acted", client))
    return (Seat(client.client_id, OPERATOR, client.home_currency),)


def _by_key(text: str, *, store: AccessStore, now: datetime, notice: Notice) -> Grant:
    found = store.find(key_hash(text))
    if found is None:
        raise Unauthenticated("no such key")
    client, key = found
    if not is_live(key, now):
        raise Unauthenticated("the key has expired or was revoked")
    if client.status != ACTIVE:
        raise Unauthenticated(f"the client is {client.status}")
    _note_use(key, store=store, now=now, notice=notice)
    return Grant(client.client_id, key.key_id, key.kind, key.scopes, client.home_currency)


def _note_use(key: ApiKey, *, store: AccessStore, now: datetime, notice: Notice) -> None:
    """At most one write a day. A request does not fail because its key's last use could not be noted."""
    if key.last_used_on is not None and key.last_used_on >= now.date():
        return
    try:
        store.mark_used(key.client_id, key.key_id, now.date())
    except SkuflowError as error:
        notice("note the key's use", error)

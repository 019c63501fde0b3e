"""Who is calling, and what may they do? The core of every authorizer, whatever the gateway's shape (HTTP or WebSocket).

Denies by default. The credential's form says which check it goes through; today there are API keys, and signed tokens (JWT)
get a check of their own beside `_by_key`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from skuflow.access.keys import ApiKey, is_live, key_hash, looks_like_key
from skuflow.access.model import ACTIVE
from skuflow.access.store import AccessStore
from skuflow.kernel.errors import SkuflowError, Unauthenticated
from skuflow.kernel.tenancy import ClientId

Notice = Callable[[str, SkuflowError], None]
"""Told of a trouble that does not concern the caller: what was tried, and the error."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a request belongs to; the gateway hands it to every function as the authorizer's context."""

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


def credential(header: str | None) -> str:
    """What follows `Bearer ` in an Authorization header. Raises Unauthenticated."""
    scheme, _, text = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Unauthenticated("send `Authorization: Bearer <API key>`")
    return text.strip()


def authorize(text: str, *, store: AccessStore, stage: str, now: datetime, notice: Notice) -> Grant:
    """The grant that the credential `text` stands for. Raises Unauthenticated, or TransientError if nobody can tell."""
    if looks_like_key(text, stage):
        return _by_key(text, store=store, now=now, notice=notice)
    raise Unauthenticated("this is no credential of ours")


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

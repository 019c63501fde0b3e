"""The audit log: who did what to clients, users and keys, when and from where. Pure.

An entry is written in the same transaction as the act it tells of, and never changed. It names people and keys by id, and holds
no key, no hash and no e-mail address. It is kept for RETENTION.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from skuflow.access.keys import ApiKey, status_of
from skuflow.access.model import Client
from skuflow.access.people import Membership
from skuflow.access.roles import OPERATOR

RETENTION = timedelta(days=5 * 365)
"""Five years: the longest that a register of incidents is asked for (Quebec, Act respecting protection of personal information)."""

ACTIONS = (
    "client.created",
    "client.status_changed",
    "key.issued",
    "key.revoked",
    "key.rotated",
    "operator.acted",
    "user.invited",
    "user.removed",
    "user.role_changed",
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `kind` is `user`, `key` or `operator`; `actor_id` a user's or key's id, or `operator` for whoever AWS let call the
    operators' function (CloudTrail tells whom). `source` is the address the call came from, or the function's name."""

    kind: str
    actor_id: str
    source: str


BY_OPERATOR = Actor(OPERATOR, OPERATOR, "access/administer")
"""Whoever may invoke the operators' function."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One administrative act. `target` is the id of what was acted on; `before` and `after` hold what changed of it."""

    entry_id: str
    at: datetime
    actor: Actor
    action: str
    target: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """What an entry gets from outside: who acts, when, and the entry's id."""

    actor: Actor
    at: datetime
    entry_id: str

    def on_client(self, action: str, client: Client, before: Client | None = None) -> Entry:
        was = {"status": before.status} if before else {}
        return Entry(
            self.entry_id,
            self.at,
            self.actor,
            action,
            client.client_id,
            was,
            {"name": client.name, "status": client.status},
        )

    def on_key(self, action: str, key: ApiKey, before: ApiKey | None = None, **more: Any) -> Entry:
        was = _told(before, self.at) if before else {}
        return Entry(self.entry_id, self.at, self.actor, action, key.key_id, was, _told(key, self.at) | more)

    def on_user(self, action: str, user_id: str, before: Membership | None, after: Membership | None) -> Entry:
        was, now = ({"role": one.role} if one else {} for one in (before, after))
        return Entry(self.entry_id, self.at, self.actor, action, user_id, was, now)


def _told(key: ApiKey, now: datetime) -> dict[str, Any]:
    return {
        "kind": key.kind,
        "label": key.label,
        "scopes": list(key.scopes),
        "status": status_of(key, now),
        "expires_at": None if key.expires_at is None else key.expires_at.isoformat(),
    }

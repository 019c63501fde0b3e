"""The audit log in the access table. Entries come with the writes they tell of (`AccessTable.write`); this reads them.

    who asks                                       key that serves it
    a client's entries, newest first, by time      pk C#<client>#AUDIT  sk <moment>#<entry>
    has an operator's hour been noted?             pk C#<client>        sk STAFF#<user>

Actor and action are filtered by DynamoDB after reading: a client's log is short, and asked for seldom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from skuflow.access.audit import Entry
from skuflow.access.items import AUDIT, AccessItem, AccessTable
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.tenancy import ClientId, partition

_STAFF = "STAFF"
_LAST = "9999"
"""Sorts behind every moment."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of one actor, of one action, from `since` (included) to `until` (excluded). None or "": any."""

    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditStore:
    """Every method may raise TransientError."""

    items: type[AccessItem]

    def list_entries(
        self, client_id: ClientId, wanted: Wanted, limit: int, position: Mapping[str, Any] | None
    ) -> tuple[list[Entry], Any]:
        """A page of entries, newest first, and where it stopped (None: at the end)."""
        found, stopped = AccessTable(self.items).page(
            partition(client_id, AUDIT),
            AccessItem.sk.between(
                iso(wanted.since) if wanted.since else "0", iso(wanted.until) if wanted.until else _LAST
            ),
            limit,
            position,
            only=_filter(wanted),
            newest_first=True,
        )
        return [msgspec.json.decode(str(item.doc), type=Entry) for item in found], stopped

    def note_operator(self, client_id: ClientId, entry: Entry) -> None:
        """That an operator acts for the client; once an hour for each."""
        hour = iso(entry.at.replace(minute=0, second=0, microsecond=0))
        mark = self.items(partition(client_id), f"{_STAFF}#{entry.actor.actor_id}")
        unless_noted = AccessItem.last_used_on.does_not_exist() | (AccessItem.last_used_on < hour)

        def step(transaction: TransactWrite) -> None:
            actions: list[Action] = [AccessItem.last_used_on.set(hour), AccessItem.entity.set(_STAFF)]
            transaction.update(mark, actions=actions, condition=unless_noted)

        try:
            AccessTable(self.items).write([], entry=(client_id, entry), more=[step])
        except VersionConflict:
            return  # this hour is noted


def _filter(wanted: Wanted) -> Condition | None:
    conditions = [AccessItem.actor == wanted.actor] if wanted.actor else []
    conditions += [AccessItem.action == wanted.action] if wanted.action else []
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]

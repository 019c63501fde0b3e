"""The items of the access table, and how they are written: acts and their entries in the audit log in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from skuflow.access.audit import RETENTION, Entry
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import SkuflowError, VersionConflict
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.table import as_ours, connection_of, lost_race

AUDIT = "AUDIT"


class AccessItem(Model):
    """Every item of the table; `entity` says which kind, `doc` holds the record as JSON. `last_used_on` is apart from the
    record, because it is written without a look at it (an hour, where an operator acted); so is `owners`, a count that two acts
    may change at once. `actor` and `action` are what the audit log is searched by. A look-up holds `client_id`, and `key_id` if
    it is a key's."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    entity = UnicodeAttribute()
    doc = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)
    last_used_on = UnicodeAttribute(null=True)
    client_id = UnicodeAttribute(null=True)
    key_id = UnicodeAttribute(null=True)
    owners = NumberAttribute(null=True)
    actor = UnicodeAttribute(null=True)
    action = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)


Step = Callable[[TransactWrite], None]
"""One more write of a transaction."""


@dataclass(frozen=True, slots=True)
class AccessTable:
    """Whole items in and out. Every method may raise TransientError; writes lose races with VersionConflict."""

    items: type[AccessItem]

    def write(
        self,
        new: Iterable[AccessItem],
        changed: Iterable[AccessItem] = (),
        *,
        entry: tuple[ClientId, Entry],
        more: Iterable[Step] = (),
    ) -> None:
        """New items must not exist yet; changed ones must be at the version before. `entry` tells whose audit log says what."""
        try:
            with TransactWrite(connection=connection_of(self.items)) as transaction:
                for item in (*new, self._entry(*entry)):
                    transaction.save(item, condition=AccessItem.pk.does_not_exist())
                for item in changed:
                    actions: list[Action] = [AccessItem.doc.set(item.doc), AccessItem.version.set(item.version)]
                    transaction.update(item, actions=actions, condition=at_version(int(item.version) - 1))
                for step in more:
                    step(transaction)
        except PynamoDBException as error:
            raise failed(error) from error

    def get(self, pk: str, sk: str) -> AccessItem | None:
        try:
            return self.items.get(pk, sk, consistent_read=True)
        except self.items.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise as_ours(error) from error

    def get_many(self, keys: Iterable[tuple[str, str]]) -> list[AccessItem]:
        try:
            return list(self.items.batch_get(list(keys), consistent_read=True))
        except PynamoDBException as error:
            raise as_ours(error) from error

    def page(
        self,
        pk: str,
        within: Condition | None,
        limit: int,
        position: Mapping[str, Any] | None = None,
        *,
        only: Condition | None = None,
        newest_first: bool = False,
    ) -> tuple[list[AccessItem], Any]:
        """Up to `limit` items that `within` (the sort key) and `only` (anything else) let through, and where that stopped."""
        start = None if position is None else {name: {"S": str(text)} for name, text in position.items()}
        try:
            results = self.items.query(
                pk,
                within,
                filter_condition=only,
                limit=limit,
                last_evaluated_key=start,
                consistent_read=True,
                scan_index_forward=not newest_first,
            )
            found = list(results)
        except PynamoDBException as error:
            raise as_ours(error) from error
        stopped = results.last_evaluated_key
        return found, stopped and {name: value["S"] for name, value in stopped.items()}

    def _entry(self, client_id: ClientId, entry: Entry) -> AccessItem:
        return self.items(
            partition(client_id, AUDIT),
            f"{iso(entry.at)}#{entry.entry_id}",
            entity=AUDIT,
            doc=encode(entry),
            actor=entry.actor.actor_id,
            action=entry.action,
            expires_at=int((entry.at + RETENTION).timestamp()),
        )


def at_version(version: int) -> Condition:
    return AccessItem.version == version


def begins(prefix: str) -> Condition:
    return AccessItem.sk.startswith(prefix)


def encode(record: Any) -> str:
    return msgspec.json.encode(record).decode()


def failed(error: PynamoDBException) -> SkuflowError:
    return VersionConflict("somebody else changed it first; read it again") if lost_race(error) else as_ours(error)

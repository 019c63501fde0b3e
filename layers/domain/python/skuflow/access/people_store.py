"""Memberships in the access table.

    who asks                                       key that serves it
    a client's users, by id                        pk C#<client>  sk begins with USER#
    one of a client's users                        pk C#<client>  sk USER#<user>
    the authorizer: for whom may this user act?    pk U#<user>    sk <client>  (the ids alone; the records by batch)
    is that the last owner?                        pk C#<client>  sk OWNERS    (a count, changed with the memberships)

`U#` keys cannot begin with a client: they are what tells which clients there are. They hold nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from pynamodb.transactions import TransactWrite

from skuflow.access.audit import Entry
from skuflow.access.items import AccessItem, AccessTable, Step, at_version, begins, encode
from skuflow.access.model import Client
from skuflow.access.people import MAX_MEMBERSHIPS, Membership
from skuflow.access.roles import OWNER
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId, partition

_USER, _OWNERS, _CLIENT = "USER", "OWNERS", "CLIENT"


@dataclass(frozen=True, slots=True)
class PeopleStore:
    """Every method may raise TransientError; writes lose races with VersionConflict, and a client never loses its last owner."""

    items: type[AccessItem]

    def add(self, client_id: ClientId, member: Membership, entry: Entry) -> None:
        look_up = self.items(f"U#{member.user_id}", client_id, entity="USER_LOOKUP", client_id=client_id)
        more = self._owners(client_id, 1) if member.role == OWNER else []
        self._table.write([self._item(client_id, member), look_up], entry=(client_id, entry), more=more)

    def save(self, client_id: ClientId, before: Membership, member: Membership, entry: Entry) -> None:
        """Replace `before` by `member`, which was made from it."""
        change = (member.role == OWNER) - (before.role == OWNER)
        more = self._owners(client_id, change) if change else []
        self._table.write([], [self._item(client_id, member)], entry=(client_id, entry), more=more)

    def remove(self, client_id: ClientId, member: Membership, entry: Entry) -> None:
        look_up = self.items(f"U#{member.user_id}", client_id, entity="USER_LOOKUP")
        record = self._item(client_id, member)

        def delete(transaction: TransactWrite) -> None:
            transaction.delete(record, condition=at_version(member.version))
            transaction.delete(look_up)

        more = [delete, *(self._owners(client_id, -1) if member.role == OWNER else [])]
        self._table.write([], entry=(client_id, entry), more=more)

    def get(self, client_id: ClientId, user_id: str) -> Membership:
        """Raises NotFound, also for another client's user."""
        found = self.find(client_id, user_id)
        if found is None:
            raise NotFound("there is no such user")
        return found

    def find(self, client_id: ClientId, user_id: str) -> Membership | None:
        found = self._table.get(partition(client_id), f"{_USER}#{user_id}")
        return None if found is None else _member(found)

    def list_members(
        self, client_id: ClientId, limit: int, position: Mapping[str, Any] | None
    ) -> tuple[list[Membership], Any]:
        """A page of memberships in order of their users' ids, and where it stopped (None: at the end)."""
        found, stopped = self._table.page(partition(client_id), begins(f"{_USER}#"), limit, position)
        return [_member(item) for item in found], stopped

    def owners(self, client_id: ClientId) -> int:
        """How many owners the client has."""
        found = self._table.get(partition(client_id), _OWNERS)
        return 0 if found is None else int(found.owners or 0)

    def memberships(self, user_id: str) -> list[tuple[Client, Membership]]:
        """For whom the user may act, and each client as it is now; by the clients' ids."""
        listed, _ = self._table.page(f"U#{user_id}", None, MAX_MEMBERSHIPS)
        homes = [partition(ClientId(item.sk)) for item in listed]
        if not homes:
            return []
        keys = [key for home in homes for key in ((home, _CLIENT), (home, f"{_USER}#{user_id}"))]
        found = {(item.pk, item.entity): item for item in self._table.get_many(keys)}
        return [
            (msgspec.json.decode(str(found[home, _CLIENT].doc), type=Client), _member(found[home, _USER]))
            for home in homes
            if (home, _CLIENT) in found and (home, _USER) in found
        ]

    @property
    def _table(self) -> AccessTable:
        return AccessTable(self.items)

    def _item(self, client_id: ClientId, member: Membership) -> AccessItem:
        return self.items(
            partition(client_id),
            f"{_USER}#{member.user_id}",
            entity=_USER,
            doc=encode(member),
            version=member.version,
        )

    def _owners(self, client_id: ClientId, change: int) -> Iterable[Step]:
        """Count one owner more or less; not below one."""
        item = self.items(partition(client_id), _OWNERS, entity=_OWNERS)

        def step(transaction: TransactWrite) -> None:
            transaction.update(
                item,
                actions=[AccessItem.owners.add(change), AccessItem.entity.set(_OWNERS)],
                condition=AccessItem.owners > 1 if change < 0 else None,
            )

        return [step]


def _member(item: AccessItem) -> Membership:
    return msgspec.json.decode(str(item.doc), type=Membership)

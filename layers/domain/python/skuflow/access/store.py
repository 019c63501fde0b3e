"""The access table: clients and API keys. Users are in `people_store`, the audit log in `audit_store`.

    who asks                                       key that serves it
    the authorizer: whose key is this?             pk K#<SHA-256 of the key>  sk KEY
    the authorizer: may it still be used?          pk C#<client>  sk KEY#<key> and sk CLIENT, one batch
    a client's own record                          pk C#<client>  sk CLIENT
    a client's keys, by id                         pk C#<client>  sk begins with KEY#
    an operator: all clients                       pk CLIENTS     sk <client>  (the ids alone; the records by batch)

Two keys do not begin with the client. `K#` cannot: it is what says which client a request belongs to, and it holds nothing
else. `CLIENTS` is read by operators only, whose function no client can call.

Each write comes with its entry for the client's audit log; both or neither are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
from pynamodb.exceptions import PynamoDBException

from skuflow.access.audit import Entry
from skuflow.access.items import AccessItem, AccessTable, begins, encode
from skuflow.access.keys import ApiKey
from skuflow.access.model import Client
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.table import as_ours, lost_race

__all__ = ["AccessItem", "AccessStore"]

_CLIENT, _KEY, _REGISTER = "CLIENT", "KEY", "CLIENTS"


@dataclass(frozen=True, slots=True)
class AccessStore:
    """Reads and writes whole records. Every method may raise TransientError; writes lose races with VersionConflict."""

    table: type[AccessItem]

    def add_client(self, client_id: ClientId, client: Client, entry: Entry) -> None:
        listed = self.table(_REGISTER, client_id, entity=_REGISTER)
        self._table.write([self._client_item(client_id, client), listed], entry=(client_id, entry))

    def get_client(self, client_id: ClientId) -> Client:
        """Raises NotFound."""
        found = self._table.get(partition(client_id), _CLIENT)
        if found is None:
            raise NotFound("there is no such client")
        return _client(found)

    def save_client(self, client_id: ClientId, client: Client, entry: Entry) -> None:
        """Replace the record that `client` was made from."""
        self._table.write([], [self._client_item(client_id, client)], entry=(client_id, entry))

    def list_clients(self, limit: int, position: Mapping[str, Any] | None) -> tuple[list[Client], Any]:
        """A page of clients in order of their ids, and where it stopped (None: at the end)."""
        listed, next_position = self._table.page(_REGISTER, None, limit, position)
        found = self._table.get_many((partition(ClientId(item.sk)), _CLIENT) for item in listed)
        return sorted((_client(item) for item in found), key=lambda client: client.client_id), next_position

    def add_key(self, client_id: ClientId, key: ApiKey, entry: Entry) -> None:
        self._table.write([self._key_item(client_id, key), self._look_up(client_id, key)], entry=(client_id, entry))

    def replace_key(self, client_id: ClientId, ending: ApiKey, successor: ApiKey, entry: Entry) -> None:
        """Both or neither."""
        new = [self._key_item(client_id, successor), self._look_up(client_id, successor)]
        self._table.write(new, [self._key_item(client_id, ending)], entry=(client_id, entry))

    def save_key(self, client_id: ClientId, key: ApiKey, entry: Entry) -> None:
        """Replace the record that `key` was made from."""
        self._table.write([], [self._key_item(client_id, key)], entry=(client_id, entry))

    def get_key(self, client_id: ClientId, key_id: str) -> ApiKey:
        """Raises NotFound, also for another client's key."""
        found = self._table.get(partition(client_id), f"{_KEY}#{key_id}")
        if found is None:
            raise NotFound("there is no such key")
        return _key(found)

    def list_keys(
        self, client_id: ClientId, limit: int, position: Mapping[str, Any] | None
    ) -> tuple[list[ApiKey], Any]:
        """A page of keys in order of their ids, and where it stopped (None: at the end)."""
        found, next_position = self._table.page(partition(client_id), begins(f"{_KEY}#"), limit, position)
        return [_key(item) for item in found], next_position

    def find(self, key_hash: str) -> tuple[Client, ApiKey] | None:
        """The key with this hash and its client, as they are now."""
        pointer = self._table.get(f"K#{key_hash}", _KEY)
        if pointer is None:
            return None
        home = partition(ClientId(str(pointer.client_id)))
        found = {
            item.entity: item for item in self._table.get_many([(home, _CLIENT), (home, f"{_KEY}#{pointer.key_id}")])
        }
        if set(found) != {_CLIENT, _KEY}:
            return None
        return _client(found[_CLIENT]), _key(found[_KEY])

    def mark_used(self, client_id: ClientId, key_id: str, day: date) -> None:
        """Note that the key was used on `day`; nothing if that is known."""
        item = self.table(partition(client_id), f"{_KEY}#{key_id}")
        stale = AccessItem.entity.exists() & (
            AccessItem.last_used_on.does_not_exist() | (AccessItem.last_used_on < day.isoformat())
        )
        try:
            item.update([AccessItem.last_used_on.set(day.isoformat())], condition=stale)
        except PynamoDBException as error:
            if not lost_race(error):
                raise as_ours(error) from error

    def _client_item(self, client_id: ClientId, client: Client) -> AccessItem:
        return self.table(partition(client_id), _CLIENT, entity=_CLIENT, doc=encode(client), version=client.version)

    def _key_item(self, client_id: ClientId, key: ApiKey) -> AccessItem:
        record = encode(replace(key, last_used_on=None))
        return self.table(partition(client_id), f"{_KEY}#{key.key_id}", entity=_KEY, doc=record, version=key.version)

    def _look_up(self, client_id: ClientId, key: ApiKey) -> AccessItem:
        return self.table(f"K#{key.key_hash}", _KEY, entity="LOOKUP", client_id=client_id, key_id=key.key_id)

    @property
    def _table(self) -> AccessTable:
        return AccessTable(self.table)


def _client(item: AccessItem) -> Client:
    return msgspec.json.decode(str(item.doc), type=Client)


def _key(item: AccessItem) -> ApiKey:
    key = msgspec.json.decode(str(item.doc), type=ApiKey)
    return replace(key, last_used_on=date.fromisoformat(item.last_used_on)) if item.last_used_on else key

"""The access table: clients and API keys.

    who asks                                       key that serves it
    the authorizer: whose key is this?             pk K#<SHA-256 of the key>  sk KEY
    the authorizer: may it still be used?          pk C#<client>  sk KEY#<key> and sk CLIENT, one batch
    a client's own record                          pk C#<client>  sk CLIENT
    a client's keys, by id                         pk C#<client>  sk begins with KEY#
    an operator: all clients                       pk CLIENTS     sk <client>  (the ids alone; the records by batch)

Two keys do not begin with the client. `K#` cannot: it is what says which client a request belongs to, and it holds nothing
else. `CLIENTS` is read by operators only, whose function no client can call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from skuflow.access.keys import ApiKey
from skuflow.access.model import Client
from skuflow.kernel.errors import NotFound, SkuflowError, VersionConflict
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.table import as_ours, connection_of, lost_race

_CLIENT, _KEY, _REGISTER = "CLIENT", "KEY", "CLIENTS"


class AccessItem(Model):
    """Every item of the table; `entity` says which kind, `doc` holds the record as JSON. `last_used_on` is apart from the
    record, because it is written without a look at it. A look-up holds `client_id` and `key_id`."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    entity = UnicodeAttribute()
    doc = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)
    last_used_on = UnicodeAttribute(null=True)
    client_id = UnicodeAttribute(null=True)
    key_id = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class AccessStore:
    """Reads and writes whole records. Every method may raise TransientError; writes lose races with VersionConflict."""

    table: type[AccessItem]

    def add_client(self, client_id: ClientId, client: Client) -> None:
        listed = self.table(_REGISTER, client_id, entity=_REGISTER)
        self._write([self._client_item(client_id, client), listed])

    def get_client(self, client_id: ClientId) -> Client:
        """Raises NotFound."""
        found = self._get(partition(client_id), _CLIENT)
        if found is None:
            raise NotFound("there is no such client")
        return _client(found)

    def save_client(self, client_id: ClientId, client: Client) -> None:
        """Replace the record that `client` was made from."""
        self._write([], [self._client_item(client_id, client)])

    def list_clients(self, limit: int, position: Mapping[str, Any] | None) -> tuple[list[Client], Any]:
        """A page of clients in order of their ids, and where it stopped (None: at the end)."""
        listed, next_position = self._page(_REGISTER, "", limit, position)
        found = self._get_many((partition(ClientId(item.sk)), _CLIENT) for item in listed)
        return sorted((_client(item) for item in found), key=lambda client: client.client_id), next_position

    def add_key(self, client_id: ClientId, key: ApiKey) -> None:
        self._write([self._key_item(client_id, key), self._look_up(client_id, key)])

    def replace_key(self, client_id: ClientId, ending: ApiKey, successor: ApiKey) -> None:
        """Both or neither."""
        new = [self._key_item(client_id, successor), self._look_up(client_id, successor)]
        self._write(new, [self._key_item(client_id, ending)])

    def save_key(self, client_id: ClientId, key: ApiKey) -> None:
        """Replace the record that `key` was made from."""
        self._write([], [self._key_item(client_id, key)])

    def get_key(self, client_id: ClientId, key_id: str) -> ApiKey:
        """Raises NotFound, also for another client's key."""
        found = self._get(partition(client_id), f"{_KEY}#{key_id}")
        if found is None:
            raise NotFound("there is no such key")
        return _key(found)

    def list_keys(
        self, client_id: ClientId, limit: int, position: Mapping[str, Any] | None
    ) -> tuple[list[ApiKey], Any]:
        """A page of keys in order of their ids, and where it stopped (None: at the end)."""
        found, next_position = self._page(partition(client_id), f"{_KEY}#", limit, position)
        return [_key(item) for item in found], next_position

    def find(self, key_hash: str) -> tuple[Client, ApiKey] | None:
        """The key with this hash and its client, as they are now."""
        pointer = self._get(f"K#{key_hash}", _KEY)
        if pointer is None:
            return None
        home = partition(ClientId(str(pointer.client_id)))
        found = {item.entity: item for item in self._get_many([(home, _CLIENT), (home, f"{_KEY}#{pointer.key_id}")])}
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
        return self.table(partition(client_id), _CLIENT, entity=_CLIENT, doc=_encode(client), version=client.version)

    def _key_item(self, client_id: ClientId, key: ApiKey) -> AccessItem:
        record = _encode(replace(key, last_used_on=None))
        return self.table(partition(client_id), f"{_KEY}#{key.key_id}", entity=_KEY, doc=record, version=key.version)

    def _look_up(self, client_id: ClientId, key: ApiKey) -> AccessItem:
        return self.table(f"K#{key.key_hash}", _KEY, entity="LOOKUP", client_id=client_id, key_id=key.key_id)

    def _write(self, new: list[AccessItem], changed: Iterable[AccessItem] = ()) -> None:
        """New items must not exist yet; changed ones must be at the version before."""
        try:
            with TransactWrite(connection=connection_of(self.table)) as transaction:
                for item in new:
                    transaction.save(item, condition=AccessItem.pk.does_not_exist())
                for item in changed:
                    actions: list[Action] = [AccessItem.doc.set(item.doc), AccessItem.version.set(item.version)]
                    before = AccessItem.version == int(item.version) - 1
                    transaction.update(item, actions=actions, condition=before)
        except PynamoDBException as error:
            raise _failed(error) from error

    def _get(self, pk: str, sk: str) -> AccessItem | None:
        try:
            return self.table.get(pk, sk, consistent_read=True)
        except self.table.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _get_many(self, keys: Iterable[tuple[str, str]]) -> list[AccessItem]:
        try:
            return list(self.table.batch_get(list(keys), consistent_read=True))
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _page(
        self, pk: str, prefix: str, limit: int, position: Mapping[str, Any] | None
    ) -> tuple[list[AccessItem], Any]:
        start = None if position is None else {name: {"S": str(text)} for name, text in position.items()}
        within = AccessItem.sk.startswith(prefix) if prefix else None
        try:
            results = self.table.query(pk, within, limit=limit, last_evaluated_key=start, consistent_read=True)
            items = list(results)
        except PynamoDBException as error:
            raise as_ours(error) from error
        stopped = results.last_evaluated_key
        return items, stopped and {name: value["S"] for name, value in stopped.items()}


def _failed(error: PynamoDBException) -> SkuflowError:
    return VersionConflict("somebody else changed it first; read it again") if lost_race(error) else as_ours(error)


def _encode(record: Client | ApiKey) -> str:
    return msgspec.json.encode(record).decode()


def _client(item: AccessItem) -> Client:
    return msgspec.json.decode(str(item.doc), type=Client)


def _key(item: AccessItem) -> ApiKey:
    key = msgspec.json.decode(str(item.doc), type=ApiKey)
    return replace(key, last_used_on=date.fromisoformat(item.last_used_on)) if item.last_used_on else key

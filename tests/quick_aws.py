"""The AWS in memory, made quick enough for thousands of tests. What it answers stays the same; only how it gets there is shortened.

moto looks each attribute of each item up in its description of the service, and the methods of its classes anew for each request;
it copies whole tables, streams and all, for each transaction, in case it fails; botocore makes a client in tens of milliseconds,
which each test would pay several times; and reading a stream through the API parses every record twice.
"""

from __future__ import annotations

import copy
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.session import Session, get_session
from moto.core import responses
from moto.core.models import botocore_stubber
from moto.core.serialize import ResponseSerializer
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from pynamodb.connection import base

from skuflow.platform import aws
from tests.streams import TableStream

ACCOUNT = "123456789012"

_ITEMS = frozenset({"AttributeMap", "Key", "PutItemInputAttributeMap"})
_SCALARS = frozenset({"S", "N", "BOOL", "NULL"})


_already: list[bool] = []


@contextmanager
def quick() -> Iterator[None]:
    """Once is enough: inside another `quick` it changes nothing."""
    if _already:
        yield
        return
    with _items_as_they_are(), _transactions_without_copies(), _clients_made_once():
        _already.append(True)
        try:
            yield
        finally:
            _already.clear()


@contextmanager
def _items_as_they_are() -> Iterator[None]:
    real = ResponseSerializer._serialize

    def serialize(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name in _ITEMS and type(value) is dict and all(map(_is_plain, value.values())):
            self._default_serialize(serialized, value, shape, key)
        else:
            real(self, serialized, value, shape, key)

    names = cache(responses.method_names_from_class)
    with (
        patch.object(ResponseSerializer, "_serialize", serialize),
        patch.object(responses, "method_names_from_class", names),
    ):
        yield


@contextmanager
def _transactions_without_copies() -> Iterator[None]:
    """A transaction that fails takes back what it wrote, item by item; moto would put a copy of the table in its place."""
    real = DynamoDBBackend.transact_write_items

    def transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        before = [_Before.of(table, transact_items) for table in self.tables.values()]
        try:
            real(self, transact_items)
        except Exception:
            for one in before:
                one.restore()
            raise

    uncopied = SimpleNamespace(deepcopy=lambda value: value if isinstance(value, Table) else copy.deepcopy(value))
    with (
        patch.object(DynamoDBBackend, "transact_write_items", transact),
        patch.object(models, "copy", uncopied),
    ):
        yield


@dataclass(frozen=True, slots=True)
class _Before:
    """A table as it was: only what a transaction names is copied, as moto changes items where they are."""

    table: Table
    items: defaultdict[Any, Any]
    told: int

    @classmethod
    def of(cls, table: Table, writes: list[dict[str, Any]]) -> _Before:
        items = table.items.copy()
        for pk, sk in _named(table, writes):
            if pk in items and sk is None:
                items[pk] = copy.deepcopy(items[pk])
            elif pk in items:
                items[pk] = dict(items[pk])
                if sk in items[pk]:
                    items[pk][sk] = copy.deepcopy(items[pk][sk])
        return cls(table, items, len(table.stream_shard.items) if table.stream_shard else 0)

    def restore(self) -> None:
        self.table.items = self.items
        if self.table.stream_shard:
            del self.table.stream_shard.items[self.told :]


def _named(table: Table, writes: list[dict[str, Any]]) -> Iterable[tuple[DynamoType, DynamoType | None]]:
    """The keys of `table` that the transaction names. What lacks its key is refused before it writes."""
    for write in writes:
        for operation in write.values():
            key = operation.get("Key") or operation.get("Item") or {}
            if operation.get("TableName") == table.name and set(table.table_key_attrs) <= set(key):
                pk, *sk = (DynamoType(key[name]) for name in table.table_key_attrs)
                yield pk, sk[0] if sk else None


@contextmanager
def _clients_made_once() -> Iterator[None]:
    """Sessions and clients hold nothing of a test's: whoever asks alike in the same environment gets the same one."""
    made: dict[str, Any] = {}

    def once(make: Callable[..., Any], *asked: object) -> Any:
        """Only of moto's: any other one may hold connections."""
        if not botocore_stubber.enabled:
            return make()
        environment = sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_"))
        key = repr((asked, environment))
        if key not in made:
            made[key] = make()
        return made[key]

    real = Session.create_client

    def create_client(self: Session, *args: Any, **kwargs: Any) -> Any:
        config = kwargs.get("config")
        return once(partial(real, self, *args, **kwargs), args, {**kwargs, "config": config and vars(config)})

    with (
        patch.object(Session, "create_client", create_client),
        patch.object(aws, "get_session", partial(once, get_session)),
        patch.object(base, "get_session", partial(once, get_session)),
    ):
        yield


def kept(table_name: str, region: str = "ca-central-1") -> Iterator[dict[str, Any]]:
    """All items of a table, as they are kept: looking at a large one through the API takes minutes."""
    for item in dynamodb_backends[ACCOUNT][region].tables[table_name].all_items():
        yield item.to_json()["Attributes"]


def _is_plain(value: Any) -> bool:
    """Whether an attribute is as it goes over the wire. Binary values are not, and objects of moto's own."""
    if type(value) is not dict or len(value) != 1:
        return False
    ((kind, content),) = value.items()
    if kind == "M":
        return type(content) is dict and all(map(_is_plain, content.values()))
    if kind == "L":
        return type(content) is list and all(map(_is_plain, content))
    return kind in _SCALARS and type(content) in {str, bool}


@dataclass(slots=True)
class QuickStream(TableStream):
    """A table's stream, read from where moto keeps it."""

    _read: int = 0

    def _page(self) -> list[dict[str, Any]]:
        shard = dynamodb_backends[ACCOUNT][self.region].tables[self.table_name].stream_shard
        page = [one.to_json() for one in shard.items[self._read :]]
        self._read += len(page)
        return page

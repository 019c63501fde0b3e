"""The AWS in memory, made quick enough for long stories. What it answers stays the same; only how it gets there is shortened.

moto looks each attribute of each item up in its description of the service, and the methods of its classes anew for each request;
reading a stream through its API parses every record twice; and nobody looks at signatures and user agents. Together that is two
thirds of a story's time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

from moto.core import responses
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models import dynamodb_backends

from tests.streams import TableStream

ACCOUNT = "123456789012"

_ITEMS = frozenset({"AttributeMap", "Key", "PutItemInputAttributeMap"})
_SCALARS = frozenset({"S", "N", "BOOL", "NULL"})


@contextmanager
def quick() -> Iterator[None]:
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
    _named: str = field(default="")

    def _page(self) -> list[dict[str, Any]]:
        shard = dynamodb_backends[ACCOUNT][self.region].tables[self.table_name].stream_shard
        page = [one.to_json() for one in shard.items[self._read :]]
        self._read += len(page)
        return page

    def _arn(self) -> str:
        if not self._named:
            self._named = super(QuickStream, self)._arn()
        return self._named

"""What DynamoDB would charge, worked out from the items themselves by AWS's published rules.

Emulators answer with made-up capacity figures, so nothing here asks them. Rules (DynamoDB Developer Guide, "Read and write
operations" and "Item sizes and formats"):

* a write costs ceil(size / 1 KB) units, size being the larger of the item before and after; a write that a condition
  refuses costs the same by the item that is there, at least 1; within a transaction everything counts twice;
* an index entry that appears or goes costs ceil(entry / 1 KB), one whose key changes both, one that stays as it is nothing;
* a read costs ceil(size / 4 KB) units, half of that when eventually consistent, twice in a transaction. GetItem and each
  item of a BatchGetItem are rounded up alone, a Query by the sum of what it read.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.tables import Layout

Item = Mapping[str, Mapping[str, Any]]
"""DynamoDB JSON: attribute -> {type: value}."""

WRITE_UNIT = 1024
READ_UNIT = 4096


def size_of(item: Item | None) -> int:
    """Bytes as DynamoDB counts them: names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items()) if item else 0


def _value(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind in {"L", "M"}:
        entries: Iterable[Any] = content.items() if kind == "M" else (("", entry) for entry in content)
        return 3 + sum(1 + len(name.encode()) + _value(entry) for name, entry in entries)
    if kind in {"SS", "NS", "BS"}:
        return sum(_value({kind[0]: entry}) for entry in content)
    return _scalar(kind, content)


def _scalar(kind: str, content: Any) -> int:
    if kind == "B":
        return len(content if isinstance(content, bytes) else base64.b64decode(content))
    text = str(content)
    if kind == "S":
        return len(text.encode())
    if kind == "N":
        digits = text.lstrip("-").replace(".", "").strip("0")
        return math.ceil(len(digits) / 2) + 1 + text.startswith("-")
    return 1


def write_units(size: int) -> int:
    return max(1, math.ceil(size / WRITE_UNIT))


def read_units(size: int, *, consistent: bool) -> float:
    return max(1, math.ceil(size / READ_UNIT)) * (1.0 if consistent else 0.5)


@dataclass(frozen=True, slots=True)
class WriteCost:
    """Units of one write: of the table, and of its indexes together."""

    table: int
    indexes: int

    @property
    def units(self) -> int:
        return self.table + self.indexes


def cost_of_write(before: Item | None, after: Item | None, layout: Layout) -> WriteCost:
    """The write that turned `before` into `after`; None: the item was not there, or no longer is."""
    table = write_units(max(size_of(before), size_of(after)))
    return WriteCost(table, sum(_index_units(before, after, layout, index) for index in layout.indexes))


def _index_units(before: Item | None, after: Item | None, layout: Layout, index: tuple[str, str, str]) -> int:
    old, new = _entry(before, layout, index), _entry(after, layout, index)
    if old == new:
        return 0
    return sum(write_units(size_of(entry)) for entry in (old, new) if entry is not None)


def _entry(item: Item | None, layout: Layout, index: tuple[str, str, str]) -> Item | None:
    """The entry of an item in a keys-only index; None when the item lacks one of the index's keys."""
    _, *keys = index
    if item is None or any(key not in item for key in keys):
        return None
    own = [name for name in (layout.pk, layout.sk) if name is not None]
    return {name: item[name] for name in dict.fromkeys([*own, *keys])}

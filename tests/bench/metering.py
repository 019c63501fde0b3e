"""A meter between the code under test and the AWS in memory: requests by kind, and the units of each DynamoDB request."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from skuflow.platform.aws import session
from tests.bench.capacity import Item, cost_of_write, read_units, size_of
from tests.calls import Answer, Call
from tests.tables import LAYOUTS, Layout, table_name

_LAYOUT_OF = {table_name(context): layout for context, layout in LAYOUTS.items()}


@dataclass(slots=True)
class Meter:
    """A watcher. `write_units` and `writes` are by kind of item (see `kind_of`), `requests` by `service:operation`."""

    requests: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    write_units: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    sizes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _dynamodb: Any = field(default=None)

    def __call__(self, call: Call, answer: Answer) -> Any:
        self.requests[str(call)] += 1
        if call.service != "dynamodb":
            return answer()
        request = json.loads(call.body)
        targets = _write_targets(call.operation, request)
        before = [self._item(table, key) for table, key in targets]
        given = answer()
        weight = 2 if call.operation == "TransactWriteItems" else 1
        for (table, key), old in zip(targets, before, strict=True):
            self._record(table, old, self._item(table, key), weight)
        self._record_read(call.operation, request, given)
        return given

    def _record(self, table: str, before: Item | None, after: Item | None, weight: int) -> None:
        cost = cost_of_write(before, after, _LAYOUT_OF[table])
        kind = kind_of(table, after or before)
        self.writes[kind] += 1
        self.write_units[kind] += cost.units * weight
        if after is not None:
            self.sizes[kind].append(size_of(after))

    def _record_read(self, operation: str, request: dict[str, Any], given: Any) -> None:
        if operation not in {"GetItem", "BatchGetItem", "Query", "TransactGetItems"} or given.status_code != 200:
            return
        body = json.loads(given.content)
        consistent = bool(request.get("ConsistentRead"))
        if operation == "Query":
            self.read_units += read_units(sum(map(size_of, body.get("Items", []))), consistent=consistent)
        elif operation == "GetItem":
            self.read_units += read_units(size_of(body.get("Item")), consistent=consistent)
        elif operation == "TransactGetItems":
            self.read_units += sum(
                2 * read_units(size_of(each.get("Item")), consistent=True) for each in body["Responses"]
            )
        else:
            self._record_batch(request, body)

    def _record_batch(self, request: dict[str, Any], body: dict[str, Any]) -> None:
        for table, asked in request["RequestItems"].items():
            consistent = bool(asked.get("ConsistentRead"))
            found = body["Responses"].get(table, [])
            missing = len(asked["Keys"]) - len(found)
            self.read_units += sum(read_units(size_of(item), consistent=consistent) for item in found)
            self.read_units += missing * read_units(0, consistent=consistent)

    def _item(self, table: str, key: Item) -> Item | None:
        if self._dynamodb is None:
            self._dynamodb = session().create_client("dynamodb")
        found: Item | None = self._dynamodb.get_item(TableName=table, Key=_decoded(key), ConsistentRead=True).get(
            "Item"
        )
        return found


def _decoded(key: Item) -> dict[str, Any]:
    return {name: dict(value) for name, value in key.items()}


def _write_targets(operation: str, request: dict[str, Any]) -> list[tuple[str, Item]]:
    """(table, key) of every item that a request writes."""
    if operation == "PutItem":
        return [(request["TableName"], _key(request["TableName"], request["Item"]))]
    if operation in {"UpdateItem", "DeleteItem"}:
        return [(request["TableName"], request["Key"])]
    if operation == "BatchWriteItem":
        return [
            (
                table,
                _key(table, entry["PutRequest"]["Item"]) if "PutRequest" in entry else entry["DeleteRequest"]["Key"],
            )
            for table, entries in request["RequestItems"].items()
            for entry in entries
        ]
    if operation == "TransactWriteItems":
        return [_transact_target(entry) for entry in request["TransactItems"]]
    return []


def _transact_target(entry: dict[str, Any]) -> tuple[str, Item]:
    ((kind, content),) = entry.items()
    table: str = content["TableName"]
    return table, _key(table, content["Item"]) if kind == "Put" else content["Key"]


def _key(table: str, item: Item) -> Item:
    layout: Layout = _LAYOUT_OF[table]
    return {name: item[name] for name in (layout.pk, layout.sk) if name is not None}


def kind_of(table: str, item: Item | None) -> str:
    """The sort of item: what it says itself, else the beginning of its sort key: `catalog:PRODUCT`, `sync:IMPORT`, …"""
    context = table.rsplit("-", 1)[-1]
    named = (item or {}).get("entity") or (item or {}).get("sk") or {"S": ""}
    return f"{context}:{named['S'].split('#')[0]}"

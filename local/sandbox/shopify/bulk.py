"""Bulk operations: started, running, finished some time later; results as files that live for seven days."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema

from local.sandbox.shopify import payloads
from local.sandbox.shopify.bulk_query import BulkQuery, InvalidBulkQuery, read
from local.sandbox.shopify.model import BulkOperation
from local.sandbox.shopify.scopes import is_granted
from local.sandbox.shopify.shop import Shop
from local.sandbox.shopify.webhooks import Webhooks
from local.sandbox.shopify.world import PROVIDER, World

AT_ONCE = 5
RESULT_LIVES = 7 * 86_400
"""Seconds."""

UNDER_WAY = ("CREATED", "RUNNING", "CANCELING")

Roots = Callable[[Shop], dict[str, Any]]
"""Gives a shop's root connections by field name."""


class TooMany(Exception):
    """As many operations as may run at a time are running."""


@dataclass
class Bulk:
    """`delay` is the seconds that an operation stays in each state; `held` keeps it RUNNING until it is released."""

    world: World
    webhooks: Webhooks
    schema: GraphQLSchema
    roots: Roots
    delay: float = 0.2
    held: bool = False
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, shop: Shop, text: str, *, group_objects: bool) -> BulkOperation:
        """Raises InvalidBulkQuery or TooMany."""
        query = read(self.schema, text)
        if not hasattr(self.roots(shop).get(query.root.name.value), "every"):
            raise InvalidBulkQuery("Bulk queries must contain at least one connection.")
        under_way = [each for each in shop.state.operations if each.status in UNDER_WAY]
        if len(under_way) >= AT_ONCE:
            raise TooMany
        operation = BulkOperation(shop.new_id(), text, group_objects, self.world.clock.instant())
        shop.state.operations.append(operation)
        if shop.state.next_results:
            operation.file, operation.hosted = shop.state.next_results.pop(0), True
        self._start(shop, operation, query)
        return operation

    def resume(self) -> None:
        """After a restart: go on with what was under way when the process ended."""
        for shop in self.world.shops.values():
            for operation in shop.state.operations:
                if operation.completed_at is None:
                    self._start(shop, operation, read(self.schema, operation.query))

    def _start(self, shop: Shop, operation: BulkOperation, query: BulkQuery) -> None:
        task = asyncio.get_running_loop().create_task(self._run(shop, operation, query))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def hold(self, *, held: bool) -> None:
        self.held = held
        if not held:
            self._released.set()
            self._released = asyncio.Event()

    def cancel(self, operation: BulkOperation) -> bool:
        """False if it is over already."""
        if operation.status not in ("CREATED", "RUNNING"):
            return False
        operation.status = "CANCELING"
        return True

    def file_of(self, shop: Shop, operation_id: int, *, partial: bool) -> Path | None:
        """The result's file; None if there is none, or none any more."""
        operation = next((each for each in shop.state.operations if each.id == operation_id), None)
        name = (operation.partial_file if partial else operation.file) if operation else ""
        if operation is None or not name or operation.completed_at is None:
            return None
        return self.world.files / name if operation.expires_at > self.world.clock.seconds() else None

    async def _run(self, shop: Shop, operation: BulkOperation, query: BulkQuery) -> None:
        await asyncio.sleep(self.delay)
        if operation.status == "CREATED":
            operation.status = "RUNNING"
        if self.held:
            await self._released.wait()
        else:
            await asyncio.sleep(self.delay)
        if operation.status == "CANCELING":
            operation.status = "CANCELED"
        elif not is_granted(query.root.name.value, shop.state.installation.scopes if shop.state.installation else ()):
            operation.file, operation.status, operation.error_code = "", "FAILED", "ACCESS_DENIED"
        elif self.world.faults.strike("bulk_failed", PROVIDER, shop.state.domain, "bulk"):
            await self._write(shop, operation, query, failed=True)
        else:
            await self._write(shop, operation, query, failed=False)
        operation.completed_at = self.world.clock.instant()
        operation.expires_at = self.world.clock.seconds() + RESULT_LIVES
        self.webhooks.emit(shop, "bulk_operations/finish", payloads.bulk_body(shop, operation))

    async def _write(self, shop: Shop, operation: BulkOperation, query: BulkQuery, *, failed: bool) -> None:
        if operation.hosted:
            path = self.world.files / operation.file
        else:
            path = self.world.files / f"bulk-{operation.id}.jsonl"
            await asyncio.to_thread(_make, path, query, self.roots(shop), operation)
        operation.object_count, operation.root_object_count = await asyncio.to_thread(_counted, path)
        if failed:
            operation.partial_file = f"partial-{operation.id}.jsonl"
            await asyncio.to_thread(_first_half, path, self.world.files / operation.partial_file)
            operation.file, operation.status, operation.error_code = "", "FAILED", "INTERNAL_SERVER_ERROR"
        else:
            operation.file = path.name if operation.object_count else ""
            operation.file_size = path.stat().st_size
            operation.status = "COMPLETED"


async def host(world: World, shop: Shop, parts: AsyncIterator[bytes]) -> int:
    """Keep what comes as the result of the shop's next bulk operation; returns its bytes. It is never in memory as a whole."""
    path = world.files / f"hosted-{shop.new_id()}.jsonl"
    size = 0
    with path.open("wb") as file:
        async for part in parts:
            size += len(part)
            await asyncio.to_thread(file.write, part)
    shop.state.next_results.append(path.name)
    return size


def _make(path: Path, query: BulkQuery, roots: dict[str, Any], operation: BulkOperation) -> None:
    """Ungrouped lines come in any order, parents and children mixed: by chance, but the same chance each time."""
    lines = [_text(line) for line in query.lines(roots)]
    if not operation.group_objects:
        random.Random(operation.id).shuffle(lines)  # noqa: S311 - has to be repeatable
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)


def _text(line: dict[str, Any]) -> str:
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"


def _counted(path: Path) -> tuple[int, int]:
    """(objects, root objects) of a result."""
    objects = children = 0
    with path.open("rb") as file:
        for line in file:
            objects += bool(line.strip())
            children += b'"__parentId"' in line
    return objects, objects - children


def _first_half(source: Path, target: Path) -> None:
    size = source.stat().st_size // 2
    with source.open("rb") as whole, target.open("wb") as half:
        for line in whole:
            if half.tell() + len(line) > size:
                return
            half.write(line)

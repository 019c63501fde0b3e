"""The sync stores in memory. They pass the same suite as the DynamoDB ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.kernel.errors import NotFound, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.column_mapping import SavedMapping
from skuflow.sync.import_store import Position
from skuflow.sync.model import Import, Slice, Tally
from skuflow.sync.progress_store import Rejections


@dataclass(slots=True)
class FakeImports:
    _items: dict[tuple[ClientId, str], Import] = field(default_factory=dict)

    def get(self, client_id: ClientId, import_id: str) -> Import:
        if (client_id, import_id) not in self._items:
            raise NotFound(f"there is no import {import_id}")
        return self._items[client_id, import_id]

    def save(self, client_id: ClientId, item: Import) -> Import:
        known = self._items.get((client_id, item.import_id))
        if (known.version if known is not None else 0) != item.version:
            raise VersionConflict(f"the import {item.import_id} has changed meanwhile")
        stored = replace(item, version=item.version + 1)
        self._items[client_id, item.import_id] = stored
        return stored

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Import], Position | None]:
        own = [item for (owner, _), item in self._items.items() if owner == client_id]
        newest = sorted(own, key=lambda item: (item.created_at, item.import_id), reverse=True)
        after = [
            item
            for item in newest
            if position is None or (item.created_at.isoformat(), item.import_id) < (position["at"], position["id"])
        ]
        items = after[:limit]
        more = len(items) == limit
        last = {"at": items[-1].created_at.isoformat(), "id": items[-1].import_id} if more and items else None
        return items, last


@dataclass(slots=True)
class FakeProgress:
    _slices: dict[tuple[ClientId, str], dict[int, Slice]] = field(default_factory=dict)
    _outcomes: dict[tuple[ClientId, str], dict[int, ProductBatchApplied]] = field(default_factory=dict)

    def add_slice(self, client_id: ClientId, import_id: str, part: Slice, cause: Cause) -> None:
        parts = self._slices.setdefault((client_id, import_id), {})
        if part.number in parts:
            raise VersionConflict(f"slice {part.number} of {import_id} is already there")
        parts[part.number] = part

    def last_slice(self, client_id: ClientId, import_id: str) -> Slice | None:
        parts = self._slices.get((client_id, import_id), {})
        return parts[max(parts)] if parts else None

    def slices(self, client_id: ClientId, import_id: str) -> Iterator[Slice]:
        parts = self._slices.get((client_id, import_id), {})
        return iter([parts[number] for number in sorted(parts)])

    def count_outcome(self, client_id: ClientId, outcome: ProductBatchApplied, now: datetime) -> bool:
        counted = self._outcomes.setdefault((client_id, outcome.import_id), {})
        if outcome.batch in counted:
            return False
        counted[outcome.batch] = outcome
        return True

    def tally(self, client_id: ClientId, import_id: str) -> Tally:
        counted = self._outcomes.get((client_id, import_id), {}).values()
        return Tally(
            batches=len(counted),
            created=sum(outcome.created for outcome in counted),
            updated=sum(outcome.updated for outcome in counted),
            unchanged=sum(outcome.unchanged for outcome in counted),
            rejected=sum(len(rows.lines) for outcome in counted for rows in outcome.rejected),
            products_created=sum(outcome.products_created for outcome in counted),
            products_updated=sum(outcome.products_updated for outcome in counted),
            products_unchanged=sum(outcome.products_unchanged for outcome in counted),
        )

    def rejections(self, client_id: ClientId, import_id: str) -> Iterator[Rejections]:
        counted = self._outcomes.get((client_id, import_id), {})
        return iter([Rejections(n, counted[n].rejected) for n in sorted(counted) if counted[n].rejected])


@dataclass(slots=True)
class FakeMappings:
    _items: dict[tuple[ClientId, str], SavedMapping] = field(default_factory=dict)

    def get(self, client_id: ClientId, mapping_id: str) -> SavedMapping:
        if (client_id, mapping_id) not in self._items:
            raise NotFound(f"there is no mapping {mapping_id}")
        return self._items[client_id, mapping_id]

    def save(self, client_id: ClientId, item: SavedMapping) -> SavedMapping:
        known = self._items.get((client_id, item.mapping_id))
        if (known.version if known is not None else 0) != item.version:
            raise VersionConflict(f"the mapping {item.mapping_id} has changed meanwhile")
        stored = replace(item, version=item.version + 1)
        self._items[client_id, item.mapping_id] = stored
        return stored

    def delete(self, client_id: ClientId, mapping_id: str) -> None:
        self.get(client_id, mapping_id)
        del self._items[client_id, mapping_id]

    def page(
        self, client_id: ClientId, limit: int | None, position: Position | None
    ) -> tuple[Sequence[SavedMapping], Position | None]:
        own = sorted(mapping_id for owner, mapping_id in self._items if owner == client_id)
        after = [mapping_id for mapping_id in own if position is None or mapping_id > position["id"]]
        chosen = after[:limit]
        more = limit is not None and len(chosen) == limit
        return [self._items[client_id, name] for name in chosen], {"id": chosen[-1]} if more else None

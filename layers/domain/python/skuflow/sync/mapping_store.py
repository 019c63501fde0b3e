"""Where saved column mappings are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from pynamodb.exceptions import PynamoDBException

from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import row_at, write_over
from skuflow.platform.table import as_ours, lost_race
from skuflow.sync.column_mapping import SavedMapping
from skuflow.sync.store import SyncItem, mappings_pk

Position = dict[str, Any]


class MappingStore(Protocol):
    def get(self, client_id: ClientId, mapping_id: str) -> SavedMapping:
        """Raises NotFound."""
        ...

    def save(self, client_id: ClientId, item: SavedMapping) -> SavedMapping:
        """Write `item` over the version it was read at (0: it must not exist). Raises VersionConflict."""
        ...

    def delete(self, client_id: ClientId, mapping_id: str) -> None:
        """Raises NotFound."""
        ...

    def page(
        self, client_id: ClientId, limit: int | None, position: Position | None
    ) -> tuple[Sequence[SavedMapping], Position | None]:
        """At most `limit` mappings (None: all) in order of id, and where the next page begins."""
        ...


class DynamoMappings:
    """MappingStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, mapping_id: str) -> SavedMapping:
        found = row_at(self._table, mappings_pk(client_id), _sk(mapping_id))
        if found is None:
            raise NotFound(f"there is no mapping {mapping_id}")
        return unpacked(SavedMapping, found.doc, found.doc_z)

    def save(self, client_id: ClientId, item: SavedMapping) -> SavedMapping:
        stored = replace(item, version=item.version + 1)
        row = self._table(
            mappings_pk(client_id),
            _sk(item.mapping_id),
            client_id=client_id,
            version=stored.version,
            **packed(stored),
        )
        write_over(row, item.version, f"the mapping {item.mapping_id}")
        return stored

    def delete(self, client_id: ClientId, mapping_id: str) -> None:
        row = self._table(mappings_pk(client_id), _sk(mapping_id))
        try:
            row.delete(condition=self._table.pk.exists())
        except PynamoDBException as error:
            if lost_race(error):
                raise NotFound(f"there is no mapping {mapping_id}") from None
            raise as_ours(error) from error

    def page(
        self, client_id: ClientId, limit: int | None, position: Position | None
    ) -> tuple[Sequence[SavedMapping], Position | None]:
        pk = mappings_pk(client_id)
        start = {"pk": {"S": pk}, "sk": {"S": _sk(str(position["id"]))}} if position is not None else None
        try:
            answer = self._table.query(
                pk, self._table.sk.startswith("MAPPING#"), limit=limit, last_evaluated_key=start, consistent_read=True
            )
            items = [unpacked(SavedMapping, row.doc, row.doc_z) for row in answer]
        except PynamoDBException as error:
            raise as_ours(error) from error
        after = answer.last_evaluated_key
        return items, {"id": after["sk"]["S"].removeprefix("MAPPING#")} if after else None


def _sk(mapping_id: str) -> str:
    return f"MAPPING#{mapping_id}"

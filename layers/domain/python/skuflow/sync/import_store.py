"""Where imports are kept. Every write of an import is conditional on the version that was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from skuflow.kernel.clock import iso
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import change, listed, row_at, write_over
from skuflow.sync.model import UPLOAD_WAIT, Import
from skuflow.sync.store import SyncItem, import_pk, imports_pk, scaffolding_expiry

Position = dict[str, Any]


class ImportStore(Protocol):
    def get(self, client_id: ClientId, import_id: str) -> Import:
        """The import as it is now, strongly consistent. Raises NotFound."""
        ...

    def save(self, client_id: ClientId, item: Import) -> Import:
        """Write `item` over the version it was read at (0: it must not exist) and return it as stored. Raises VersionConflict."""
        ...

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Import], Position | None]:
        """At most `limit` imports, newest first, and where the next page begins."""
        ...


def change_import(
    client_id: ClientId, import_id: str, transition: Callable[[Import], Import], *, imports: ImportStore
) -> Import:
    """Apply `transition` to the import as it is; see `rows.change`."""
    return change(
        lambda: imports.get(client_id, import_id),
        lambda item: imports.save(client_id, item),
        transition,
        f"the import {import_id}",
    )


class DynamoImports:
    """ImportStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, import_id: str) -> Import:
        found = row_at(self._table, import_pk(client_id, import_id), "IMPORT")
        if found is None:
            raise NotFound(f"there is no import {import_id}")
        return _import(found)

    def save(self, client_id: ClientId, item: Import) -> Import:
        stored = replace(item, version=item.version + 1)
        row = self._table(
            import_pk(client_id, item.import_id),
            "IMPORT",
            client_id=client_id,
            version=stored.version,
            listing_pk=imports_pk(client_id),
            listing_sk=f"{iso(item.created_at)}#{item.import_id}",
            correlation_id=item.cause.correlation_id,
            causation_id=item.cause.causation_id,
            expires_at=_expiry(item),
            **packed(stored),
        )
        write_over(row, item.version, f"the import {item.import_id}")
        return stored

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Import], Position | None]:
        start = None
        if position is not None:
            pk = import_pk(client_id, str(position["id"]))
            start = {"listing_sk": str(position["at"]), "pk": pk, "sk": "IMPORT"}
        rows, last = listed(self._table, imports_pk(client_id), limit, start, newest_first=True)
        return [_import(row) for row in rows], _position(last) if last else None


def _position(at: str) -> Position:
    return {"at": at, "id": at.partition("#")[2]}


def _import(row: SyncItem) -> Import:
    return unpacked(Import, row.doc, row.doc_z)


def _expiry(item: Import) -> int | None:
    """An import whose file never came goes like scaffolding does; every other stays."""
    return scaffolding_expiry(item.created_at + UPLOAD_WAIT) if item.status == "awaiting_upload" else None

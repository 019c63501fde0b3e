"""Where imports are kept. Every write of an import is conditional on the version that was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from pynamodb.exceptions import PynamoDBException

from skuflow.kernel.clock import iso
from skuflow.kernel.errors import NotFound, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import as_ours, lost_race
from skuflow.sync.model import UPLOAD_WAIT, Import
from skuflow.sync.packing import packed, unpacked
from skuflow.sync.store import SyncItem, import_pk, imports_pk, scaffolding_expiry

Position = dict[str, Any]
ATTEMPTS = 5


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
    """Apply `transition` to the import as it is, again and again until nobody else wrote in between; what it raises passes
    through. Raises TransientError when others are always faster."""
    for _ in range(ATTEMPTS):
        try:
            return imports.save(client_id, transition(imports.get(client_id, import_id)))
        except VersionConflict:
            continue
    raise TransientError(f"the import {import_id} is being changed by others; try again")


class DynamoImports:
    """ImportStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, import_id: str) -> Import:
        try:
            found = self._table.get(import_pk(client_id, import_id), "IMPORT", consistent_read=True)
        except self._table.DoesNotExist:
            raise NotFound(f"there is no import {import_id}") from None
        except PynamoDBException as error:
            raise as_ours(error) from error
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
        fresh = self._table.pk.does_not_exist()
        condition = fresh if item.version == 0 else self._table.version == item.version
        try:
            row.save(condition=condition)
        except PynamoDBException as error:
            if lost_race(error):
                raise VersionConflict(f"the import {item.import_id} has changed meanwhile") from None
            raise as_ours(error) from error
        return stored

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Import], Position | None]:
        pk = imports_pk(client_id)
        start = None
        if position is not None:
            start = {
                "listing_pk": {"S": pk},
                "listing_sk": {"S": str(position["at"])},
                "pk": {"S": import_pk(client_id, str(position["id"]))},
                "sk": {"S": "IMPORT"},
            }
        try:
            answer = self._table.listing.query(pk, limit=limit, scan_index_forward=False, last_evaluated_key=start)
            listed = [(row.pk, row.sk) for row in answer]
            found = {row.pk: _import(row) for row in self._table.batch_get(listed)} if listed else {}
        except PynamoDBException as error:
            raise as_ours(error) from error
        after = answer.last_evaluated_key
        items = [found[pk] for pk, _ in listed if pk in found]
        return items, _position(after) if after else None


def _position(key: dict[str, Any]) -> Position:
    at = str(key["listing_sk"]["S"])
    return {"at": at, "id": at.partition("#")[2]}


def _import(row: SyncItem) -> Import:
    return unpacked(Import, row.doc, row.doc_z)


def _expiry(item: Import) -> int | None:
    """An import whose file never came goes like scaffolding does; every other stays."""
    return scaffolding_expiry(item.created_at + UPLOAD_WAIT) if item.status == "awaiting_upload" else None

"""Stopping an import. What was handed to the catalogue stays there; nothing more is read."""

from __future__ import annotations

from skuflow.kernel.clock import Clock
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.import_store import ImportStore, change_import
from skuflow.sync.model import Import, Refusal, stopped

_WHY = Refusal("cancelled", "the import was cancelled", "start a new import to upload the file again")


def cancel_import(client_id: ClientId, import_id: str, *, imports: ImportStore, clock: Clock) -> Import:
    """The import, cancelled; once is enough. Raises Conflict if it has ended in another way."""
    item = imports.get(client_id, import_id)
    if item.status == "cancelled":
        return item
    return change_import(client_id, import_id, lambda now: stopped(now, "cancelled", _WHY, clock()), imports=imports)

"""A person says which column is what; the file is looked at again in that light."""

from __future__ import annotations

from contextlib import suppress

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Conflict, VersionConflict
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.column_mapping import SavedMapping, checked_mapping
from skuflow.sync.import_store import ImportStore, change_import
from skuflow.sync.mapping_store import MappingStore
from skuflow.sync.model import Import, answered
from skuflow.sync.reading.columns import MAPPABLE_FIELDS
from skuflow.sync.work import WorkQueue


def choose_mapping(
    client_id: ClientId,
    import_id: str,
    mapping: dict[str, str] | None,
    *,
    save_as: str | None,
    imports: ImportStore,
    mappings: MappingStore,
    work: WorkQueue,
    clock: Clock,
) -> Import:
    """Go on with `mapping` (field -> header; None: as suggested) and keep it under the name `save_as`, if given.

    The same answer once more, say after a failure half-way, takes up where that stopped. Raises Invalid if the mapping does
    not fit the file, Conflict if the import does not ask for one.
    """

    def answer(item: Import) -> Import:
        if item.status != "needs_mapping" or item.suggestion is None:
            raise Conflict(f"the import is {item.status}: it asks for no mapping")
        chosen = checked_mapping(
            item.suggestion.mapping if mapping is None else mapping,
            MAPPABLE_FIELDS,
            item.suggestion.headers,
        )
        return answered(item, chosen, clock())

    item = imports.get(client_id, import_id)
    if not _answered_so(item, mapping):
        item = change_import(client_id, import_id, answer, imports=imports)
    if save_as and item.mapping:
        now = clock()
        saved = SavedMapping(derived_id("map", client_id, import_id), save_as, item.mapping, now, now)
        with suppress(VersionConflict):
            mappings.save(client_id, saved)
    work.put(client_id, import_id)
    return item


def _answered_so(item: Import, mapping: dict[str, str] | None) -> bool:
    """Whether this very answer is already on its way."""
    chosen = None if mapping is None else {name: header for name, header in mapping.items() if header}
    return item.status == "inspecting" and item.mapping is not None and chosen in (None, item.mapping)

"""How far an import has come, in rows."""

from __future__ import annotations

from skuflow.kernel.tenancy import ClientId
from skuflow.sync.model import Import, Totals, totals_of
from skuflow.sync.progress_store import ProgressStore


def current_totals(client_id: ClientId, item: Import, *, progress: ProgressStore) -> Totals:
    """The counts of `item` at this moment. Nothing is asked for where the import itself knows, or nothing was read yet."""
    if item.totals is not None:
        return item.totals
    if item.layout is None:
        return Totals()
    return totals_of(progress.last_slice(client_id, item.import_id), progress.tally(client_id, item.import_id))

"""When the whole file was read and the catalogue has answered for every batch, the report can be written.

Whoever finishes second asks: the reader after its last slice, or the counter after its last outcome. Each writes first and
looks then, so at least one of them sees everything; a report asked for twice is written once.
"""

from __future__ import annotations

from skuflow.kernel.tenancy import ClientId
from skuflow.sync.model import Import, all_applied
from skuflow.sync.progress_store import ProgressStore
from skuflow.sync.work import WorkQueue


def ask_for_report(client_id: ClientId, item: Import, *, progress: ProgressStore, reports: WorkQueue) -> None:
    """Ask for the report of `item` if everything it needs is there."""
    if item.status != "applying":
        return
    last = progress.last_slice(client_id, item.import_id)
    if all_applied(last, progress.tally(client_id, item.import_id)):
        reports.put(client_id, item.import_id)

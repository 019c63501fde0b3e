"""The end of an import: what became of every row, as a report and as a file to mend and upload again."""

from __future__ import annotations

from dataclasses import replace

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Conflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger, tell_apart
from skuflow.sync.bucket import ImportBucket, result_key
from skuflow.sync.import_store import ImportStore, change_import
from skuflow.sync.model import all_applied, completed, totals_of
from skuflow.sync.progress_store import ProgressStore
from skuflow.sync.reading.refusal import UploadRefused
from skuflow.sync.remarks import remarks
from skuflow.sync.repair_file import write_repair
from skuflow.sync.report_file import write_rows
from skuflow.sync.stored_plan import stored_plan


def write_report(
    client_id: ClientId,
    import_id: str,
    *,
    imports: ImportStore,
    progress: ProgressStore,
    bucket: ImportBucket,
    clock: Clock,
) -> None:
    """Write both files and complete the import. Does nothing for an import that is not ready for it, or is past it; repeated,
    it writes the same again."""
    item = imports.get(client_id, import_id)
    tell_apart(client_id=client_id, cause=item.cause)
    last, tally = progress.last_slice(client_id, import_id), progress.tally(client_id, import_id)
    if item.status != "applying" or not all_applied(last, tally):
        logger().info("no report to write", extra={"import_id": import_id, "status": item.status})
        return
    totals = totals_of(last, tally)
    rows = remarks(client_id, item, progress=progress, bucket=bucket)
    report, failed = write_rows(item, totals, rows, result_key(client_id, import_id, "report.json"), bucket=bucket)
    if failed:
        rows = remarks(client_id, item, progress=progress, bucket=bucket)
        key = result_key(client_id, import_id, "repair.csv")
        try:
            write_repair(item, stored_plan(item, bucket), failed, rows, key, bucket=bucket)
            report = replace(report, repair_key=key)
        except UploadRefused as gone:
            logger().warning(
                "no repair file: the upload has changed", extra={"import_id": import_id, "reason": gone.code}
            )
    try:
        change_import(client_id, import_id, lambda now: completed(now, totals, report, clock()), imports=imports)
    except Conflict:
        logger().info("somebody else ended the import", extra={"import_id": import_id})
    else:
        logger().info("import completed", extra={"import_id": import_id, "rows_rejected": len(failed)})

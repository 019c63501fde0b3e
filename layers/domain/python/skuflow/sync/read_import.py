"""Reading an import's file, slice by slice, for as long as one function run lasts; another run goes on from there.

Everything of a slice is written first, under names derived from its content; then one conditional write stores the slice, and
with it the checkpoint. A crash before that write repeats the slice with the same bytes, a crash after it begins with the next.
Of two workers on one import, the one that loses that write stops: the other is ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from skuflow.contracts.sync import BatchHeader
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Conflict, PermanentError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count_many, logger, tell_apart
from skuflow.sync.ask_for_report import ask_for_report
from skuflow.sync.batches import batches
from skuflow.sync.bucket import batch_key, rejects_key
from skuflow.sync.deps import ReadImportDeps
from skuflow.sync.import_store import change_import
from skuflow.sync.inspect_upload import inspect_upload
from skuflow.sync.model import BatchFile, Import, Refusal, Slice, moved, source_of, stopped
from skuflow.sync.reading.outcome import Chunk
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.reading import first_checkpoint, read_chunks
from skuflow.sync.report_rows import encoded, rows_of
from skuflow.sync.stored_plan import stored_plan

_REMEDY = "start a new import and upload the file again"
RESERVE_MS = 15_000
"""A run begins no slice with less time than this left; a slice takes a fraction of it."""


def read_import(client_id: ClientId, import_id: str, *, remaining_ms: Callable[[], int], using: ReadImportDeps) -> None:
    """Bring the import as far as time allows. Safe to repeat, and safe to run twice at once."""
    item = using.imports.get(client_id, import_id)
    tell_apart(client_id=client_id, cause=item.cause)
    if item.status == "inspecting":
        item = inspect_upload(
            client_id,
            item,
            imports=using.imports,
            mappings=using.mappings,
            bucket=using.bucket,
            limits=using.limits,
            accept_suggestion=False,
            clock=using.clock,
        )
    if item.status == "reading":
        item = _read(client_id, item, remaining_ms, using)
    ask_for_report(client_id, item, progress=using.progress, reports=using.reports)
    logger().info("import read on", extra={"import_id": import_id, "status": item.status})


def _read(client_id: ClientId, item: Import, remaining_ms: Callable[[], int], using: ReadImportDeps) -> Import:
    try:
        if not _read_on(client_id, item, remaining_ms, using):
            return item
        return change_import(
            client_id,
            item.import_id,
            lambda now: now if now.status == "applying" else moved(now, "applying", using.clock()),
            imports=using.imports,
        )
    except Conflict:
        return using.imports.get(client_id, item.import_id)
    except PermanentError as error:
        why = Refusal(error.code, error.detail, getattr(error, "remedy", _REMEDY))
        logger().error("the import failed", extra={"import_id": item.import_id, "reason": f"{why.code}: {why.detail}"})
        return _fail(client_id, item, why, using)


def _fail(client_id: ClientId, item: Import, why: Refusal, using: ReadImportDeps) -> Import:
    try:
        return change_import(
            client_id,
            item.import_id,
            lambda now: stopped(now, "failed", why, using.clock()),
            imports=using.imports,
        )
    except Conflict:
        return using.imports.get(client_id, item.import_id)


def _read_on(client_id: ClientId, item: Import, remaining_ms: Callable[[], int], using: ReadImportDeps) -> bool:
    """Whether the file is read to its end; False also when another worker is ahead or another run will go on."""
    last = using.progress.last_slice(client_id, item.import_id)
    if last is not None and last.done:
        return True
    plan = stored_plan(item, using.bucket)
    header = _header(client_id, item, plan)
    start = last.next if last is not None else first_checkpoint(plan)
    for chunk in read_chunks(using.bucket.upload(item), plan, start=start, limits=using.limits):
        last = _slice(header, item, chunk, last, using)
        try:
            using.progress.add_slice(client_id, item.import_id, last, item.cause)
        except VersionConflict:
            logger().info("another worker is ahead", extra={"import_id": item.import_id, "slice": last.number})
            return False
        count_many(RowsRead=chunk.next.rows - chunk.start.rows, RowsRejected=len(chunk.rejects))
        if last.done:
            return True
        if remaining_ms() < RESERVE_MS:
            using.work.put(client_id, item.import_id)
            return False
        if using.imports.get(client_id, item.import_id).status != "reading":
            return False
    raise PermanentError("the file ended before its last row was read")


def _header(client_id: ClientId, item: Import, plan: ReadingPlan) -> BatchHeader:
    return BatchHeader(
        schema_version=1,
        import_id=item.import_id,
        client_id=client_id,
        batch=0,
        source=source_of(plan.format),
        observed_at=iso(item.created_at),
        currency=plan.currency,
        product_fields=plan.product_fields,
        variant_fields=plan.variant_fields,
    )


def _slice(header: BatchHeader, item: Import, chunk: Chunk, last: Slice | None, using: ReadImportDeps) -> Slice:
    """Write all that `chunk` brings, but the slice itself."""
    client_id = ClientId(header.client_id)
    before = last.batches if last is not None else 0
    files = []
    for batch in batches(chunk.products, replace(header, batch=before + 1)):
        key = batch_key(client_id, item.import_id, batch.number, batch.content)
        using.bucket.put(key, batch.content, "application/x-ndjson")
        files.append(BatchFile(batch.number, key, batch.products))
    number = last.number + 1 if last is not None else 1
    return Slice(
        number=number,
        next=chunk.next,
        done=chunk.done,
        bucket=using.bucket.name,
        files=tuple(files),
        rejects_key=_keep_remarks(client_id, item, number, chunk, using),
        source=header.source,
        observed_at=item.created_at,
        read_at=using.clock(),
        batches=before + len(files),
        products=len(chunk.products) + (last.products if last is not None else 0),
        rejected=len(chunk.rejects) + (last.rejected if last is not None else 0),
        warnings=len({remark.line for remark in chunk.warnings}) + (last.warnings if last is not None else 0),
    )


def _keep_remarks(client_id: ClientId, item: Import, number: int, chunk: Chunk, using: ReadImportDeps) -> str | None:
    content = encoded(rows_of(chunk))
    if not content:
        return None
    key = rejects_key(client_id, item.import_id, number, content)
    using.bucket.put(key, content, "application/x-ndjson")
    return key

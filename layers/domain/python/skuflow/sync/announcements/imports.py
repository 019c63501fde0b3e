"""What imports and intakes of webhooks tell the others: batches to apply, products that are gone, how an import ended."""

from __future__ import annotations

from skuflow.contracts.sync import SOURCE, ImportCompleted, ImportFailed, ProductBatchReady, SourceProductsGone
from skuflow.kernel.clock import iso
from skuflow.platform.event_bus import Announcement, Image
from skuflow.platform.images import NOTHING, record, told
from skuflow.sync.model import Import, Refusal, Slice, Totals
from skuflow.sync.webhooks.intake import Intake

_FAILED = frozenset({"refused", "failed", "cancelled"})


def of_slice(old: Image | None, new: Image) -> Announcement:
    """A slice that was read, of a file or of a shop's catalogue, hands over its batches, once: slices do not change."""
    if old is not None:
        return NOTHING
    part = record(Slice, new)
    import_id = new["pk"]["S"].rpartition("#")[2]
    events = tuple(
        told(
            SOURCE,
            new,
            ProductBatchReady(
                import_id=import_id,
                batch=file.batch,
                bucket=part.bucket,
                key=file.key,
                products=file.products,
                source=part.source,
                observed_at=iso(part.observed_at),
            ),
            (import_id, str(file.batch)),
            part.read_at,
        )
        for file in part.files
    )
    return Announcement(import_id, events)


def of_intake(old: Image | None, new: Image) -> Announcement:
    """An intake hands over its batches and what was deleted, once: intakes do not change."""
    if old is not None:
        return NOTHING
    intake = record(Intake, new)
    handed_over = [
        told(
            SOURCE,
            new,
            ProductBatchReady(
                import_id=intake.intake_id,
                batch=file.batch,
                bucket=intake.bucket,
                key=file.key,
                products=file.products,
                source=intake.source,
                observed_at=iso(intake.observed_at),
            ),
            (intake.intake_id, str(file.batch)),
            intake.created_at,
        )
        for file in intake.files
    ]
    gone = [
        told(
            SOURCE,
            new,
            SourceProductsGone(intake.source, one.keys, iso(one.observed_at)),
            (intake.intake_id, str(number)),
            intake.created_at,
        )
        for number, one in enumerate(intake.gone)
    ]
    return Announcement(intake.intake_id, (*handed_over, *gone))


def of_import(old: Image | None, new: Image) -> Announcement:
    """An import that has ended says how."""
    item = record(Import, new)
    if old is not None and record(Import, old).status == item.status:
        return NOTHING
    payload: ImportCompleted | ImportFailed
    if item.status == "completed":
        payload = _completed(item)
    elif item.status in _FAILED:
        payload = _failed(item)
    else:
        return NOTHING
    return Announcement(item.import_id, (told(SOURCE, new, payload, (item.import_id,), item.updated_at),))


def _completed(item: Import) -> ImportCompleted:
    totals = item.totals or Totals()
    return ImportCompleted(
        import_id=item.import_id,
        file_name=item.file_name,
        rows=item.inspected().rows_total,
        products=totals.products,
        created=totals.created,
        updated=totals.updated,
        unchanged=totals.unchanged,
        rejected=totals.rejected,
    )


def _failed(item: Import) -> ImportFailed:
    why = item.refusal or Refusal(item.status, "", "")
    return ImportFailed(item.import_id, item.file_name, why.code, why.detail, why.remedy)

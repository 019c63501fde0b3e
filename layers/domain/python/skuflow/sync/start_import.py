"""The beginning of an import: a record that waits for its file, and a form that uploads it."""

from __future__ import annotations

from skuflow.kernel.clock import Clock
from skuflow.kernel.currency import minor_digits
from skuflow.kernel.errors import Conflict
from skuflow.kernel.events import Cause
from skuflow.kernel.ids import NewId
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.bucket import ImportBucket, UploadForm, upload_key
from skuflow.sync.import_store import ImportStore
from skuflow.sync.model import Import, safe_file_name, shown_status


def start_import(
    client_id: ClientId,
    *,
    file_name: str,
    currency: str,
    mapping: dict[str, str] | None,
    cause: Cause,
    imports: ImportStore,
    bucket: ImportBucket,
    max_bytes: int,
    new_id: NewId,
    clock: Clock,
) -> tuple[Import, UploadForm]:
    """`currency` is for prices that name none; Invalid if it is not one we know. `mapping` (field -> header), if given, is used
    instead of recognising the format."""
    minor_digits(currency)
    import_id, now = new_id("imp"), clock()
    item = Import(
        import_id=import_id,
        file_name=file_name,
        currency=currency,
        status="awaiting_upload",
        created_at=now,
        updated_at=now,
        upload_key=upload_key(client_id, import_id, safe_file_name(file_name)),
        cause=cause,
        mapping=mapping,
    )
    stored = imports.save(client_id, item)
    return stored, bucket.upload_form(stored.upload_key, max_bytes, now)


def renew_upload(
    client_id: ClientId, import_id: str, *, imports: ImportStore, bucket: ImportBucket, max_bytes: int, clock: Clock
) -> tuple[Import, UploadForm]:
    """A new form for an import that still waits. Raises Conflict if it does not."""
    item, now = imports.get(client_id, import_id), clock()
    if (status := shown_status(item, now)) != "awaiting_upload":
        raise Conflict(f"the import is {status} and takes no upload; start a new one")
    return item, bucket.upload_form(item.upload_key, max_bytes, now)

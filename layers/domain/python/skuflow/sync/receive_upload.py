"""A file has arrived in the bucket: find the import that waits for it, look at the file, decide."""

from __future__ import annotations

import re
from collections.abc import Callable

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import NotFound, VersionConflict
from skuflow.kernel.tenancy import ClientId, client_id
from skuflow.platform.observability import logger, tell_apart
from skuflow.sync.bucket import ImportBucket
from skuflow.sync.import_store import ImportStore
from skuflow.sync.inspect_upload import inspect_upload
from skuflow.sync.mapping_store import MappingStore
from skuflow.sync.model import Import, received
from skuflow.sync.reading.source import Limits
from skuflow.sync.work import WorkQueue

_KEY = re.compile(r"uploads/(cli_[0-9a-z]{8,40})/([A-Za-z0-9_]{1,64})/[^/]+")


def receive_upload(
    key: str,
    *,
    imports: ImportStore,
    mappings: MappingStore,
    bucket: ImportBucket,
    work: WorkQueue,
    accepts_suggestion: Callable[[ClientId], bool],
    limits: Limits,
    clock: Clock,
) -> None:
    """The object `key` was created. Anything but the first upload of an import that waits changes nothing; a repeated notice
    takes up the work where it was left."""
    owner, item = _addressee(key, imports)
    if owner is None or item is None:
        logger().warning("an upload that belongs to no import is ignored", extra={"key": key})
        return
    tell_apart(client_id=owner, cause=item.cause)
    if item.status == "awaiting_upload":
        item = _take(owner, item, imports=imports, bucket=bucket, clock=clock)
    if item.status == "inspecting":
        item = inspect_upload(
            owner,
            item,
            imports=imports,
            mappings=mappings,
            bucket=bucket,
            limits=limits,
            accept_suggestion=accepts_suggestion(owner),
            clock=clock,
        )
    if item.status == "reading":
        work.put(owner, item.import_id)
    logger().info("upload received", extra={"import_id": item.import_id, "status": item.status})


def _addressee(key: str, imports: ImportStore) -> tuple[ClientId | None, Import | None]:
    match = _KEY.fullmatch(key)
    if match is None:
        return None, None
    owner = client_id(match[1])
    try:
        item = imports.get(owner, match[2])
    except NotFound:
        return owner, None
    return owner, item if item.upload_key == key else None


def _take(owner: ClientId, item: Import, *, imports: ImportStore, bucket: ImportBucket, clock: Clock) -> Import:
    try:
        etag, size = bucket.stat(item.upload_key)
        return imports.save(owner, received(item, etag, size, clock()))
    except NotFound:
        logger().warning("the upload is gone before it was looked at", extra={"import_id": item.import_id})
        return item
    except VersionConflict:
        return imports.get(owner, item.import_id)

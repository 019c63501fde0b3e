"""Everything there is to say about an import's rows, in the order of the file: the reader's word and the catalogue's."""

from __future__ import annotations

from collections.abc import Iterator

from skuflow.kernel.tenancy import ClientId
from skuflow.sync.bucket import ImportBucket
from skuflow.sync.model import Import
from skuflow.sync.progress_store import ProgressStore
from skuflow.sync.report_rows import ReportRow, decoded, in_order, rows_from_catalogue


def remarks(client_id: ClientId, item: Import, *, progress: ProgressStore, bucket: ImportBucket) -> Iterator[ReportRow]:
    """One slice is held at a time. Slices follow each other in the file, so sorting within one sorts the whole. Raises NotFound
    when the remarks have expired."""
    headers = item.inspected().mapping
    from_catalogue = progress.rejections(client_id, item.import_id)
    waiting = next(from_catalogue, None)
    for part in progress.slices(client_id, item.import_id):
        rows = list(decoded(bucket.read(part.rejects_key))) if part.rejects_key else []
        while waiting is not None and waiting.batch <= part.batches:
            rows += rows_from_catalogue(waiting.rows, headers)
            waiting = next(from_catalogue, None)
        yield from sorted(rows, key=in_order)

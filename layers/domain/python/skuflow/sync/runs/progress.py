"""How far a run has come, and what there is to say about its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.bucket import ImportBucket
from skuflow.sync.model import Slice, Tally
from skuflow.sync.progress_store import ProgressStore
from skuflow.sync.report_rows import ReportRow, decoded, rows_from_catalogue
from skuflow.sync.runs.model import Run, RunTotals
from skuflow.sync.runs.totals import totals_of


@dataclass(frozen=True, slots=True)
class RunProgress:
    """`share` is 0 to 1: reading is one half, applying the other."""

    share: float
    totals: RunTotals


def progress_of(client_id: ClientId, run: Run, *, progress: ProgressStore) -> RunProgress:
    """Where `run` stands at this moment. Nothing is asked for where the run itself knows, or nothing was read yet."""
    if run.status == "completed":
        return RunProgress(1.0, run.totals)
    if not run.operation_id:
        return RunProgress(0.0, run.totals)
    last = progress.last_slice(client_id, run.run_id)
    tally = progress.tally(client_id, run.run_id)
    return RunProgress(_share(run, last, tally), totals_of(run, last, tally))


def _share(run: Run, last: Slice | None, tally: Tally) -> float:
    if last is None:
        return 0.0
    read = 1.0 if last.done or not run.objects else min(1.0, last.next.rows / run.objects)
    applied = 0.0 if not last.batches else min(1.0, tally.batches / last.batches)
    return round(read / 2 + (applied / 2 if last.done else 0), 4)


def shown_status(run: Run, current: str) -> str:
    """The status as callers see it. `current` is the run that its shop says is under way: another one that has not ended was cut
    short when the shop was disconnected."""
    return run.status if run.is_finished or run.run_id == current else "cancelled"


def remarks_on(
    client_id: ClientId, run: Run, limit: int, *, progress: ProgressStore, bucket: ImportBucket
) -> list[ReportRow]:
    """At most `limit` remarks on the run's lines: the reader's, which are kept for a week, then the catalogue's. A line is the
    result's for the one, the batch's for the other."""
    from_catalogue = (
        row for batch in progress.rejections(client_id, run.run_id) for row in rows_from_catalogue(batch.rows, {})
    )
    return list(islice(chain(_from_reader(client_id, run, progress, bucket), from_catalogue), limit))


def _from_reader(client_id: ClientId, run: Run, progress: ProgressStore, bucket: ImportBucket) -> Iterator[ReportRow]:
    for part in progress.slices(client_id, run.run_id):
        if part.rejects_key:
            try:
                yield from decoded(bucket.read(part.rejects_key))
            except NotFound:
                continue

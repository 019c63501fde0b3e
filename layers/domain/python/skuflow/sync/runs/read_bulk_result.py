"""Reading the result of a run's bulk operation, for as long as one function run lasts; another run goes on from there.

As with an import's file, one conditional write stores a slice and with it the checkpoint: a crash before it repeats the slice with
the same bytes, and of two workers the one that loses that write stops (see `read_slices`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from skuflow.kernel.currency import minor_digits
from skuflow.kernel.errors import Conflict, PermanentError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count_many, logger, tell_apart
from skuflow.sync.model import Slice
from skuflow.sync.runs.model import Failure, Run, Snapshot, read_to_end
from skuflow.sync.runs.read_slices import SliceReader
from skuflow.sync.runs.reading_state import RunFiles, orders_since
from skuflow.sync.runs.result_source import ResultSource
from skuflow.sync.runs.store import change_run

if TYPE_CHECKING:
    from skuflow.sync.deps import ReadBulkResultDeps
    from skuflow.sync.runs.heal_orders import OrderHealing

RESERVE_MS = 20_000
"""A run begins no slice with less time than this left; a slice takes a fraction of it."""
_REMEDY = "nothing to do: the whole is asked for again after a pause"


def read_bulk_result(
    client_id: ClientId, run_id: str, *, remaining_ms: Callable[[], int], using: ReadBulkResultDeps
) -> None:
    """Bring the reading as far as time allows. Safe to repeat, and safe to run twice at once. Raises NotFound if the client has no
    such run, TransientError if it should be tried again."""
    run = using.runs.get(client_id, run_id)
    tell_apart(client_id=client_id, cause=run.cause)
    run = using.ends.unless_disconnected(client_id, run)
    if run.status == "reading":
        run = _read(client_id, run, remaining_ms, using)
    if run.status == "applying":
        run = using.ends.complete_if_done(client_id, run)
    logger().info("result read on", extra={"run_id": run_id, "status": run.status})


def _read(client_id: ClientId, run: Run, remaining_ms: Callable[[], int], using: ReadBulkResultDeps) -> Run:
    files = RunFiles(using.bucket, client_id, run.run_id)
    try:
        minor_digits(run.currency)
        last = _read_on(client_id, run, files, remaining_ms, using)
        return _read_to_end(client_id, run, files, last, using) if last is not None else run
    except Conflict:
        return using.runs.get(client_id, run.run_id)
    except PermanentError as error:
        why = Failure(error.code, error.detail, str(getattr(error, "remedy", _REMEDY)))
        return using.ends.fail(client_id, run, why)


def _read_on(
    client_id: ClientId, run: Run, files: RunFiles, remaining_ms: Callable[[], int], using: ReadBulkResultDeps
) -> Slice | None:
    """The last slice, if the result is read to its end; None also when another worker is ahead or another run will go on."""
    last = using.progress.last_slice(client_id, run.run_id)
    if last is not None and last.done:
        return last
    for part in _reader(client_id, run, files, last, using).slices(last):
        try:
            using.progress.add_slice(client_id, run.run_id, part, run.cause)
        except VersionConflict:
            logger().info("another worker is ahead", extra={"run_id": run.run_id, "slice": part.number})
            return None
        _measure(part, last)
        last = part
        if part.done:
            return part
        if remaining_ms() < RESERVE_MS:
            using.work.put(client_id, run.run_id)
            return None
        if using.ends.unless_disconnected(client_id, using.runs.get(client_id, run.run_id)).status != "reading":
            return None
    raise PermanentError("the result ended before its last line was read")


def _read_to_end(client_id: ClientId, run: Run, files: RunFiles, last: Slice, using: ReadBulkResultDeps) -> Run:
    """Everything is handed over: say what there was, unless lines were lost or the result is but a part; then nothing may be
    concluded from what is missing."""
    state = files.state(last.state_key)
    snapshot = None
    if state.is_whole and not run.partial:
        keys = sorted(key for name in state.keys for key in files.bucket.read(name).split())
        content = b"".join(b"%b\n" % key for key in keys)
        snapshot = Snapshot(files.bucket.name, files.put("products", "txt", content), len(keys))

    def ended(now: Run) -> Run:
        return now if now.status == "applying" else read_to_end(now, state.totals, snapshot, using.clock())

    return change_run(client_id, run.run_id, ended, runs=using.runs)


def _reader(
    client_id: ClientId, run: Run, files: RunFiles, last: Slice | None, using: ReadBulkResultDeps
) -> SliceReader:
    credential = f"{client_id}#{run.shop}"
    source = ResultSource(using.outbound, run.url, credential, lambda: _another_url(client_id, run, using))
    since = orders_since(using.ends.shops.get(client_id, run.shop)) if last is None and run.kind != "first" else ""
    return SliceReader(run, files, source, lambda: _healing(client_id, run, using), since, using.sizes, using.clock)


def _healing(client_id: ClientId, run: Run, using: ReadBulkResultDeps) -> OrderHealing:
    from skuflow.sync.runs.heal_orders import OrderHealing

    return OrderHealing(client_id, run.shop, run.cause, using.admin, using.orders, using.clock)


def _another_url(client_id: ClientId, run: Run, using: ReadBulkResultDeps) -> str:
    from skuflow.sync.runs.result_url import result_url

    return result_url(client_id, run, using.admin())


def _measure(part: Slice, before: Slice | None) -> None:
    lines, rejected = (before.next.rows, before.rejected) if before is not None else (0, 0)
    count_many(LinesRead=part.next.rows - lines, LinesRejected=part.rejected - rejected)

"""The beginning of a run: it and its shop's word that it is under way are one write."""

from __future__ import annotations

from dataclasses import replace

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Conflict, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.ids import NewId
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.runs.model import Run, RunKind
from skuflow.sync.runs.store import RunStore
from skuflow.sync.shops.model import Shop


def begin_run(
    client_id: ClientId,
    item: Shop,
    kind: RunKind,
    *,
    cause: Cause | None,
    runs: RunStore,
    new_id: NewId,
    clock: Clock,
) -> tuple[Run, Shop]:
    """A new run of `item`, due at once. `cause` None: the schedule's, which begins a story of its own. Raises Conflict if the shop
    is not connected or has a run under way, VersionConflict if it has changed since it was read."""
    if not item.is_connected:
        raise Conflict(f"{item.shop} is {item.status}: connect it first")
    if item.run_id:
        raise Conflict(f"{item.run_id} is under way; wait for its end")
    run_id, now = new_id("run"), clock()
    run = Run(
        run_id=run_id,
        shop=item.shop,
        kind=kind,
        status="starting",
        created_at=now,
        updated_at=now,
        cause=cause or Cause(run_id),
        currency=item.currency,
    )
    return runs.save_with_shop(client_id, run, replace(item, run_id=run_id, due_at=now, next_run_at=None))


def start_run(client_id: ClientId, item: Shop, *, cause: Cause, runs: RunStore, new_id: NewId, clock: Clock) -> Run:
    """A run that somebody has asked for. Raises Conflict that says why there cannot be one now."""
    try:
        return begin_run(client_id, item, "manual", cause=cause, runs=runs, new_id=new_id, clock=clock)[0]
    except VersionConflict:
        raise Conflict(f"{item.shop} is being worked on; look at its status and try again") from None

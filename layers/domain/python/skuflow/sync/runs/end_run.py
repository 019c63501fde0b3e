"""The end of a run: it and what its shop keeps of it are one write.

A run is complete when it was read to its end, the catalogue has answered for every batch, and has compared its own list with
the snapshot. Whoever finishes last completes it: the reader, the counter of outcomes, or the schedule that looks after all of
them. Each writes first and looks then, so that at least one of them sees everything; it ends once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count, logger
from skuflow.platform.rows import ATTEMPTS
from skuflow.sync.model import all_applied
from skuflow.sync.progress_store import ProgressStore
from skuflow.sync.runs.model import Failure, Run, completed, stopped
from skuflow.sync.runs.schedule import next_night, pause_after
from skuflow.sync.runs.store import RunStore
from skuflow.sync.runs.totals import is_compared, totals_of
from skuflow.sync.shops.model import Shop, Trouble
from skuflow.sync.shops.store import ShopStore

PARTIAL = Failure(
    "partial_result",
    "Shopify read only a part of the catalogue; that part was taken",
    "nothing to do: the whole is asked for again",
)

DISCONNECTED = Failure("disconnected", "the shop is no longer connected", "connect the shop again")


@dataclass(frozen=True, slots=True)
class RunEnds:
    """What ending a run takes."""

    runs: RunStore
    shops: ShopStore
    progress: ProgressStore
    clock: Clock

    def complete_if_done(self, client_id: ClientId, run: Run) -> Run:
        """`run`, completed if everything is there; as it is otherwise. To be read after the caller's own write: of two who finish
        at once, the later one must see what both wrote."""
        if run.status != "applying" or not is_compared(run):
            return run
        last = self.progress.last_slice(client_id, run.run_id)
        tally = self.progress.tally(client_id, run.run_id)
        if not all_applied(last, tally):
            return run
        totals = totals_of(run, last, tally)
        now = self.clock()
        return self._ended(client_id, run, lambda item: completed(item, totals, now), PARTIAL if run.partial else None)

    def fail(self, client_id: ClientId, run: Run, why: Failure) -> Run:
        """`run`, failed for `why`, unless it has ended before. Its shop is tried again after a pause that grows."""
        now = self.clock()
        return self._ended(client_id, run, lambda item: stopped(item, "failed", why, now), why)

    def unless_disconnected(self, client_id: ClientId, run: Run) -> Run:
        """`run`, cancelled if its shop is no longer connected; as it is otherwise. For whoever is about to go on with it."""
        if run.is_finished or self.shops.get(client_id, run.shop).is_connected:
            return run
        return self.cancel(client_id, run, DISCONNECTED)

    def cancel(self, client_id: ClientId, run: Run, why: Failure) -> Run:
        """`run`, cancelled, unless it has ended before: its shop is connected no longer."""
        now = self.clock()
        return self._ended(client_id, run, lambda item: stopped(item, "cancelled", why, now), why)

    def _ended(self, client_id: ClientId, run: Run, end: Callable[[Run], Run], why: Failure | None) -> Run:
        """`why`: what is wrong all the same. Raises TransientError when others are always faster."""
        for _ in range(ATTEMPTS):
            item = self.runs.get(client_id, run.run_id)
            if item.is_finished:
                return item
            try:
                stored = self._written(client_id, end(item), why)
            except VersionConflict:
                continue
            _measure(stored)
            return stored
        raise TransientError(f"the run {run.run_id} is being changed by others; try again")

    def _written(self, client_id: ClientId, run: Run, why: Failure | None) -> Run:
        """`run`, which has ended, and its shop, unless that has gone on without it."""
        shop, now = self.shops.get(client_id, run.shop), self.clock()
        if shop.run_id != run.run_id:
            return self.runs.save(client_id, run)
        kept = after_failure(client_id, shop, why, now) if why is not None else after_success(client_id, shop, now)
        stored, _ = self.runs.save_with_shop(client_id, replace(run, next_run_at=kept.next_run_at), kept)
        if kept.trouble is not None:
            self.shops.add_trouble(client_id, run.shop, kept.trouble)
        return stored


def _measure(run: Run) -> None:
    count(f"ShopSyncs{run.status.capitalize()}")
    why = f"{run.failure.code}: {run.failure.detail}" if run.failure is not None else ""
    say = logger().error if run.status == "failed" else logger().info
    say("run ended", extra={"run_id": run.run_id, "status": run.status, "reason": why})


def after_success(client_id: ClientId, shop: Shop, now: datetime) -> Shop:
    """`shop` once its run is complete: due again in the night."""
    night = next_night(client_id, shop.shop, shop.time_zone, now)
    return replace(
        shop,
        updated_at=now,
        run_id="",
        last_run_id=shop.run_id,
        last_success_at=now,
        failures=0,
        trouble=None,
        next_run_at=night,
        due_at=night,
    )


def after_failure(client_id: ClientId, shop: Shop, why: Failure, now: datetime) -> Shop:
    """`shop` once its run has failed: due again after a pause, unless it is not connected."""
    failures = shop.failures + 1
    again = now + pause_after(client_id, shop.shop, failures) if shop.is_connected else None
    return replace(
        shop,
        updated_at=now,
        run_id="",
        last_run_id=shop.run_id or shop.last_run_id,
        failures=failures,
        trouble=Trouble(why.code, why.detail, why.remedy, now),
        next_run_at=again,
        due_at=again,
    )

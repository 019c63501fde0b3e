"""A run, one step on: set its shop up, ask for the operation, look at it, hand it to the reader, see whether it is all done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from skuflow.kernel.clock import Clock
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger
from skuflow.sync.runs.bulk_operation import ASKING, OperationEnded, ask_for_operation, look_at_operation
from skuflow.sync.runs.end_run import RunEnds
from skuflow.sync.runs.model import Failure, Run, RunStatus
from skuflow.sync.runs.schedule import poll_after
from skuflow.sync.runs.set_up_shop import set_up_shop
from skuflow.sync.runs.work import RunWork
from skuflow.sync.shopify.admin import Questions

READER_QUIET = timedelta(minutes=10)
"""A reader that has brought nothing for so long is asked again: its message may be lost. Two of them do no harm."""

BUSY_PAUSE = timedelta(minutes=5)

PATIENCE: dict[RunStatus, timedelta] = {
    "starting": timedelta(hours=24),
    "running": timedelta(days=10, hours=1),
    "reading": timedelta(hours=24),
    "applying": timedelta(hours=24),
}
"""How long a run may stay where it is. Shopify itself gives an operation ten days."""

_REMEDY = "nothing to do: it is tried again after a pause; if it happens again, tell the operator"


@dataclass(frozen=True, slots=True)
class Advance:
    """What bringing a run on takes. `webhooks_url` is where shops send their webhooks."""

    ends: RunEnds
    admin: Questions
    bulk: RunWork
    webhooks_url: str
    clock: Clock

    def step(self, client_id: ClientId, run: Run) -> tuple[Run, datetime | None]:
        """`run` as it is after the step, and when to look at it again (None: it has ended). Raises VersionConflict if another
        worker was faster, and as `ShopifyAdmin.query` does; a PermanentError means that the run cannot go on."""
        now = self.clock()
        if now - run.updated_at > PATIENCE.get(run.status, timedelta.max):
            return self.ends.fail(client_id, run, _stuck(run)), None
        try:
            if run.status == "starting":
                run = self._start(client_id, run)
            elif run.status == "running":
                run = self._look(client_id, run)
        except OperationEnded as ended:
            return self.ends.fail(client_id, run, ended.why), None
        if run.status == "reading":
            self._see_to_reader(client_id, run)
        if run.status == "applying":
            run = self.ends.complete_if_done(client_id, run)
        return run, self._again(run)

    def _start(self, client_id: ClientId, run: Run) -> Run:
        """Everything that a shop must have before its operation is asked for is seen to first, each time anew."""
        shops, runs = self.ends.shops, self.ends.runs
        if run.asked_at is None:
            item = set_up_shop(
                client_id,
                run.shop,
                admin=self.admin,
                shops=shops,
                callback=self.webhooks_url,
                clock=self.clock,
            )
        else:
            item = shops.get(client_id, run.shop)
        return ask_for_operation(client_id, run, item.currency, admin=self.admin, runs=runs, clock=self.clock)

    def _look(self, client_id: ClientId, run: Run) -> Run:
        looked = look_at_operation(client_id, run, admin=self.admin, runs=self.ends.runs, clock=self.clock)
        if looked.status == "reading":
            self.bulk.put(client_id, run.run_id)
        return looked

    def _see_to_reader(self, client_id: ClientId, run: Run) -> None:
        last = self.ends.progress.last_slice(client_id, run.run_id)
        heard = max(run.updated_at, last.read_at) if last is not None else run.updated_at
        if self.clock() - heard > READER_QUIET:
            logger().warning("the reader is quiet; it is asked again", extra={"run_id": run.run_id})
            self.bulk.put(client_id, run.run_id)

    def _again(self, run: Run) -> datetime | None:
        now = self.clock()
        if run.is_finished:
            return None
        if run.status == "starting":
            return run.asked_at + ASKING if run.asked_at is not None else now + BUSY_PAUSE
        return now + poll_after(run.updated_at, now)


def _stuck(run: Run) -> Failure:
    return Failure("run_stuck", f"the run has been {run.status} for too long", _REMEDY)

"""One step with one shop: begin its run, see how it fares, find out when to look again.

A worker takes a shop up by moving its `due_at` a lease ahead, under the version that it read: of two, one gets it. If it dies,
the shop is due again when the lease ends. Whatever it does is conditional on what it read, so that another worker with a lease of
its own, or a webhook in between, meets nothing half done.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from skuflow.kernel.errors import Misconfigured, PermanentError, Throttled, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger, tell_apart
from skuflow.sync.deps import SyncShopDeps
from skuflow.sync.runs.begin_run import begin_run
from skuflow.sync.runs.end_run import after_failure
from skuflow.sync.runs.model import Failure, Run, RunKind
from skuflow.sync.runs.schedule import retry_after
from skuflow.sync.shops.errors import NeedsReauth
from skuflow.sync.shops.model import Shop, Trouble
from skuflow.sync.shops.store import change_shop

LEASE = timedelta(minutes=5)
"""How long a shop that was taken up is left to its worker: several times what one step may take."""

SOON = timedelta(minutes=2)
"""What is due within this is not left to the schedule, which looks once a minute."""

PASSING = frozenset({"provider_failed", "circuit_open", "throttled", "unavailable"})
"""Codes of troubles that go by themselves."""

_AFTER_A_RACE = timedelta(seconds=10)
_WAIT = "nothing to do: it is tried again by itself"
_MISCONFIGURED = Failure("misconfigured", "we are not set up to talk to Shopify", "tell the operator")


def sync_shop(client_id: ClientId, shop: str, *, using: SyncShopDeps) -> None:
    """Bring `shop` one step on, if it is due. Safe to repeat, and safe to run twice at once. Raises NotFound if the client has no
    such shop, and Throttled that says when its time will come; every other trouble is the shop's, and stands there."""
    item = using.shops.get(client_id, shop)
    tell_apart(client_id=client_id, cause=item.cause)
    now = using.clock()
    if item.due_at is None or item.due_at > now or not item.is_connected:
        logger().info("not due", extra={"shop": shop, "status": item.status})
        return
    try:
        item = using.shops.save(client_id, replace(item, due_at=now + LEASE))
    except VersionConflict:
        logger().info("another worker has taken the shop up", extra={"shop": shop})
        return
    run: Run | None = None
    try:
        run = _run_of(client_id, item, using)
        _step(client_id, item, run, using)
    except VersionConflict:
        _due_again(client_id, item, using.clock() + _AFTER_A_RACE, using)
    except NeedsReauth as error:
        _given_up(client_id, item, run, Failure(error.code, error.detail, "connect the shop again"), using)
    except Throttled as error:
        _delayed(client_id, item, error, using.clock() + timedelta(seconds=error.retry_after), using)
        raise
    except TransientError as error:
        logger().warning("the shop is tried again later", extra={"shop": shop, "reason": error.detail})
        _delayed(client_id, item, error, None, using)
    except PermanentError as error:
        _failed(client_id, item, run, _failure(error), using)


def _step(client_id: ClientId, item: Shop, run: Run | None, using: SyncShopDeps) -> None:
    if run is None:
        _due_again(client_id, item, item.next_run_at, using)
        return
    run, again = using.advance.step(client_id, run)
    logger().info("run brought on", extra={"shop": item.shop, "run_id": run.run_id, "status": run.status})
    if again is not None:
        _due_again(client_id, item, again, using)


def _run_of(client_id: ClientId, item: Shop, using: SyncShopDeps) -> Run | None:
    """The run that is under way; a new one if its time has come, or the shop was connected (again) and has to be set up; None
    before that."""
    if item.run_id:
        return using.runs.get(client_id, item.run_id)
    waits = item.next_run_at is not None and item.next_run_at > using.clock()
    if waits and item.set_up_at is not None:
        return None
    kind: RunKind = "reconciliation" if item.last_success_at is not None else "first"
    run, _ = begin_run(client_id, item, kind, cause=None, runs=using.runs, new_id=using.new_id, clock=using.clock)
    return run


def _due_again(client_id: ClientId, item: Shop, at: datetime | None, using: SyncShopDeps) -> None:
    """Have the shop looked at again `at`, unless somebody else has said when since `item` was taken up."""

    def due(found: Shop) -> Shop:
        if not found.is_connected or at is None:
            return found
        settled = None if found.trouble is not None and found.trouble.code in PASSING else found.trouble
        untouched = found.due_at == item.due_at or found.run_id != item.run_id
        return replace(found, due_at=at if untouched else found.due_at, trouble=settled)

    _ask_soon(client_id, change_shop(client_id, item.shop, due, shops=using.shops), using)


def _ask_soon(client_id: ClientId, item: Shop, using: SyncShopDeps) -> None:
    if item.due_at is None:
        return
    wait = item.due_at - using.clock()
    if wait <= SOON:
        using.work.put(client_id, item.shop, delay=max(0, -(-wait // timedelta(seconds=1))))


def _delayed(client_id: ClientId, item: Shop, error: TransientError, at: datetime | None, using: SyncShopDeps) -> None:
    """Nothing was lost and nothing has failed: it is tried again `at`, or the later the longer the trouble lasts."""
    now = using.clock()

    def waiting(found: Shop) -> Shop:
        if not found.is_connected:
            return found
        before = found.trouble
        since = before.at if before is not None and before.code in PASSING else now
        trouble = Trouble(error.code, error.detail, _WAIT, since)
        return replace(found, due_at=at or now + retry_after(since, now), trouble=trouble)

    found = change_shop(client_id, item.shop, waiting, shops=using.shops)
    if found.trouble is not None and found.trouble.at == now:
        using.shops.add_trouble(client_id, item.shop, found.trouble)


def _given_up(client_id: ClientId, item: Shop, run: Run | None, why: Failure, using: SyncShopDeps) -> None:
    """The shop is connected no longer, and says so itself; what remains to be ended is the run."""
    logger().warning("the shop is no longer connected", extra={"shop": item.shop, "reason": why.code})
    if run is not None:
        using.advance.ends.cancel(client_id, run, why)


def _failed(client_id: ClientId, item: Shop, run: Run | None, why: Failure, using: SyncShopDeps) -> None:
    """The run has failed; a shop whose run is not to be found is left alone for a while all the same."""
    if run is not None:
        using.advance.ends.fail(client_id, run, why)
        return
    logger().error("the shop failed", extra={"shop": item.shop, "reason": f"{why.code}: {why.detail}"})
    now = using.clock()
    change_shop(client_id, item.shop, lambda found: after_failure(client_id, found, why, now), shops=using.shops)


def _failure(error: PermanentError) -> Failure:
    if isinstance(error, Misconfigured):
        logger().error("this stage is not set up to talk to Shopify", extra={"reason": error.detail})
        return _MISCONFIGURED
    remedy = getattr(error, "remedy", "") or "; ".join(fault.remedy for fault in error.problems if fault.remedy)
    return Failure(error.code, error.detail, remedy or "tell the operator")

"""Ask for a billing run of a client's own subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from skuflow.billing.runs.model import Run, check_moment
from skuflow.billing.runs.prepare_bill import is_due
from skuflow.billing.runs.read_known import KnownReader
from skuflow.billing.runs.run_store import DynamoRuns
from skuflow.billing.runs.work import RunToPlan, WorkQueue
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.clock import Clock, iso
from skuflow.kernel.errors import Conflict, Invalid, Problem
from skuflow.kernel.events import Cause
from skuflow.kernel.ids import NewId
from skuflow.kernel.tenancy import ClientId


@dataclass(frozen=True, slots=True)
class Starting:
    """What it is done with. `planning` is the planner's queue."""

    runs: DynamoRuns
    known: KnownReader
    planning: WorkQueue
    new_id: NewId
    clock: Clock


def start_run(
    client_id: ClientId, as_of: datetime | None, only: Sequence[str], *, cause: Cause, using: Starting
) -> Run:
    """The run that bills what is due at `as_of` (None: now) of all subscriptions, or of those in `only`. Raises Invalid for a
    moment to come or a subscription that does not exist, Conflict for one whose period is billed already."""
    now = using.clock()
    moment = as_of if as_of is not None else now
    check_moment(moment, now)
    for item in named(client_id, only, using.known):
        if not is_due(item, moment):
            raise Conflict(why_not_due(item))
    run = using.runs.save(
        client_id,
        Run(
            run_id=using.new_id("run"),
            kind="requested",
            status="planning",
            as_of=moment,
            created_at=now,
            updated_at=now,
            cause=cause,
            only=tuple(dict.fromkeys(only)),
        ),
    )
    using.planning.put(RunToPlan(client_id, run.run_id))
    return run


def named(client_id: ClientId, only: Sequence[str], known: KnownReader) -> list[Subscription]:
    """The subscriptions in `only`. Raises Invalid that names each one that does not exist."""
    items = known.subscriptions(client_id, dict.fromkeys(only)) if only else []
    there = {item.subscription_id for item in items}
    faults = [
        Problem(f"subscription_ids[{at}]", "names no subscription", "take one of GET /v1/subscriptions")
        for at, one in enumerate(only)
        if one not in there
    ]
    if faults:
        raise Invalid("a subscription does not exist", problems=faults)
    return items


def why_not_due(item: Subscription) -> str:
    """Why nothing of `item` can be billed, for people."""
    if item.next_due_at is None:
        return f"everything of {item.subscription_id} has been billed; it ended"
    until = f"; its next invoice is due at {iso(item.next_due_at)}"
    return f"the period of {item.subscription_id} has been billed already{until}"

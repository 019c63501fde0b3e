"""Plan billing runs: find what is due, store it as the run's list, hand its batches out.

Nothing is handed out before the list is stored and the run names it. So a planner that dies is followed by one that hands out the
same batches again, and of two planners one wins and both hand out the same. A batch too many does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from skuflow.billing.due import SHARDS
from skuflow.billing.runs.due_store import DueIndex
from skuflow.billing.runs.model import PER_BATCH, Run, given_up, is_over, planned
from skuflow.billing.runs.run_store import DynamoRuns
from skuflow.billing.runs.work import Batch, Drafts, DuePage, RunToPlan, WorkQueue, in_parts
from skuflow.kernel.clock import Clock, iso
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId

MOST_DUE = 150_000
"""Due things that one planner holds in memory; the rest is planned by the next message, as runs of their own."""
HANDED_OUT_AT_ONCE = 100
"""Batches between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Planning:
    """What it is done with. `own` is the planner's own queue. `has_time` says whether enough is left to begin something."""

    due: DueIndex
    runs: DynamoRuns
    own: WorkQueue
    billing: WorkQueue
    numbering: WorkQueue
    clock: Clock
    has_time: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Due:
    """What is due of one client, in the order of the index."""

    subscriptions: list[str]
    invoices: list[str]
    runs: list[str]


def plan_due(page: DuePage, *, using: Planning) -> int:
    """Plan a run for each client that has subscriptions due, from `page` on, and see to what was left undone; returns how many runs
    were planned. When time runs out, the same page is put back: what is planned is not planned again."""
    due, following = _read(page, using)
    if following is not None:
        using.own.put(following)
    begun: list[RunToPlan] = []
    count = 0
    for client_id, things in due.items():
        if not using.has_time():
            using.own.put(page)
            return count
        using.numbering.put_all([Drafts(client_id, part) for part in in_parts(things.invoices, PER_BATCH)])
        using.own.put_all([RunToPlan(client_id, run_id) for run_id in things.runs])
        if not things.subscriptions:
            continue
        run_id = _run_id(client_id, page)
        if using.runs.find(client_id, run_id) is not None:
            begun.append(RunToPlan(client_id, run_id))
            continue
        _plan_scheduled(client_id, run_id, things.subscriptions, page.as_of, using=using)
        count += 1
    using.own.put_all(begun)
    return count


def plan_run(work: RunToPlan, *, using: Planning) -> None:
    """Plan a run that was asked for, if it has no list yet, and hand out its batches from `work.batch` on, as far as they are not
    counted. A run that did not end for days is ended: what it left is due for the others. Raises NotFound, TransientError."""
    run, progress, counted = using.runs.state(work.client_id, work.run_id)
    if run.status == "planning":
        wanted = run.only or _due_of(work.client_id, run, using)
        run = _with_list(work.client_id, run, wanted, using)
    if run.status == "billing" and is_over(run, using.clock()):
        with suppress(VersionConflict):
            using.runs.save(work.client_id, given_up(run, progress, using.clock()))
    elif run.status == "billing":
        _hand_out(work.client_id, run, work.batch, counted, using)


def _read(page: DuePage, using: Planning) -> tuple[dict[ClientId, Due], DuePage | None]:
    """What is due by client, and where the next planner begins if that is more than one can hold."""
    found: dict[ClientId, Due] = {}
    shard, after, held = page.shard, page.after, 0
    while shard < SHARDS:
        if held >= MOST_DUE:
            return found, DuePage(page.as_of, shard, after)
        part = using.due.page(shard, page.as_of, after)
        held += len(part.things)
        for client_id, name in part.things:
            _sorted_in(found.setdefault(client_id, Due([], [], [])), name)
        shard, after = (shard, part.after) if part.after else (shard + 1, "")
    return found, None


def _sorted_in(due: Due, name: str) -> None:
    kind = name.partition("_")[0]
    target = {"inv": due.invoices, "run": due.runs}.get(kind, due.subscriptions)
    target.append(name)


def _due_of(client_id: ClientId, run: Run, using: Planning) -> Sequence[str]:
    """The client's own, wherever they stand among those of all clients."""
    own = Due([], [], [])
    for shard in range(SHARDS):
        after: str | None = ""
        while after is not None:
            part = using.due.page(shard, run.as_of, after)
            for owner, name in part.things:
                if owner == client_id:
                    _sorted_in(own, name)
            after = part.after or None
    return own.subscriptions


def _run_id(client_id: ClientId, page: DuePage) -> str:
    """Of this client and hour; and of this page, where one planner does not hold everything."""
    return derived_id("run", client_id, "scheduled", iso(page.as_of), f"{page.shard}#{page.after}")


def _plan_scheduled(
    client_id: ClientId, run_id: str, subscription_ids: Sequence[str], as_of: datetime, *, using: Planning
) -> None:
    now = using.clock()
    run = Run(
        run_id=run_id,
        kind="scheduled",
        status="planning",
        as_of=as_of,
        created_at=now,
        updated_at=now,
        cause=Cause(run_id),
    )
    run = _with_list(client_id, run, subscription_ids, using)
    if run.status == "billing":
        _hand_out(client_id, run, 0, frozenset(), using)


def _with_list(client_id: ClientId, run: Run, subscription_ids: Sequence[str], using: Planning) -> Run:
    """`run` with its list stored; if somebody else was faster, as they stored it."""
    name = derived_id("lst", *subscription_ids)
    using.runs.keep_list(client_id, run, name, subscription_ids)
    batches = -(-len(subscription_ids) // PER_BATCH)
    try:
        return using.runs.save(client_id, planned(run, name, len(subscription_ids), batches, using.clock()))
    except VersionConflict:
        return using.runs.get(client_id, run.run_id)


def _hand_out(client_id: ClientId, run: Run, first: int, counted: Iterable[int], using: Planning) -> None:
    """Batches into the queue, a hundred at a time; when time runs out, the rest is left to another message."""
    done = frozenset(counted)
    waiting: list[Batch] = []
    for number, ids in using.runs.batches(client_id, run, first):
        if number not in done:
            waiting.append(Batch(client_id, run.run_id, number, run.as_of, ids))
        if len(waiting) >= HANDED_OUT_AT_ONCE:
            using.billing.put_all(waiting)
            waiting = []
            if not using.has_time():
                using.own.put(RunToPlan(client_id, run.run_id, number + 1))
                return
    using.billing.put_all(waiting)

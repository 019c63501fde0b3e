"""A billing run of one client: what it is to do, and how far it has come. Pure.

    planning ──> billing ──> completed

A run bills all that is due at `as_of`: who is several periods behind gets an invoice for each. The schedule makes one per client
and hour, others are requested. What a worker that dies leaves undone makes the run due again, like a subscription, and the
planner sees to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from skuflow.kernel.errors import Invalid, Problem
from skuflow.kernel.events import Cause

RunKind = Literal["scheduled", "requested"]
RunStatus = Literal["planning", "billing", "completed"]

PER_BATCH = 25
"""Subscriptions of one message."""
STUCK_AFTER = timedelta(minutes=30)
"""A run on which nothing happened for that long is looked after."""
GIVEN_UP_AFTER = timedelta(days=2)
"""A run that is so old and has not ended never will: each look at it costs, and all that it left is due for younger ones."""
MOST_NAMED = 100
"""Subscriptions that a request can name."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Sums over the batches done so far: `invoices` written (several for a subscription that is behind), subscriptions
    `without_invoice` (nothing to bill, or not due any more), and `failed` ones, which stay due."""

    batches: int = 0
    invoices: int = 0
    without_invoice: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`only`: the subscriptions that were asked for; none: all that are due. `plan` names the stored list of what is to be billed,
    once there is one, with its `subscriptions` and `batches`. `version` counts writes."""

    run_id: str
    kind: RunKind
    status: RunStatus
    as_of: datetime
    created_at: datetime
    updated_at: datetime
    cause: Cause
    only: tuple[str, ...] = ()
    plan: str = ""
    subscriptions: int = 0
    batches: int = 0
    progress: Progress = Progress()
    completed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A subscription that a run could not bill, and why."""

    subscription_id: str
    code: str
    detail: str
    at: datetime


def planned(run: Run, plan: str, subscriptions: int, batches: int, now: datetime) -> Run:
    """`run` with a list of what is to be billed; completed at once if that is nothing."""
    billing = replace(run, status="billing", plan=plan, subscriptions=subscriptions, batches=batches, updated_at=now)
    return advanced(billing, Progress(), now)


def advanced(run: Run, progress: Progress, now: datetime) -> Run:
    """`run` with `progress`, completed if no batch is left; the very `run` if that says nothing that is worth telling: each
    hundredth of the way is."""
    if run.status == "completed":
        return run
    if progress.batches >= run.batches:
        return replace(run, status="completed", progress=progress, updated_at=now, completed_at=now)
    told = 100 * run.progress.batches // run.batches
    if 100 * progress.batches // run.batches > told:
        return replace(run, progress=progress, updated_at=now)
    return run


def is_over(run: Run, now: datetime) -> bool:
    """Whether nobody need look after `run` any more."""
    return now - run.created_at >= GIVEN_UP_AFTER


def given_up(run: Run, progress: Progress, now: datetime) -> Run:
    """`run` ended with `progress`, which is less than it was to do."""
    return replace(run, status="completed", progress=progress, updated_at=now, completed_at=now)


def check_moment(as_of: datetime, now: datetime) -> None:
    """Raises Invalid if a real run were to bill what is not due yet."""
    if as_of > now:
        fault = Problem("as_of", "lies in the future", "leave it out, or ask for a dry run")
        raise Invalid("only a dry run can look into the future", problems=[fault])

"""A run: one reading of a shop's catalogue by bulk operation. Pure rules; what is stored is what stands here.

starting ──> running ──> reading ──> applying ──> completed
    └───────────┴───────────┴───────────┴──> failed | cancelled
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from skuflow.kernel.errors import Conflict
from skuflow.kernel.events import Cause

RunStatus = Literal["starting", "running", "reading", "applying", "completed", "failed", "cancelled"]
RunKind = Literal["first", "reconciliation", "manual"]

FINISHED: frozenset[str] = frozenset({"completed", "failed", "cancelled"})
"""Nothing leads out of these."""

NEXT: Mapping[str, frozenset[str]] = {
    "starting": frozenset({"running", "failed", "cancelled"}),
    "running": frozenset({"reading", "failed", "cancelled"}),
    "reading": frozenset({"applying", "failed", "cancelled"}),
    "applying": frozenset({"completed", "failed", "cancelled"}),
}


@dataclass(frozen=True, slots=True)
class RunTotals:
    """Counts: `lines` of the result, `products` and `variants` in it, products `created`, `updated`, `unchanged`, lines or
    products `rejected`, products `removed` because the shop no longer has them (or `kept_back`, because so many at once looked
    like a mistake), `ignored` lines of other kinds, `bytes` read."""

    lines: int = 0
    bytes: int = 0
    products: int = 0
    variants: int = 0
    ignored: int = 0
    rejected: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    kept_back: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The keys of all products of a result, sorted, one a line, in a file at `bucket`/`key`; `products` counts them."""

    bucket: str
    key: str
    products: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed. `code` is stable; `detail` and `remedy` are for people."""

    code: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Run:
    """`run_id` begins with `run_`. `operation_id`: Shopify's gid of the bulk operation; `url` where its result lies, `size` (bytes)
    and `objects` as Shopify says. `partial`: the operation failed half-way and this is what there was, so that nothing may be
    concluded from what is missing. `asked_at`: when Shopify was last asked to begin the operation: the answer may have been lost.
    `observed_at`: when the operation was created: the state that it shows is at least as new. `snapshot`: what there was to the
    last line, set when reading ends unless the run is partial. `compared`: the catalogue has said what became of what is not in
    it. `next_run_at`: when the next one is to begin, said by one that has ended; None if there will be none. `version` counts the
    writes; 0 is not stored yet."""

    run_id: str
    shop: str
    kind: RunKind
    status: RunStatus
    created_at: datetime
    updated_at: datetime
    cause: Cause
    version: int = 0
    currency: str = ""
    asked_at: datetime | None = None
    operation_id: str = ""
    observed_at: datetime | None = None
    url: str = ""
    size: int = 0
    objects: int = 0
    partial: bool = False
    snapshot: Snapshot | None = None
    compared: bool = False
    totals: RunTotals = RunTotals()
    failure: Failure | None = None
    next_run_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED


def moved(item: Run, status: RunStatus, now: datetime) -> Run:
    """`item` in `status`. Raises Conflict if the status it is in does not lead there."""
    if status not in NEXT.get(item.status, frozenset()):
        raise Conflict(f"a run that is {item.status} cannot become {status}")
    return replace(item, status=status, updated_at=now)


def read_to_end(item: Run, totals: RunTotals, snapshot: Snapshot | None, now: datetime) -> Run:
    """Everything was read and handed over; `snapshot` is None for a partial result."""
    return replace(moved(item, "applying", now), totals=totals, snapshot=snapshot)


def stopped(item: Run, status: Literal["failed", "cancelled"], why: Failure, now: datetime) -> Run:
    """The end, without success. Where Shopify's result lies is forgotten: whoever knows the address can read it."""
    return replace(moved(item, status, now), failure=why, url="")


def completed(item: Run, totals: RunTotals, now: datetime) -> Run:
    """The end, with success."""
    return replace(moved(item, "completed", now), totals=totals, url="")

"""An import: one uploaded file on its way into the catalogue. Pure rules; what is stored is what stands here.

    awaiting_upload ──> inspecting ──> reading ──> applying ──> completed
                         │  ▲  │          │           │
                         │  │  └> refused └─> failed <┘
                         └> needs_mapping

Every unfinished status also leads to `cancelled`. `expired` is never stored: it is what an import looks like whose file did
not come within a day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Literal

from skuflow.kernel.errors import Conflict
from skuflow.kernel.events import Cause
from skuflow.sync.reading.plan import ReadingPlan, Suggestion
from skuflow.sync.reading.source import Checkpoint

Status = Literal[
    "awaiting_upload",
    "inspecting",
    "needs_mapping",
    "refused",
    "reading",
    "applying",
    "completed",
    "failed",
    "cancelled",
]

FINISHED: frozenset[str] = frozenset({"refused", "completed", "failed", "cancelled"})
"""Nothing leads out of these."""

_NEXT: Mapping[str, frozenset[str]] = {
    "awaiting_upload": frozenset({"inspecting", "cancelled"}),
    "inspecting": frozenset({"needs_mapping", "refused", "reading", "failed", "cancelled"}),
    "needs_mapping": frozenset({"inspecting", "failed", "cancelled"}),
    "reading": frozenset({"applying", "failed", "cancelled"}),
    "applying": frozenset({"completed", "failed", "cancelled"}),
}

UPLOAD_WAIT = timedelta(hours=24)
"""How long an import waits for its file."""

MAX_FILE_NAME = 120
MAX_UNUSED = 100_000
"""Characters of header names that an import keeps to offer for mapping."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was refused or an import failed. `code` is stable; `detail` and `remedy` are for people."""

    code: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of rows, but `products`: distinct product fragments. A row is in one of created, updated, unchanged, rejected;
    `warnings` are rows taken with a remark."""

    rows_read: int = 0
    products: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0

    @property
    def settled(self) -> int:
        """Rows whose outcome is known."""
        return self.created + self.updated + self.unchanged + self.rejected


@dataclass(frozen=True, slots=True)
class Report:
    """What was written under the results prefix. `rows_at` and `rows_end` bound the report's rows, as byte offsets."""

    key: str
    rows_at: int
    rows_end: int
    repair_key: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """What inspection found out, as far as people want to know it; the whole plan lies in the bucket at `plan_key`, because
    it grows with the file. `mapping` is field -> header."""

    plan_key: str
    format: str
    encoding: str
    delimiter: str
    decimal_style: str
    rows_total: int
    mapping: dict[str, str]


@dataclass(frozen=True, slots=True)
class Import:
    """`version` counts the writes; 0 is not stored yet. `etag` and `size` (bytes) pin the upload that was inspected: only that
    content is ever read. `mapping` (field -> header) was chosen by a person. `created_at` is also when the file counts as
    observed, so that of two imports the one started later wins."""

    import_id: str
    file_name: str
    currency: str
    status: Status
    created_at: datetime
    updated_at: datetime
    upload_key: str
    cause: Cause
    version: int = 0
    mapping: dict[str, str] | None = None
    etag: str = ""
    size: int = 0
    layout: Layout | None = None
    suggestion: Suggestion | None = None
    refusal: Refusal | None = None
    totals: Totals | None = None
    report: Report | None = None

    def inspected(self) -> Layout:
        """What inspection found out. Raises Conflict before that."""
        if self.layout is None:
            raise Conflict(f"the import {self.import_id} has not been inspected yet")
        return self.layout


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One file of products for the catalogue. `batch` counts from 1 within the import."""

    batch: int
    key: str
    products: int


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of the file that was read, with all that came of it. Storing it moves the checkpoint to `next` and hands
    `files` over: one write does both. `number` counts from 1. The other counts are sums since the start of the file, so that
    the latest slice tells the progress; `rejected` are rows, `batches` are files handed over. `state_key` is where in the bucket
    the rest lies that a reader needs to go on, if there is more to it."""

    number: int
    next: Checkpoint
    done: bool
    bucket: str
    files: tuple[BatchFile, ...]
    rejects_key: str | None
    source: str
    observed_at: datetime
    read_at: datetime
    batches: int
    products: int
    rejected: int
    warnings: int
    state_key: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """What the catalogue reported so far: batches, rows, and products."""

    batches: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    products_created: int = 0
    products_updated: int = 0
    products_unchanged: int = 0


def moved(item: Import, status: Status, now: datetime) -> Import:
    """`item` in `status`. Raises Conflict if the status it is in does not lead there."""
    if status not in _NEXT.get(item.status, frozenset()):
        raise Conflict(f"an import that is {item.status} cannot become {status}")
    return replace(item, status=status, updated_at=now)


def shown_status(item: Import, now: datetime) -> str:
    """The status as callers see it: `expired` for an import that has waited too long for its file."""
    if item.status == "awaiting_upload" and now >= item.created_at + UPLOAD_WAIT:
        return "expired"
    return item.status


def received(item: Import, etag: str, size: int, now: datetime) -> Import:
    """The file has come."""
    return replace(moved(item, "inspecting", now), etag=etag, size=size)


def planned(item: Import, plan: ReadingPlan, plan_key: str, now: datetime) -> Import:
    """The file can be read as `plan` says, which is kept at `plan_key`."""
    layout = Layout(
        plan_key=plan_key,
        format=plan.format,
        encoding=plan.encoding,
        delimiter=plan.delimiter,
        decimal_style=plan.decimal_style,
        rows_total=plan.rows_total,
        mapping=plan.mapping,
    )
    return replace(moved(item, "reading", now), layout=layout, suggestion=None)


def asking(item: Import, suggestion: Suggestion, now: datetime) -> Import:
    """The header is unknown: somebody has to say which column is what. Of a header of absurd length the end is not offered."""
    shown = tuple(
        name
        for name, so_far in zip(suggestion.unused, accumulate(map(len, suggestion.unused)), strict=True)
        if so_far <= MAX_UNUSED
    )
    return replace(moved(item, "needs_mapping", now), suggestion=replace(suggestion, unused=shown), mapping=None)


def answered(item: Import, mapping: dict[str, str], now: datetime) -> Import:
    """Somebody has said which column is what."""
    return replace(moved(item, "inspecting", now), mapping=mapping)


def stopped(item: Import, status: Literal["refused", "failed", "cancelled"], why: Refusal, now: datetime) -> Import:
    """The end, without success."""
    return replace(moved(item, status, now), refusal=why)


def completed(item: Import, totals: Totals, report: Report, now: datetime) -> Import:
    """The end, with success."""
    return replace(moved(item, "completed", now), totals=totals, report=report)


def totals_of(last: Slice | None, tally: Tally) -> Totals:
    """The counts of an import that is still under way, from its latest slice and what the catalogue reported."""
    if last is None:
        return Totals()
    return Totals(
        rows_read=last.next.rows,
        products=last.products,
        created=tally.created,
        updated=tally.updated,
        unchanged=tally.unchanged,
        rejected=last.rejected + tally.rejected,
        warnings=last.warnings,
    )


def all_applied(last: Slice | None, tally: Tally) -> bool:
    """Whether the whole file was read and the catalogue has reported on every batch of it."""
    return last is not None and last.done and tally.batches == last.batches


def source_of(file_format: str) -> str:
    """The namespace that product keys of `file_format` live in: exports of one shop system name the same products."""
    families = {"shopify_legacy": "shopify", "mapped": "file"}
    return families.get(file_format, file_format)


def safe_file_name(name: str) -> str:
    """`name` for use in an object key: the last path component, letters, digits, `.`, `_`, `-`; never empty."""
    last = re.split(r"[/\\]", name)[-1]
    return _UNSAFE.sub("-", last).strip(".-")[-MAX_FILE_NAME:] or "upload"

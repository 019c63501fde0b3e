"""What a job keeps of its way: chunks of the collection, the catalogue's answers, and what these come to. Records only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from skuflow.quality.fixes.fix import Decision
from skuflow.quality.rules.rule import Finding
from skuflow.quality.rules.tally import Tally

T = TypeVar("T")

WORST = 20
"""Products that a report names as the worst."""
DECIDED = "decided"
"""The mark on a chunk's row that it was decided to apply its fixes."""


@dataclass(frozen=True, slots=True)
class Poor:
    """A product among the worst. `loss` in trillionths of a product; duplicates count once it is known what is repeated."""

    product_id: str
    title: str
    loss: int
    findings: int


def worst(candidates: Iterable[Poor]) -> tuple[Poor, ...]:
    """The worst WORST of them, worst first."""
    return tuple(sorted(candidates, key=lambda one: (-one.loss, one.product_id))[:WORST])


@dataclass(frozen=True, slots=True)
class Sums:
    """Added up from the first chunk to this one. `looked_at`: products, whatever the filters said; `processed`: those checked,
    or with fixes where a job follows another; `batches`: chunks with fixes; `fixes`: single ones, `fixable`: products that have
    some."""

    looked_at: int = 0
    processed: int = 0
    findings: int = 0
    batches: int = 0
    fixes: int = 0
    fixable: int = 0
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to fifty products. `decided`: its fixes are to be applied. `next` is where the following chunk begins: a position
    among the products, or "" where the job follows another's chunks. `product_ids` are those checked; `titles` of those with
    findings, cut short. `decisions` of products that have fixes or suggestions; the fixes of a job that decides are one batch,
    whose number is the chunk's."""

    number: int
    at: datetime
    next: str
    done: bool
    decided: bool
    product_ids: tuple[str, ...]
    tally: Tally
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    worst: tuple[Poor, ...] = ()
    sums: Sums = Sums()

    @property
    def has_fixes(self) -> bool:
        return any(decision.fixes for decision in self.decisions)


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a second look at the products of chunk `number` found, once it was known which values are not the only ones: their
    duplicates, and the worst of those that have some, duplicates counted. `listed`: findings of second looks up to this one."""

    number: int
    at: datetime
    findings: tuple[Finding, ...]
    titles: Mapping[str, str]
    worst: tuple[Poor, ...]
    listed: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A fix that was not applied. `reason` is the catalogue's."""

    product_id: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the catalogue answered to the fixes of one chunk. `applied` by product: the paths that were changed. `tally` is that
    of the chunk's products afterwards."""

    batch: int
    at: datetime
    applied: Mapping[str, tuple[str, ...]]
    skipped: tuple[Skipped, ...]
    tally: Tally

    @property
    def fixed(self) -> int:
        """Products of which something was applied."""
        return len(self.applied)

    @property
    def applied_fixes(self) -> int:
        return sum(len(paths) for paths in self.applied.values())


@dataclass(frozen=True, slots=True)
class Answers:
    """All outcomes so far: batches answered, products fixed, single fixes applied and skipped."""

    batches: int = 0
    fixed: int = 0
    applied: int = 0
    skipped: int = 0


class InStep(Generic[T]):
    """Records that stand beside chunks, by the chunk's number: asked in order, and read no further than asked."""

    def __init__(self, records: Iterable[T], number: Callable[[T], int]) -> None:
        """`records` in order; not every chunk has one."""
        self._waiting = iter(records)
        self._number = number
        self._head = next(self._waiting, None)

    def of(self, number: int) -> T | None:
        while self._head is not None and self._number(self._head) < number:
            self._head = next(self._waiting, None)
        return self._head if self._head is not None and self._number(self._head) == number else None

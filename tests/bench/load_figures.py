"""What the load bench counts: answers by level and kind, their times, what failed and what had to be tried again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table

from tests.bench.load_users import Kind

SOURCE_MS = {"api": 45.2, "data access": 12.8, "cache hit": 2.3}
"""What the platform that this one is measured against says of itself, on AWS: means in milliseconds, at 1,000 users."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One action. `level` is how many users there were as it began; `ms` from the first attempt to the whole of the last answer,
    waits included. `fault` "" is success, otherwise what became of it: a status, or the error's name."""

    level: int
    kind: Kind
    ms: float
    fault: str = ""
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Times are of all actions, failed ones too: a fast failure is told by `errors`."""

    count: int
    mean_ms: float
    p50_ms: float
    p99_ms: float
    errors: int
    retries: int


@dataclass(frozen=True, slots=True)
class Inside:
    """Mean milliseconds of one reading of DynamoDB by a function's own store, of one look-up in a function's own cache, and how
    often each was measured."""

    data_access_ms: float
    cache_hit_ms: float
    count: int


def summary(samples: Sequence[Sample]) -> Figures:
    """Raises ValueError if there are none."""
    if not samples:
        raise ValueError("nothing was measured: let the level last longer")
    times = sorted(sample.ms for sample in samples)
    return Figures(
        count=len(times),
        mean_ms=sum(times) / len(times),
        p50_ms=percentile(times, 50),
        p99_ms=percentile(times, 99),
        errors=sum(bool(sample.fault) for sample in samples),
        retries=sum(sample.retries for sample in samples),
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The least of the values that so many percent do not exceed (nearest rank)."""
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def named(samples: Sequence[Sample], inside: Inside) -> dict[str, float]:
    """The bench's figures by the names that are kept."""
    found = {"data_access_mean_ms": round(inside.data_access_ms, 2), "cache_hit_mean_ms": round(inside.cache_hit_ms, 4)}
    for level in levels(samples):
        of = summary([sample for sample in samples if sample.level == level])
        found |= {
            f"load_{level}_errors": of.errors,
            f"load_{level}_mean_ms": round(of.mean_ms, 1),
            f"load_{level}_p50_ms": round(of.p50_ms, 1),
            f"load_{level}_p99_ms": round(of.p99_ms, 1),
            f"load_{level}_requests": of.count,
            f"load_{level}_retries": of.retries,
        }
    return found


def levels(samples: Iterable[Sample]) -> list[int]:
    return sorted({sample.level for sample in samples})


def faults(samples: Iterable[Sample]) -> Counter[str]:
    return Counter(f"{sample.kind.name.lower()}: {sample.fault}" for sample in samples if sample.fault)


def level_table(samples: Sequence[Sample]) -> Table:
    """A row per level, and below it one per kind."""
    shown = Table("users", "action", "requests", "mean ms", "p50 ms", "p99 ms", "errors", "tried again", box=None)
    for column in shown.columns[2:]:
        column.justify = "right"
    for level in levels(samples):
        here = [sample for sample in samples if sample.level == level]
        shown.add_row(f"{level:,}", "all", *_cells(summary(here)), style="bold")
        for kind in Kind:
            if of_kind := [sample for sample in here if sample.kind is kind]:
                shown.add_row("", kind.name.lower(), *_cells(summary(of_kind)))
    return shown


def source_table(samples: Sequence[Sample], inside: Inside) -> Table:
    """Ours at the highest level beside the source's."""
    most = levels(samples)[-1]
    api = summary([sample for sample in samples if sample.level == most])
    ours = {"api": api.mean_ms, "data access": inside.data_access_ms, "cache hit": inside.cache_hit_ms}
    shown = Table("mean ms", f"here, {most:,} users", "the source, on AWS", box=None)
    for column in shown.columns[1:]:
        column.justify = "right"
    for name, told in SOURCE_MS.items():
        shown.add_row(name, f"{ours[name]:.4f}" if ours[name] < 0.1 else f"{ours[name]:.1f}", f"{told:g}")
    return shown


def _cells(of: Figures) -> tuple[str, ...]:
    return (
        f"{of.count:,}", f"{of.mean_ms:.1f}", f"{of.p50_ms:.1f}", f"{of.p99_ms:.1f}",
        f"[red]{of.errors}[/red]" if of.errors else "0", f"{of.retries}",
    )  # fmt: skip

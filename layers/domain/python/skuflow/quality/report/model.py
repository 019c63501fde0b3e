"""What a job's report holds beside the job itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skuflow.quality.jobs.chunks import Poor
from skuflow.quality.measures import Measure
from skuflow.quality.rules.rule import Severity


@dataclass(frozen=True, slots=True)
class RuleReport:
    """In how many products or variants a rule did not hold, before and after; `examples` are a few of the products before."""

    rule_id: str
    field: str
    severity: Severity
    summary: str
    before: int
    after: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Measures by field ("" for the whole collection); `rules` with findings, the most frequent first; `worst` products first."""

    before: Mapping[str, Measure]
    after: Mapping[str, Measure]
    rules: tuple[RuleReport, ...]
    worst: tuple[Poor, ...]
    variants: int = 0

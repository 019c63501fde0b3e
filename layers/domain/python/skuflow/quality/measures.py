"""What is measured of a collection and of each of its fields, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Metric = Literal["score", "missing", "invalid", "duplicates"]
METRICS: tuple[Metric, ...] = ("score", "missing", "invalid", "duplicates")
WHOLE = ""
"""The name of what is measured of the whole collection, beside the names of fields."""


@dataclass(frozen=True, slots=True)
class Measure:
    """`score` from 0 to 100, the others in percent of the products; all with two places."""

    score: Decimal
    missing: Decimal
    invalid: Decimal
    duplicates: Decimal

    def of(self, metric: Metric) -> Decimal:
        values: Mapping[str, Decimal] = {
            "score": self.score,
            "missing": self.missing,
            "invalid": self.invalid,
            "duplicates": self.duplicates,
        }
        return values[metric]


@dataclass(frozen=True, slots=True)
class Point:
    """A field's measure at a time, as a job took it."""

    at: datetime
    job_id: str
    measure: Measure

"""What is answered about metrics. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class MetricView(BaseModel):
    """What is counted, and how. It never changes."""

    code: str
    name: str
    aggregation: Literal["count", "sum", "max", "unique_count", "latest", "weighted_sum"]
    unit: str
    whole: bool
    property: str
    carries_over: bool
    built_in: bool
    created_at: datetime | None = Field(description="Null for what is built in.")


class MetricList(BaseModel):
    items: list[MetricView]

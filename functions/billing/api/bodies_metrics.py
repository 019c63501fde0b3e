"""What callers send to define a metric. Loaded by the first request that has a body."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class DefineMetric(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", examples=["api_calls"])
    aggregation: Literal["count", "sum", "max", "unique_count", "latest", "weighted_sum"] = Field(
        description="How events become one quantity. weighted_sum: the mean level over time of what goes up and down.",
        examples=["sum"],
    )
    unit: Label = Field(description="Of one, e.g. `item`.", examples=["call"])
    name: str = Field(default="", max_length=100, description="For people.", examples=["API calls"])
    whole: StrictBool = Field(default=False, description="Values must be whole numbers.")
    property: str = Field(
        default="", max_length=40, description="Of a unique_count: the property whose distinct values are counted."
    )
    carries_over: StrictBool = Field(
        default=False, description="Of a weighted_sum: a period begins with the level of the one before, not with 0."
    )

"""What callers send. Loaded by the first request that has a body."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2, allow_inf_nan=False)]
Severity = Literal["error", "warning", "info"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FiltersBody(_Body):
    source: str = Field(default="", max_length=200, description="A source, or its kind: `shopify`, `csv`.")
    status: Literal["", "active", "draft", "archived"] = ""
    brand: str = Field(default="", max_length=200)
    category: list[Name] = Field(default=[], max_length=20, description="The beginning of a category path.")
    product_ids: list[Annotated[str, StringConstraints(min_length=1, max_length=100)]] = Field(
        default=[], max_length=1000, description="These products only."
    )


class StartJob(_Body):
    collection: Literal["products"] = "products"
    mode: Literal["score", "preview", "fix"] = Field(
        description="`score`: measure. `preview`: measure, and say what would be fixed. `fix`: do it.",
        examples=["score"],
    )
    filters: FiltersBody = Field(default_factory=FiltersBody)
    check_images: StrictBool = Field(default=False, description="Judge pictures by what is known of them.")


class SetThreshold(_Body):
    collection: Literal["products"] = "products"
    field: str = Field(
        default="",
        max_length=150,
        description="As in a report, e.g. `variant.gtin`; empty for the whole collection.",
        examples=[""],
    )
    metric: Literal["score", "missing", "invalid", "duplicates"] = Field(examples=["score"])
    direction: Literal["below", "above"] = Field(
        description="On which side of the limit it is bad.", examples=["below"]
    )
    limit: Percent = Field(examples=["80"])
    margin: Percent = Field(
        default=Decimal("1"), description="How far beyond the limit the value must come back before it can alarm again."
    )


class NightlyBody(_Body):
    enabled: StrictBool = Field(default=True, description="Whether anything is done by night.")
    mode: Literal["score", "fix"] = Field(
        default="score",
        description="`score`: measure. `fix`: mend what is safe as well; the products are billed as by any job.",
    )
    check_images: StrictBool = Field(default=False, description="Judge pictures by what is known of them.")

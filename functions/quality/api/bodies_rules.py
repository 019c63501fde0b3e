"""What callers send about rules; what is wrong with one is said by the rules themselves. Loaded by the first request with a
body."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool

Number = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=18)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ParamsBody(_Body):
    """What the rule's kind reads; see `GET /v1/quality/rules` for examples."""

    minimum: Number | None = Field(default=None, description="Prices are in major units.")
    maximum: Number | None = None
    currency: str | None = Field(default=None, max_length=3, description="Of the prices that a range is for.")
    pattern: str | None = Field(default=None, max_length=2000, description="RE2; the whole value must match.")
    values: list[str] | None = Field(default=None, max_length=1000)
    ignore_case: StrictBool | None = None
    value_type: str | None = Field(
        default=None, max_length=20, description="text, integer, number, boolean, date or url."
    )
    target: str | None = Field(default=None, max_length=40, description="own_images, known_categories or known_brands.")
    across_sources: StrictBool | None = None


class RuleBody(_Body):
    entity: str = Field(max_length=20, description="`product` or `variant`.", examples=["product"])
    field: str = Field(
        max_length=150, description="`title`, `brand`, `attributes.<name>`, `options.<name>`, …", examples=["brand"]
    )
    kind: str = Field(
        max_length=20,
        description="required, type, format, range, length, enumeration, unique or reference.",
        examples=["required"],
    )
    severity: str = Field(default="warning", max_length=20, description="error, warning or info.")
    weight: int = Field(default=3, ge=-1000, le=1000, description="1 to 10.")
    summary: str = Field(
        default="", max_length=1000, description="What must hold.", examples=["Every product has a brand"]
    )
    remedy: str = Field(default="", max_length=1000, description="What to do where it does not.")
    params: ParamsBody = Field(default_factory=ParamsBody)


class NewRule(RuleBody):
    name: str = Field(max_length=100, description="Becomes the id, after `own.`.", examples=["brand-is-there"])


class OverrideBody(_Body):
    """What is to be otherwise of a built-in rule; what is left out stays as it is there."""

    rule_id: str = Field(max_length=100, examples=["title.length"])
    enabled: StrictBool | None = None
    severity: str | None = Field(default=None, max_length=20)
    weight: int | None = Field(default=None, ge=-1000, le=1000)
    minimum: Number | None = None
    maximum: Number | None = None
    days: int | None = Field(default=None, ge=0, le=100_000)


class FixSettingsBody(_Body):
    """All of them: what is left out is empty."""

    category_map: dict[str, list[str]] = Field(
        default={},
        max_length=2000,
        description="A category as it comes, `Shoes > Boots` -> the path that is meant.",
        examples=[{"Footwear > Boots": ["Shoes", "Boots"]}],
    )
    colours: dict[str, str] = Field(
        default={},
        max_length=500,
        description="A colour as it comes -> your name for it.",
        examples=[{"navy blue": "Navy"}],
    )
    acronyms: list[str] = Field(
        default=[], max_length=500, description="Words that stay in capitals.", examples=[["USB"]]
    )
    disabled: list[str] = Field(default=[], max_length=200, description="Rules whose findings are not to be mended.")


class VocabularyBody(_Body):
    """All of it: what is left out is empty, and then nothing is known of it."""

    categories: list[list[str]] = Field(
        default=[],
        max_length=5000,
        description="Paths from the root. A product's category is known if its whole path is one of them.",
        examples=[[["Shoes"], ["Shoes", "Boots"]]],
    )
    brands: list[str] = Field(default=[], max_length=5000, examples=[["Harbour", "Northpath"]])

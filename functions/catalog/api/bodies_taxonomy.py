"""What callers may send about categories, brands and collections."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
Market = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.", examples=["CA"])]
Position = Annotated[
    int | None, Field(ge=0, le=10_000, description="Place among its siblings, from 0. Absent: last, or where it is.")
]
Score = Annotated[int | None, Field(ge=0, le=100)]
Url = Annotated[str, Field(max_length=2048, pattern=r"^(https?://[^\s\x00-\x1f\x7f]+)?$")]
ProductId = Annotated[str, Field(min_length=1, max_length=64)]
Version = Annotated[int | None, Field(ge=0, description="The version that was read, instead of `If-Match`.")]
Text = Annotated[str, Field(max_length=5000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Change(_Body):
    """What is left out stays as it is."""

    version: Version = None

    @model_validator(mode="after")
    def _no_null_but_where_it_means_something(self) -> _Change:
        nulls = {name for name in self.model_fields_set if getattr(self, name) is None}
        wrong = sorted(nulls - self._nullable())
        if wrong:
            raise PydanticCustomError("null", f"{', '.join(wrong)} cannot be null", {"remedy": "leave the field out"})
        return self

    def _nullable(self) -> set[str]:
        return {"version"}


class CreateCategory(_Body):
    market: Market
    name: Name = Field(examples=["Running shoes"])
    parent_id: str | None = Field(default=None, max_length=64, description="Absent: a root of the market's tree.")
    position: Position = None


class ChangeCategory(_Change):
    name: Name | None = None
    parent_id: str | None = Field(default=None, max_length=64, description="Move it there; null: to the roots.")
    position: Position = None

    def _nullable(self) -> set[str]:
        return {"version", "parent_id"}


class CreateBrand(_Body):
    name: Name = Field(examples=["Nord & Co."])
    popularity: Score = None
    quality: Score = None
    description: Text = ""
    logo_url: Url = ""


class ChangeBrand(_Change):
    name: Name | None = Field(default=None, description="Another spelling of the same name.")
    popularity: Score = None
    quality: Score = None
    description: Text | None = None
    logo_url: Url | None = None

    def _nullable(self) -> set[str]:
        return {"version", "popularity", "quality"}


class CreateCollection(_Body):
    title: Name = Field(examples=["Summer sale"])
    description: Text = ""
    product_ids: list[ProductId] = Field(
        default=[], max_length=2000, description="In the order in which they are shown."
    )
    starts_at: AwareDatetime | None = Field(default=None, description="Absent: active at once.")
    ends_at: AwareDatetime | None = Field(default=None, description="Absent: active for ever.")


class ChangeCollection(_Change):
    title: Name | None = None
    description: Text | None = None
    product_ids: list[ProductId] | None = Field(default=None, max_length=2000, description="Replaces the list.")
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None

    def _nullable(self) -> set[str]:
        return {"version", "starts_at", "ends_at"}

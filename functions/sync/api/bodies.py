"""What callers send. Loaded by the first request that has a body."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+$"
"""No control characters, and no marks that show a text in another order than it is written in: `gpj.csv` for `csv.jpg`."""
FileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=_ONE_LINE)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Header = Annotated[str, StringConstraints(max_length=2000)]
Mapping = Annotated[dict[str, Header], Field(max_length=100)]
MappingId = Annotated[str, StringConstraints(pattern=r"^map_[0-9a-f]{32}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StartImport(_Body):
    file_name: FileName = Field(description="The file's name, for people.", examples=["spring-catalogue.csv"])
    currency: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{3}$",
        description="For prices that name none. Default: the client's home currency.",
        examples=["CAD"],
    )
    mapping_id: MappingId | None = Field(
        default=None, description="A saved mapping to read the file by, instead of recognising its format."
    )


class ChooseMapping(_Body):
    mapping: Mapping | None = Field(
        default=None,
        description="Field -> header, as it stands in the file. Default: as suggested.",
        examples=[{"title": "Product", "price": "Our price", "sku": "Article no."}],
    )
    mapping_id: MappingId | None = Field(default=None, description="A saved mapping, instead of `mapping`.")
    save_as: Label | None = Field(default=None, description="Keep the mapping under this name, for later files.")


class SaveMapping(_Body):
    name: Label = Field(examples=["Supplier A price list"])
    mapping: Mapping = Field(
        description="Field -> header.", examples=[{"title": "Product", "price": "Our price", "sku": "Article no."}]
    )


class SuggestMapping(_Body):
    headers: list[Header] = Field(min_length=1, max_length=1000, description="The header row, cell by cell.")
    sample: list[Annotated[list[str], Field(max_length=1000)]] = Field(
        default=[], max_length=50, description="A few data rows: values tell what a name may not."
    )

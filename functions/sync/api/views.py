"""What is answered. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class RefusalView(BaseModel):
    code: str = Field(description="Stable; made for programs.", examples=["missing_columns"])
    detail: str
    remedy: str


class SuggestionView(BaseModel):
    mapping: dict[str, str] = Field(description="Field -> header.")
    confidence: dict[str, float] = Field(description="0 to 1, for each field of `mapping`.")
    missing: list[str] = Field(description="Required fields for which no column was found.")
    unused: list[str] = Field(description="Headers that stand for no field.")


class ImportView(BaseModel):
    """An uploaded file on its way into the catalogue. Counts are rows, but `products`."""

    import_id: str
    file_name: str
    status: Literal[
        "awaiting_upload",
        "expired",
        "inspecting",
        "needs_mapping",
        "refused",
        "reading",
        "applying",
        "completed",
        "failed",
        "cancelled",
    ]
    currency: str
    created_at: datetime
    updated_at: datetime
    bytes: int | None = Field(description="Size of the upload; null until it has come.")
    rows_total: int | None = Field(description="Null until the file has been inspected.")
    rows_read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    warnings: int = Field(description="Rows that were taken without one of their cells.")
    products: int
    progress: float = Field(ge=0, le=1, description="How much is done: reading is one half, applying the other.")
    format: str | None
    encoding: str | None
    delimiter: str | None
    decimal_style: str | None = Field(description="The decimal separator of the file's prices.")
    mapping: dict[str, str] | None = Field(description="Field -> the header it was read from.")
    refusal: RefusalView | None = Field(description="Why the import was refused, failed or was cancelled.")
    suggestion: SuggestionView | None = Field(description="Set while `status` is needs_mapping.")


class UploadFormView(BaseModel):
    """POST `fields`, then the file as the field `file`, to `url` as multipart/form-data."""

    url: str
    fields: dict[str, str]
    expires_at: datetime
    max_bytes: int


class ImportWithUpload(BaseModel):
    import_: ImportView = Field(alias="import")
    upload: UploadFormView


class ImportPage(BaseModel):
    items: list[ImportView]
    next_cursor: str | None


class ReportRowView(BaseModel):
    line: int = Field(description="Where the row begins in the file, from 1.")
    column: str = Field(description="The header; empty when the whole row is meant.")
    value: str
    reason: str
    hint: str
    severity: Literal["error", "warning"] = Field(
        description="error: the row was not taken. warning: one cell of it was not."
    )


class ReportPage(BaseModel):
    status: str = Field(description="The import's status; the rows are there once it is completed.")
    items: list[ReportRowView]
    next_cursor: str | None


class RepairFileView(BaseModel):
    """A download: the rejected rows with what is wrong with them, to be mended and uploaded again."""

    url: str
    file_name: str
    expires_at: datetime


class MappingView(BaseModel):
    mapping_id: str
    name: str
    mapping: dict[str, str] = Field(description="Field -> header.")
    created_at: datetime
    updated_at: datetime
    version: int


class MappingPage(BaseModel):
    items: list[MappingView]
    next_cursor: str | None

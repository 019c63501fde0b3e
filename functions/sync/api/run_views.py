"""What is answered about runs and shops. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

RunStatusName = Literal["starting", "running", "reading", "applying", "completed", "failed", "cancelled"]


class FailureView(BaseModel):
    code: str = Field(description="Stable; made for programs.", examples=["access_denied"])
    detail: str
    remedy: str


class RunTotalsView(BaseModel):
    """Counts of products, but `lines` of the result, `bytes` of it, and `variants`."""

    lines: int
    bytes: int
    products: int
    variants: int
    ignored: int = Field(description="Lines of other kinds.")
    rejected: int = Field(description="Lines and products that were not taken.")
    created: int
    updated: int
    unchanged: int
    removed: int = Field(description="Products that the shop no longer has.")
    kept_back: int = Field(description="Products that were not removed, because so many at once looked like a mistake.")


class RunView(BaseModel):
    """One reading of a shop's whole catalogue."""

    run_id: str
    shop: str
    kind: Literal["first", "reconciliation", "manual"]
    status: RunStatusName
    created_at: datetime
    updated_at: datetime
    progress: float = Field(ge=0, le=1, description="How much is done: reading is one half, applying the other.")
    partial: bool = Field(description="Shopify gave only a part: that was taken, and nothing was removed.")
    totals: RunTotalsView
    failure: FailureView | None
    next_run_at: datetime | None = Field(description="When the next one begins; set once this one has ended.")


class RunPage(BaseModel):
    items: list[RunView]
    next_cursor: str | None


class RemarkView(BaseModel):
    line: int = Field(description="Of the result, or of the batch that was handed to the catalogue; from 1.")
    column: str = Field(description="The field; empty when the whole line is meant.")
    value: str
    reason: str
    hint: str
    severity: Literal["error", "warning"] = Field(
        description="error: the line was not taken. warning: one field of it was not."
    )


class RunWithRemarks(BaseModel):
    run: RunView
    remarks: list[RemarkView] = Field(description="The first 100 lines that were rejected or remarked on, and why.")


class TroubleView(BaseModel):
    code: str = Field(description="Stable; made for programs.", examples=["provider_failed"])
    detail: str
    remedy: str
    at: datetime = Field(description="Since when.")


class WebhooksView(BaseModel):
    received: int
    last_at: datetime | None


class ProductsView(BaseModel):
    """What came of the source's products since it was connected; an unchanged one counts each time that it is read."""

    created: int
    updated: int
    unchanged: int
    rejected: int
    last_applied_at: datetime | None


class CircuitView(BaseModel):
    """Whether the source is called at all."""

    state: Literal["closed", "open", "half_open"] = Field(
        description="open: it failed too often and is left alone until `retry_at`. half_open: one call is let through to try it."
    )
    failures: int = Field(description="In a row.")
    opened_at: datetime | None
    retry_at: datetime | None


class SourceStatusView(BaseModel):
    """How one source of products is doing."""

    kind: Literal["shop"]
    source: str = Field(description="Its name in the catalogue.", examples=["shopify:maple-outfitters.myshopify.com"])
    name: str
    shop: str | None = Field(description="The domain, of a shop.")
    status: Literal["connected", "needs_reauth", "uninstalled", "disconnected"]
    connected_at: datetime
    in_step_at: datetime | None = Field(description="When the catalogue was last known to be as the source is.")
    lag_seconds: int | None = Field(description="How long that is ago; null if it never was.")
    last_success_at: datetime | None = Field(description="When the whole was last read and applied.")
    last_run_id: str | None
    next_run_at: datetime | None = Field(description="Null while a run is under way, and where none is to come.")
    run: RunView | None = Field(description="The run that is under way.")
    failures: int = Field(description="Failed runs in a row.")
    trouble: TroubleView | None = Field(description="What is wrong at present.")
    troubles: list[TroubleView] = Field(description="The latest, newest first; kept for 30 days.")
    webhooks: WebhooksView
    products: ProductsView
    circuit: CircuitView | None = Field(description="Null if it cannot be told at present.")


class SyncStatusPage(BaseModel):
    items: list[SourceStatusView]
    next_cursor: str | None

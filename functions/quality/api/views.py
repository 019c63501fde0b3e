"""What is answered. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

Percent = str
Severity = Literal["error", "warning", "info"]


class FiltersView(BaseModel):
    source: str
    status: str
    brand: str
    category: list[str]
    product_ids: list[str]


class ProgressView(BaseModel):
    looked_at: int = Field(description="Products, whatever the filters say.")
    checked: int = Field(description="Products checked; of a job that follows another: products with fixes.")
    findings: int = Field(description="Findings that are listed.")
    batches_decided: int
    batches_answered: int = Field(description="Batches of fixes that the catalogue has answered to.")
    fixes_proposed: int
    fixes_applied: int
    fixes_skipped: int
    products_fixed: int


class FailureView(BaseModel):
    code: str
    detail: str


class ResultView(BaseModel):
    score_before: Percent = Field(examples=["71.50"])
    score_after: Percent = Field(examples=["93.00"])
    items_processed: int
    items_fixed: int
    billable_items: int
    source_type: str
    source_items: int
    duration_seconds: int


class JobView(BaseModel):
    """A look through a collection. Scores and percentages are texts from 0 to 100 with two places."""

    job_id: str
    collection: str
    mode: Literal["score", "preview", "fix", "apply", "revert"]
    status: Literal["queued", "checking", "applying", "finishing", "completed", "cancelled", "failed"]
    follows: str | None = Field(description="The job whose fixes this one applies or takes back.")
    nightly: bool = Field(description="Whether the clock started it, and nobody else.")
    filters: FiltersView
    check_images: bool
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    progress: ProgressView
    result: ResultView | None = Field(description="Null until the job is completed.")
    failure: FailureView | None


class JobSummaryView(BaseModel):
    """A job in a list: without its progress."""

    job_id: str
    collection: str
    mode: Literal["score", "preview", "fix", "apply", "revert"]
    status: Literal["queued", "checking", "applying", "finishing", "completed", "cancelled", "failed"]
    follows: str | None
    nightly: bool
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    result: ResultView | None


class NightlyView(BaseModel):
    """What is done every night."""

    enabled: bool
    mode: Literal["score", "fix"]
    check_images: bool


class JobPage(BaseModel):
    items: list[JobSummaryView]
    next_cursor: str | None


class FindingView(BaseModel):
    product_id: str
    title: str
    variant_id: str | None
    rule_id: str
    field: str = Field(description="As in the report: `product.title`, `variant.gtin`.")
    aspect: Literal["missing", "invalid", "duplicate"]
    severity: Severity
    value: str = Field(description="What is there, cut to 200 characters.")
    message: str
    remedy: str


class FindingPage(BaseModel):
    items: list[FindingView]
    next_cursor: str | None


class FixView(BaseModel):
    path: str
    old: str
    new: str
    reason: str
    rule_ids: list[str]
    outcome: Literal["proposed", "waiting", "applied", "skipped"]
    skipped_because: str | None


class SuggestionView(BaseModel):
    path: str
    old: str
    new: str
    reason: str
    rule_id: str
    confidence: int = Field(ge=0, le=100)


class ProductFixesView(BaseModel):
    product_id: str
    title: str
    fixes: list[FixView]
    suggestions: list[SuggestionView]


class FixPage(BaseModel):
    items: list[ProductFixesView]
    next_cursor: str | None


class MeasureView(BaseModel):
    score: Percent
    missing: Percent
    invalid: Percent
    duplicates: Percent


class FieldView(BaseModel):
    field: str = Field(description="Empty for the whole collection.")
    before: MeasureView
    after: MeasureView


class RuleReportView(BaseModel):
    rule_id: str
    field: str
    severity: Severity
    summary: str
    failed_before: int
    failed_after: int
    example_product_ids: list[str]


class PoorView(BaseModel):
    """One of the worst products, its duplicates counted."""

    product_id: str
    title: str
    score: Percent
    findings: int


class ReportView(BaseModel):
    job: JobSummaryView
    fields: list[FieldView]
    rules: list[RuleReportView]
    worst: list[PoorView]


class PointView(BaseModel):
    at: datetime
    value: Percent
    job_id: str


class SeriesView(BaseModel):
    collection: str
    field: str
    metric: str
    start: datetime
    end: datetime
    items: list[PointView]
    next_cursor: str | None


class ThresholdView(BaseModel):
    threshold_id: str
    collection: str
    field: str
    metric: str
    direction: Literal["below", "above"]
    limit: Percent
    margin: Percent
    crossed: bool
    value: Percent | None = Field(description="What was measured last.")
    measured_at: datetime | None


class ThresholdList(BaseModel):
    items: list[ThresholdView]


class AlertView(BaseModel):
    alert_id: str
    threshold_id: str
    collection: str
    field: str
    metric: str
    direction: Literal["below", "above"]
    limit: Percent
    value: Percent
    job_id: str
    at: datetime


class AlertPage(BaseModel):
    items: list[AlertView]
    next_cursor: str | None


class ParamsView(BaseModel):
    """Only what the rule's kind reads."""

    minimum: str | None = None
    maximum: str | None = None
    currency: str | None = None
    pattern: str | None = None
    values: list[str] | None = None
    ignore_case: bool | None = None
    value_type: str | None = None
    target: str | None = None
    days: int | None = None
    across_sources: bool | None = None


class RuleView(BaseModel):
    """As it holds for this client."""

    rule_id: str
    entity: Literal["product", "variant"]
    field: str
    kind: str
    severity: Severity
    weight: int
    summary: str
    remedy: str
    params: ParamsView
    built_in: bool
    fixable: bool
    enabled: bool
    overridden: bool


class RuleList(BaseModel):
    items: list[RuleView]


class FixSettingsView(BaseModel):
    """Names are as they are compared: in small letters."""

    category_map: dict[str, list[str]]
    colours: dict[str, str]
    acronyms: list[str]
    disabled: list[str]


class VocabularyView(BaseModel):
    categories: list[list[str]]
    brands: list[str]

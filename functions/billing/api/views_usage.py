"""What is answered about usage. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field


class EventProblemView(BaseModel):
    field: str
    message: str
    remedy: str


class EventAnswerView(BaseModel):
    index: int = Field(description="Which of the events sent, from 0.")
    transaction_id: str
    status: Literal["accepted", "duplicate", "rejected"] = Field(
        description="duplicate: counted before, once. rejected: not counted, see `errors`."
    )
    code: Literal["invalid", "conflict"] | None = Field(
        description="conflict: the transaction id was counted with another body."
    )
    errors: list[EventProblemView]


class UsageAnswerView(BaseModel):
    accepted: int
    duplicates: int
    rejected: int
    events: list[EventAnswerView] = Field(description="In the order in which they were sent.")


class UsageQuantityView(BaseModel):
    metric: str
    aggregation: Literal["count", "sum", "max", "unique_count", "latest", "weighted_sum"]
    unit: str
    quantity: str = Field(description="A decimal number, exact.", examples=["1234.5"])
    events: int = Field(description="How many events it is made of.")


class UsageView(BaseModel):
    subject: str
    from_: datetime = Field(alias="from")
    to: datetime
    items: list[UsageQuantityView] = Field(description="By metric; one without usage is left out.")


class UsageEventView(BaseModel):
    """An event as it was counted."""

    transaction_id: str
    event_time: datetime
    value: str
    properties: dict[str, str]


class UsageEventPage(BaseModel):
    items: list[UsageEventView]
    next_cursor: str | None


class FiguresView(BaseModel):
    """Sums over jobs; the scores are means weighted by items, 0 to 100, null without items."""

    items_processed: int
    items_fixed: int
    quality_score_before: str | None
    quality_score_after: str | None
    job_count: int
    job_seconds: int
    source_items: int
    billable_items: int


class DailyFiguresView(FiguresView):
    date: date
    source_type: str


class SourceFiguresView(FiguresView):
    source_type: str


class UsageAnalyticsView(BaseModel):
    start: date
    end: date
    totals: FiguresView
    by_source: list[SourceFiguresView]
    series: list[DailyFiguresView] = Field(description="By day, then source type; a day without jobs is left out.")


class DriftView(BaseModel):
    subject: str = Field(description="Empty: the daily record of jobs.")
    name: str = Field(description="The metric; of the daily record, the source type.")
    figure: str = Field(description="`events`, `value`, `markers`, or a field of the daily record.")
    raw: str = Field(description="What the events add up to.")
    counted: str = Field(description="What the counter says.")


class ReconciliationView(BaseModel):
    """A day whose counters were held against the events."""

    day: date
    status: Literal["agrees", "drifted"]
    checked_at: datetime
    checks: int
    counters: int = Field(description="Counters compared, one for each subject and metric.")
    events: int = Field(description="Events that they were made of.")
    drift_count: int
    drifts: list[DriftView] = Field(description="At most 50.")
    last_drift_at: datetime | None = Field(description="When drift was found last; stays after a later check agrees.")


class ReconciliationPage(BaseModel):
    items: list[ReconciliationView]
    next_cursor: str | None

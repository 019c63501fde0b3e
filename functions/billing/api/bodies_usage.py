"""What callers send as usage. Loaded by the first request that has a body.

The fields are described here and read by the context: in a batch every event has to be answered for itself, in the same words
as one that comes alone.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, SkipValidation


class UsageEventBody(BaseModel):
    model_config = ConfigDict(extra="allow", json_schema_extra={"additionalProperties": False})

    transaction_id: SkipValidation[str] = Field(
        min_length=1,
        max_length=128,
        description="Yours, one for each event; sent again, the event counts once.",
        examples=["order-1001"],
    )
    metric: SkipValidation[str] = Field(description="A code of GET /v1/metrics.", examples=["billable_items"])
    value: SkipValidation[int | float | str | None] = Field(
        default=None,
        description="A number, exact as a text: 12 digits before the point and 12 behind. Default 1 for what counts events.",
        examples=["12"],
    )
    subject: SkipValidation[str | None] = Field(
        default=None,
        description="Who is billed: an id of yours, or `client` (default) for yourself.",
        examples=["client"],
    )
    properties: SkipValidation[dict[str, str | int | bool] | None] = Field(
        default=None, max_length=20, description="At most 20 short values.", examples=[{"region": "east"}]
    )
    event_time: SkipValidation[datetime | None] = Field(
        default=None, description="When it was used; now if absent. Taken for 35 days, and not from the future."
    )
    client_id: SkipValidation[str | None] = Field(
        default=None, description="Not needed; if given, it must be the caller's own."
    )


class SendUsage(BaseModel):
    """One event, or up to 500 in `events`."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"additionalProperties": False})

    events: list[SkipValidation[UsageEventBody]] | None = Field(
        default=None, min_length=1, max_length=500, description="Several events; then no other field."
    )
    transaction_id: SkipValidation[str | None] = Field(default=None, examples=["order-1001"])
    metric: SkipValidation[str | None] = Field(default=None, examples=["billable_items"])
    value: SkipValidation[int | float | str | None] = Field(default=None, examples=["12"])
    subject: SkipValidation[str | None] = Field(default=None, examples=["client"])
    properties: SkipValidation[dict[str, str | int | bool] | None] = Field(default=None, examples=[{"region": "east"}])
    event_time: SkipValidation[datetime | None] = None
    client_id: SkipValidation[str | None] = None

    def single(self) -> dict[str, object]:
        """The fields that were sent, of an event that comes alone."""
        return {**{name: getattr(self, name) for name in self.model_fields_set}, **(self.model_extra or {})}

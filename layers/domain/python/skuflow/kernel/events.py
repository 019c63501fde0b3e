"""The envelope around everything one context tells the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skuflow.kernel.clock import iso
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId


@dataclass(frozen=True, slots=True)
class Cause:
    """Where a change came from: `correlation_id` is the request or webhook that began it all, `causation_id` the event or
    call just before. Stored with the record, so that the event read from the table's stream still knows it."""

    correlation_id: str
    causation_id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A fact, past tense. `event_id` is derived from the aggregate and its version: a repeat keeps the id."""

    event_id: str
    name: str
    source: str
    occurred_at: datetime
    client_id: ClientId
    schema_version: int
    cause: Cause
    data: Mapping[str, Any]

    def envelope(self) -> dict[str, Any]:
        """The `detail` that goes over the bus."""
        return {
            "event_id": self.event_id,
            "occurred_at": iso(self.occurred_at),
            "client_id": self.client_id,
            "schema_version": self.schema_version,
            "correlation_id": self.cause.correlation_id,
            "causation_id": self.cause.causation_id,
            "data": dict(self.data),
        }


def event_id(client_id: ClientId, name: str, *parts: str) -> str:
    """The id of the fact `name` about the thing and version that `parts` name."""
    return derived_id("evt", client_id, name, *parts)

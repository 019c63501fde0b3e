"""An event as somebody sent it, read strictly: whatever is wrong with it is named, field by field, with the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from skuflow.billing.metering.model import EARLY, LATE, OWN_SUBJECT, Metric, UsageEvent, units_of
from skuflow.billing.metering.values import value_in
from skuflow.billing.usage_store import hashed
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Invalid, Problem
from skuflow.kernel.tenancy import ClientId

SUBJECT = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
MOST_PROPERTIES = 20
LONGEST_NAME, LONGEST_TEXT = 40, 200
LONGEST_ID = 128
"""Characters."""

FIELDS = frozenset({"transaction_id", "metric", "subject", "value", "properties", "event_time", "client_id"})


def read_event(
    sent: object, *, client_id: ClientId, metrics: Mapping[str, Metric], now: datetime, position: str = ""
) -> UsageEvent:
    """`sent` (parsed JSON) as an event of `client_id`, counted by one of `metrics`. Without `event_time` it happened now. Raises
    Invalid that names every fault; `position` goes before each field's name."""
    if not isinstance(sent, dict):
        fault = Problem(position.rstrip(".") or "body", "is not a JSON object", "send an object: `{…}`")
        raise Invalid("the event is not valid", problems=[fault])
    reader = _Reader(sent)
    event = reader.event(client_id, metrics, now)
    if reader.faults or event is None:
        named = [Problem(f"{position}{one.field}", one.message, one.remedy) for one in reader.faults]
        raise Invalid("the event is not valid", problems=named)
    return event


def id_in(sent: object) -> str:
    """The transaction id of an event, as far as it can be made out; for telling whose answer is whose."""
    given = sent.get("transaction_id") if isinstance(sent, dict) else None
    return given[:LONGEST_ID] if isinstance(given, str) else ""


class _Reader:
    """Collects the faults of one event."""

    def __init__(self, sent: dict[str, Any]) -> None:
        self.sent = sent
        self.faults: list[Problem] = []

    def event(self, client_id: ClientId, metrics: Mapping[str, Metric], now: datetime) -> UsageEvent | None:
        self._check_fields(client_id)
        transaction_id = self._transaction_id()
        subject = self._subject()
        properties = self._properties()
        at = self._time(now)
        metric = self._metric(metrics)
        value = value_in(self.sent.get("value"), metric) if metric is not None else Decimal(0)
        if isinstance(value, Problem):
            self.faults.append(value)
            return None
        if metric is not None and metric.property and metric.property not in properties:
            field = f"properties.{metric.property}"
            self._fault(field, "is missing", f"{metric.code} counts its distinct values: give it")
        if self.faults or metric is None:
            return None
        said = at if self.sent.get("event_time") is not None else None
        digest = _digest(metric.code, subject, value, properties, said)
        return UsageEvent(transaction_id, metric.code, subject, value, at, digest, properties)

    def _fault(self, field: str, message: str, remedy: str) -> None:
        self.faults.append(Problem(field, message, remedy))

    def _check_fields(self, client_id: ClientId) -> None:
        for name in sorted(set(self.sent) - FIELDS, key=str)[:MOST_PROPERTIES]:
            self._fault(
                str(name)[:80], "is not a field of a usage event", "remove the field, or send it in `properties`"
            )
        claimed = self.sent.get("client_id")
        if claimed is not None and claimed != client_id:
            self._fault(
                "client_id",
                "is not the client that this call is made for",
                "leave the field out: the key says who calls",
            )

    def _transaction_id(self) -> str:
        given = self.sent.get("transaction_id")
        if isinstance(given, str) and 1 <= len(given) <= LONGEST_ID and given.isprintable() and given.strip() == given:
            return given
        remedy = f"give each event an id of its own, 1 to {LONGEST_ID} printable characters; repeats of it count once"
        self._fault("transaction_id", "is missing" if given is None else "is not such an id", remedy)
        return ""

    def _subject(self) -> str:
        given = self.sent.get("subject")
        if given is None:
            return OWN_SUBJECT
        if isinstance(given, str) and SUBJECT.fullmatch(given):
            return given
        self._fault("subject", "is not an id of who is billed", "use 1 to 64 of A-Z a-z 0-9 _ . : -")
        return ""

    def _metric(self, metrics: Mapping[str, Metric]) -> Metric | None:
        given = self.sent.get("metric")
        found = metrics.get(given) if isinstance(given, str) else None
        if found is None:
            message = "is missing" if given is None else "is not a metric of this client"
            self._fault("metric", message, "take one of GET /v1/metrics, or define it with POST /v1/metrics")
        return found

    def _time(self, now: datetime) -> datetime:
        given = self.sent.get("event_time")
        if given is None:
            return now
        try:
            at = parse_iso(given) if isinstance(given, str) else None
        except ValueError:
            at = None
        if at is None:
            self._fault("event_time", "is not a date and time with a zone", "use RFC 3339, e.g. 2026-01-31T12:00:00Z")
            return now
        if at > now + EARLY:
            self._fault(
                "event_time", "lies in the future", f"it is {iso(now)} here; send the event once it has happened"
            )
        if at < now - LATE:
            remedy = f"events are taken for {LATE.days} days: the earliest now is {iso(now - LATE)}"
            self._fault("event_time", "lies too far back", remedy)
        return at

    def _properties(self) -> dict[str, str]:
        given = self.sent.get("properties")
        if given is None:
            return {}
        if not isinstance(given, dict) or len(given) > MOST_PROPERTIES:
            self._fault("properties", "are not an object of a few names and values", f"send at most {MOST_PROPERTIES}")
            return {}
        return {
            str(name): text for name, value in given.items() if (text := self._property(str(name), value)) is not None
        }

    def _property(self, name: str, value: object) -> str | None:
        text = _text(value)
        short = text is not None and len(text) <= LONGEST_TEXT and text.isprintable()
        if 1 <= len(name) <= LONGEST_NAME and name.isprintable() and short:
            return text
        remedy = (
            f"use a name of {LONGEST_NAME} characters and a text of {LONGEST_TEXT}, a whole number, or true or false"
        )
        self._fault(f"properties.{name[:LONGEST_NAME]}", "is not a short property", remedy)
        return None


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None


def _digest(metric: str, subject: str, value: Decimal, properties: Mapping[str, str], said: datetime | None) -> str:
    """One for all spellings of a body. A time that was left out is no part of it: a repeat has another one, and is a repeat."""
    at = said.isoformat(timespec="microseconds") if said is not None else ""
    body = [metric, subject, units_of(value), sorted(properties.items()), at]
    return hashed(msgspec.json.encode(body).decode())

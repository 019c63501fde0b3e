"""The whole path of one request, webhook, import or event across functions.

Log lines carry a correlation id (what began it all) and a causation id (the event or call just before), events do too. Steps are
what functions said, one for each invocation and message; events are what the bus carried between them. Together they are a tree.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.aws import Aws
from local.operations import archive, log_lines
from local.operations.archive import Pattern, Span
from local.operations.log_lines import LogLine, Source
from local.problems import LocalProblem

MOST_FLOWS = 5
_LAMBDA_RUNS_AT_MOST = timedelta(minutes=16)
_NOTED = {
    "message put aside": "put aside",
    "message put back": "put back",
    "message will be tried again": "failed, to be tried again",
    "stream record put aside": "put aside",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What one function did about one message or request. `at`: milliseconds since 1970 UTC, when it first said something;
    `duration_ms` is the whole invocation's, None if its end is not known."""

    at: int
    function: str
    request_id: str
    causation_id: str
    correlation_id: str
    client_id: str
    lines: tuple[Mapping[str, Any], ...]
    duration_ms: float | None

    @property
    def outcome(self) -> str:
        """ok, refused (4xx), failed, or what became of the message."""
        for line in self.lines:
            if noted := _NOTED.get(str(line.get("message"))):
                return noted
        if any(str(line.get("level")) in ("ERROR", "CRITICAL") for line in self.lines):
            return "failed"
        status = max((int(line["status"]) for line in self.lines if _is_answer(line)), default=0)
        return "failed" if status >= 500 else "refused" if status >= 400 else "ok"

    @property
    def went_wrong(self) -> bool:
        return self.outcome not in ("ok", "refused", "put back")


@dataclass(frozen=True, slots=True)
class Carried:
    """An event on the bus."""

    at: int
    name: str
    event_id: str
    causation_id: str
    correlation_id: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Trace:
    """`asked` is the id that was looked for, `correlation_ids` the flows that it belongs to. `events` is None if they were not
    read."""

    asked: str
    correlation_ids: tuple[str, ...]
    steps: tuple[Step, ...]
    events: tuple[Carried, ...] | None


def trace(
    aws: Aws, asked: str, since: datetime, now: datetime, *, read_events: bool, note: Callable[[str], None]
) -> Trace:
    """Everything known about `asked`: a correlation, request, webhook, event, import, run or intake id. Raises LocalProblem if
    nothing is, or if it belongs to more than MOST_FLOWS flows. `read_events`: read the bus archive as well."""
    sources = log_lines.sources(aws)
    span = Span(since, now)
    note("reading logs")
    first = _said(aws, sources, span, asked)
    # What the embedded AWS has archived is at hand. To read a real archive takes minutes, so the flow is found out first.
    at_hand = _carried(aws, span, Pattern(), note) if read_events and aws.endpoint else []
    flows = _flows(asked, first, at_hand)
    lines = (
        [line for flow in flows for line in _said(aws, sources, span, flow) if _belongs(line, flow)] if flows else first
    )
    if not lines and not flows:
        raise LocalProblem(
            f"nothing was said about {asked} since {archive.iso(since)}", "look further back, such as --since 7d"
        )
    events: list[Carried] | None = [event for event in at_hand if event.correlation_id in flows]
    if not aws.endpoint:
        events = (
            [one for flow in flows for one in _carried(aws, span, Pattern(correlation_id=flow), note)]
            if read_events
            else None
        )
    note("reading durations")
    steps = tuple(_steps(lines, _durations(aws, sources, lines)))
    return Trace(asked, flows, steps, tuple(events) if events is not None else None)


def _said(aws: Aws, sources: Sequence[Source], span: Span, word: str) -> list[LogLine]:
    start, end = (round(moment.timestamp() * 1000) for moment in (span.start, span.end))
    found = log_lines.in_order(aws, sources, start, words=(word,), until=end + 60_000)
    return [line for line in found if line.fields and not line.is_lifecycle and log_lines.mentions(line, word)]


def _carried(aws: Aws, span: Span, pattern: Pattern, note: Callable[[str], None]) -> list[Carried]:
    try:
        kept = archive.archive_of(aws)
    except LocalProblem:
        return []
    return [
        _event(one)
        for one in archive.archived(aws, kept, span, pattern, lambda said: note(f"reading the archive: {said}"))
    ]


def _event(event: Mapping[str, Any]) -> Carried:
    detail = event["detail"]
    at = datetime.fromisoformat(str(detail.get("occurred_at", event["time"])))
    names = ("event_id", "causation_id", "correlation_id", "client_id")
    return Carried(
        round(at.timestamp() * 1000), str(event["detail-type"]), *(str(detail.get(name, "")) for name in names)
    )


def _flows(asked: str, lines: Sequence[LogLine], events: Iterable[Carried]) -> tuple[str, ...]:
    """The correlation ids that `asked` belongs to: itself, if it is one. Whoever only looked at a thing (`GET /v1/imports/imp_1`)
    has it in a path; whoever worked on it has it as a field."""
    worked = [
        line for line in lines if asked in line.fields.values() or asked in (line.fields.get("webhook_ids") or ())
    ]
    found = [str(line.fields["correlation_id"]) for line in worked or lines if line.fields.get("correlation_id")]
    found += [one.correlation_id for one in events if asked in (one.event_id, one.correlation_id, one.causation_id)]
    flows = (asked,) if asked in found else tuple(dict.fromkeys(found))
    if len(flows) > MOST_FLOWS:
        raise LocalProblem(
            f"{asked} belongs to {len(flows)} requests or webhooks",
            f"trace one of them, such as {', '.join(flows[-3:])}",
        )
    return flows


def _belongs(line: LogLine, flow: str) -> bool:
    return str(line.fields.get("correlation_id", flow)) == flow


def _durations(aws: Aws, sources: Sequence[Source], lines: Sequence[LogLine]) -> dict[str, float]:
    if not lines:
        return {}
    spoken = {line.function for line in lines}
    ends = round(
        (datetime.fromtimestamp(max(line.at for line in lines) / 1000, UTC) + _LAMBDA_RUNS_AT_MOST).timestamp()
    )
    chosen = [source for source in sources if source.function in spoken]
    return log_lines.durations(aws, chosen, min(line.at for line in lines), ends * 1000)


def _steps(lines: Iterable[LogLine], durations: Mapping[str, float]) -> Iterator[Step]:
    grouped: dict[tuple[str, ...], list[LogLine]] = {}
    for line in lines:
        key = tuple(str(line.fields.get(name) or "") for name in ("request_id", "causation_id", "message_id"))
        grouped.setdefault((line.function, *key), []).append(line)
    for (function, request_id, causation_id, _message), said in grouped.items():
        fields = said[0].fields
        yield Step(
            min(_moment(line) for line in said),
            function,
            request_id,
            causation_id,
            str(fields.get("correlation_id") or ""),
            str(next((line.fields["client_id"] for line in said if line.fields.get("client_id")), "")),
            tuple(line.fields for line in said),
            durations.get(request_id),
        )


def _moment(line: LogLine) -> int:
    """When it was said, by the function's own clock; CloudWatch's may be that of the moment it was told."""
    try:
        return round(datetime.fromisoformat(str(line.fields["timestamp"])).timestamp() * 1000)
    except (KeyError, ValueError):
        return line.at


def _is_answer(line: Mapping[str, Any]) -> bool:
    """Whether `status` is HTTP's; an import has a status too."""
    return "method" in line and isinstance(line.get("status"), int)


def as_json(value: Step | Carried) -> dict[str, Any]:
    """For machines: a step's lines without what the step says already."""
    found = {name: getattr(value, name) for name in value.__slots__}
    found["at"] = datetime.fromtimestamp(value.at / 1000, UTC).isoformat(timespec="milliseconds")
    if isinstance(value, Step):
        found["outcome"] = value.outcome
        found["lines"] = [json.loads(json.dumps(line)) for line in value.lines]
    return found

"""The log lines of all functions of a stage as one stream, oldest first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.aws import Aws
from local.problems import LocalProblem


@dataclass(frozen=True, slots=True)
class LogLine:
    """`at` is milliseconds since 1970 UTC. `fields` is the parsed line, empty when it is not a JSON object."""

    at: int
    function: str
    text: str
    identity: str
    fields: dict[str, Any]

    @property
    def is_lifecycle(self) -> bool:
        """Lambda's own START/END/REPORT lines, and metrics, which nobody reads by eye."""
        return self.text.startswith(("START ", "END ", "REPORT ", "INIT_START")) or "_aws" in self.fields


@dataclass(frozen=True, slots=True)
class Source:
    function: str
    group: str


def sources(aws: Aws, function: str | None = None) -> list[Source]:
    """The log groups of the stage's functions, or of one (`catalog/api`)."""
    pages = aws.functions.get_paginator("list_functions").paginate()
    found = [
        Source(item["FunctionName"].removeprefix(aws.prefix), item.get("LoggingConfig", {}).get("LogGroup") or "")
        for page in pages
        for item in page["Functions"]
        if item["FunctionName"].startswith(aws.prefix)
    ]
    if function is None:
        return sorted(found, key=lambda source: source.function)
    wanted = aws.function_name(function).removeprefix(aws.prefix)
    chosen = [source for source in found if source.function == wanted]
    if not chosen:
        known = ", ".join(sorted(source.function for source in found)) or "none"
        raise LocalProblem(f"there is no function '{function}'", f"functions are: {known}")
    return chosen


def read(aws: Aws, source: Source, since: int) -> Iterator[LogLine]:
    """The lines of one function from `since` (milliseconds since 1970 UTC) on."""
    group = source.group or f"/aws/lambda/{aws.prefix}{source.function}"
    pages = aws.logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
    try:
        for page in pages:
            for event in page["events"]:
                text = event["message"].rstrip()
                identity = event.get("eventId") or f"{event['timestamp']}{text}"
                yield LogLine(event["timestamp"], source.function, text, identity, _fields(text))
    except ClientError as error:
        # A function that never ran has no log group yet.
        if error.response["Error"].get("Code") != "ResourceNotFoundException":
            raise


def mentions(line: LogLine, correlation_id: str) -> bool:
    return correlation_id in line.text


def _fields(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {}
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}

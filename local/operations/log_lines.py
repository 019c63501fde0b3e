"""The log lines of all functions of a stage as one stream, oldest first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.aws import Aws
from local.problems import LocalProblem

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_AT_ONCE = 8
"""Log groups asked at the same time. CloudWatch Logs allows five to ten such calls a second, and botocore waits when refused."""

_MOST_PER_ANSWER = 10_000
"""What FilterLogEvents answers at most. AWS then says how to go on; the embedded one does not."""

_STARTS = ("START ", "END ", "REPORT ", "INIT_START")


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
        """Lambda's own lines (text, or JSON of the types `platform.…`), and metrics, which nobody reads by eye."""
        if self.text.startswith(_STARTS) or "_aws" in self.fields:
            return True
        return str(self.fields.get("type", "")).startswith("platform.")

    @property
    def level(self) -> str:
        """One of LEVELS; "" for a line that has none."""
        return str(self.fields.get("level", "")).upper()


@dataclass(frozen=True, slots=True)
class Source:
    function: str
    group: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: those that hold all `words`, are of `level` or graver ("": any), and, unless `lifecycle`, are our own."""

    words: tuple[str, ...] = ()
    level: str = ""
    lifecycle: bool = False

    def __call__(self, line: LogLine) -> bool:
        if line.is_lifecycle and not self.lifecycle:
            return False
        if self.level and (line.level not in LEVELS or LEVELS.index(line.level) < LEVELS.index(self.level)):
            return False
        return all(mentions(line, word) for word in self.words)


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


def read(
    aws: Aws, source: Source, since: int, *, words: Sequence[str] = (), until: int | None = None
) -> Iterator[LogLine]:
    """The lines of one function from `since` to `until` (milliseconds since 1970 UTC, both included) that hold all `words`; AWS
    picks them, so that the others do not travel."""
    group = source.group or f"/aws/lambda/{aws.prefix}{source.function}"
    asked: dict[str, Any] = {"logGroupName": group}
    asked |= {"filterPattern": " ".join(f'"{word}"' for word in words)} if words else {}
    asked |= {"endTime": until} if until is not None else {}
    client = aws.logs
    while True:
        count, last = 0, since
        try:
            for page in client.get_paginator("filter_log_events").paginate(**asked, startTime=since):
                for event in page["events"]:
                    count, last = count + 1, event["timestamp"]
                    yield _line(source, dict(event))
        except ClientError as error:
            # A function that never ran has no log group yet.
            if error.response["Error"].get("Code") != "ResourceNotFoundException":
                raise
            return
        if count != _MOST_PER_ANSWER or last == since:
            return
        since = last  # lines of this very millisecond come twice; `in_order` drops the second


def in_order(
    aws: Aws, chosen: Sequence[Source], since: int, *, words: Sequence[str] = (), until: int | None = None
) -> list[LogLine]:
    """What `read` gives of all `chosen`, oldest first, each line once."""
    _ = aws.logs  # made before threads ask for it
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda source: list(read(aws, source, since, words=words, until=until)), chosen)
        lines = {line.identity: line for lines in found for line in lines}
    return sorted(lines.values(), key=lambda line: line.at)


def mentions(line: LogLine, word: str) -> bool:
    return word in line.text


def durations(aws: Aws, chosen: Iterable[Source], since: int, until: int) -> dict[str, float]:
    """How long each invocation took that ended in this span: milliseconds by Lambda's request id."""
    word = "REPORT" if aws.endpoint else "platform.report"
    reports = in_order(aws, list(chosen), since, words=(word,), until=until)
    return dict(filter(None, (_reported(line) for line in reports)))


def _reported(line: LogLine) -> tuple[str, float] | None:
    if line.fields.get("type") == "platform.report":
        record = line.fields.get("record", {})
        return str(record.get("requestId", "")), float(record.get("metrics", {}).get("durationMs", 0))
    found = re.match(r"REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms", line.text)
    return (found[1], float(found[2])) if found else None


def _line(source: Source, event: dict[str, Any]) -> LogLine:
    text = event["message"].rstrip()
    identity = event.get("eventId") or f"{event['timestamp']}{text}"
    return LogLine(event["timestamp"], source.function, text, f"{source.function} {identity}", _fields(text))


def _fields(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {}
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}

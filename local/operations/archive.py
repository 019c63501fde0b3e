"""The bus archive: which events there were in a span of time.

EventBridge lets nobody read an archive; it only plays one. So on a real account the span is played to a rule of our own that
passes it into a queue of our own (`FilterArns`: to nobody else), and both are deleted afterwards. The embedded AWS would play to
everybody, but shows what an archive holds when it describes it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.aws import Aws
from local.operations.tap import queue_policy
from local.problems import LocalProblem

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import ReplayDestinationTypeDef

ENDED = frozenset({"COMPLETED", "CANCELLED", "FAILED"})
_POLL_SECONDS = 5
_POLL_SECONDS_HERE = 0.2
_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Archive:
    """`events` and `days` (0: for ever) are EventBridge's own words; the count lags by hours."""

    name: str
    arn: str
    bus_arn: str
    events: int
    days: int


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end`, both included, by the moment that an event tells of itself."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which events: one of `names` and of `contexts` (none given: any), about `client`, caused by `correlation_id` ("": any)."""

    names: frozenset[str] = frozenset()
    contexts: frozenset[str] = frozenset()
    client: str = ""
    correlation_id: str = ""

    def __call__(self, event: Mapping[str, Any]) -> bool:
        """`event` as EventBridge delivers it."""
        detail = event["detail"]
        return (
            (not self.names or event["detail-type"] in self.names)
            and (not self.contexts or str(event["source"]).removeprefix("skuflow.") in self.contexts)
            and self.client in ("", detail.get("client_id"))
            and self.correlation_id in ("", detail.get("correlation_id"))
        )

    def as_rule(self, replay: str) -> dict[str, Any]:
        """The same as EventBridge's event pattern, for the events of one replay."""
        detail = {"client_id": self.client, "correlation_id": self.correlation_id}
        asked = {name: [value] for name, value in detail.items() if value}
        return {
            "replay-name": [replay],
            "source": [f"skuflow.{context}" for context in sorted(self.contexts)] or [{"prefix": "skuflow."}],
            **({"detail-type": sorted(self.names)} if self.names else {}),
            **({"detail": asked} if asked else {}),
        }


EVERYTHING = Pattern()


def archive_of(aws: Aws) -> Archive:
    """The archive of the stage's bus. Raises LocalProblem if it has none."""
    name = aws.prefix.removesuffix("-")
    try:
        found = aws.events.describe_archive(ArchiveName=name)
    except ClientError as error:
        if error.response["Error"].get("Code") != "ResourceNotFoundException":
            raise
        raise LocalProblem(f"the bus has no archive {name}", "deploy the stage first") from None
    return Archive(
        name, found["ArchiveArn"], found["EventSourceArn"], found.get("EventCount", 0), found.get("RetentionDays", 0)
    )


def archived(
    aws: Aws, archive: Archive, span: Span, pattern: Pattern, note: Callable[[str], None] = lambda _said: None
) -> list[dict[str, Any]]:
    """The events of the span that fit, as EventBridge delivers them, in the order of their moments, each once. On a real account
    that takes minutes; `note` is told how far it is."""
    read = _shown if aws.endpoint else _played
    found: dict[str, dict[str, Any]] = {}
    for event in read(aws, archive, span, pattern, note):
        if pattern(event):
            found.setdefault(str(event["detail"].get("event_id", event["id"])), event)
    return sorted(found.values(), key=lambda event: str(event["detail"].get("occurred_at", event["time"])))


def start_replay(aws: Aws, archive: Archive, span: Span, name: str, rules: list[str]) -> None:
    """Begin to play the span to the rules with these ARNs, or to all if there are none."""
    destination: ReplayDestinationTypeDef = {"Arn": archive.bus_arn}
    if rules:
        destination["FilterArns"] = rules
    aws.events.start_replay(
        ReplayName=name,
        EventSourceArn=archive.arn,
        EventStartTime=span.start,
        EventEndTime=span.end,
        Destination=destination,
    )


def await_replay(aws: Aws, name: str, note: Callable[[str], None], between: Callable[[], object] | None = None) -> str:
    """How the replay ended: COMPLETED, CANCELLED or FAILED with EventBridge's reason. Interrupted, it is cancelled."""
    pause = _POLL_SECONDS_HERE if aws.endpoint else _POLL_SECONDS
    try:
        while True:
            seen: Mapping[str, Any] = {**aws.events.describe_replay(ReplayName=name)}
            at = f", at {iso(seen['EventLastReplayedTime'])}" if "EventLastReplayedTime" in seen else ""
            note(seen["State"].lower() + at)
            if seen["State"] in ENDED:
                return f"{seen['State']} {seen.get('StateReason', '')}".strip()
            if between is None:
                time.sleep(pause)
            else:
                between()
    except KeyboardInterrupt:
        aws.events.cancel_replay(ReplayName=name)
        raise


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _shown(
    aws: Aws, archive: Archive, span: Span, _pattern: Pattern, _note: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """botocore drops what the real service does not answer; its raw answer still holds it."""
    raw: dict[str, Any] = {}

    def keep(response_dict: Mapping[str, Any], **_more: object) -> None:
        raw.update(json.loads(response_dict["body"]))

    events = aws.events.meta.events
    events.register("before-parse.eventbridge.DescribeArchive", keep)
    try:
        aws.events.describe_archive(ArchiveName=archive.name)
    finally:
        events.unregister("before-parse.eventbridge.DescribeArchive", keep)
    for event in raw.get("Events", []):
        if int(span.start.timestamp()) <= float(event["Time"]) <= span.end.timestamp():
            yield {
                "version": "0",
                "id": event["EventId"],
                "detail-type": event["DetailType"],
                "source": event["Source"],
                "account": event["Account"],
                "time": datetime.fromtimestamp(float(event["Time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "region": event["Region"],
                "resources": event.get("Resources", []),
                "detail": json.loads(event["Detail"]),
            }


def _played(
    aws: Aws, archive: Archive, span: Span, pattern: Pattern, note: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    name = f"skuflow-read-{secrets.token_hex(4)}"
    found: list[dict[str, Any]] = []
    with _own_rule(aws, name, pattern.as_rule(name)) as (queue, rule):
        start_replay(aws, archive, span, name, [rule])
        ended = await_replay(
            aws, name, lambda said: note(f"{said}, {len(found)} events"), lambda: _drain(aws, queue, found)
        )
        if not ended.startswith("COMPLETED"):
            raise LocalProblem(f"the archive could not be read: {ended}", "look at the replay in EventBridge")
        while _drain(aws, queue, found):
            note(f"{len(found)} events")
    yield from found


def _drain(aws: Aws, queue: str, found: list[dict[str, Any]]) -> bool:
    """Take what has come so far, waiting a moment for the first; returns whether anything came."""
    messages = aws.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=_AT_ONCE, WaitTimeSeconds=_POLL_SECONDS).get(
        "Messages", []
    )
    if messages:
        found += [json.loads(message["Body"]) for message in messages]
        aws.sqs.delete_message_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]} for index, message in enumerate(messages)
            ],
        )
    return bool(messages)


@contextmanager
def _own_rule(aws: Aws, name: str, pattern: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A rule on the bus, into a queue, for as long as this lasts: the queue's address and the rule's ARN."""
    bus = aws.bus()
    queue = aws.sqs.create_queue(QueueName=name)["QueueUrl"]
    try:
        arn = aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        rule = aws.events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))["RuleArn"]
        try:
            aws.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": queue_policy(arn, rule)})
            aws.events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "own", "Arn": arn}])
            yield queue, rule
        finally:
            aws.events.remove_targets(Rule=name, EventBusName=bus, Ids=["own"])
            aws.events.delete_rule(Name=name, EventBusName=bus)
    finally:
        aws.sqs.delete_queue(QueueUrl=queue)

"""Whether what the platform stands on answers: every table, the bus, every queue, and the circuits of outside services.

Everything is asked at once and for a limited time. What is told are names of our own and classes of errors: no address, no account,
no message of another party, nothing of a client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from skuflow.kernel.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient

PATIENCE_SECONDS = 4.0
"""For all checks together. Longer than any one of them may take, shorter than the function's timeout."""

ASKED_AT_ONCE = 12
_MOST_PAGES = 5
"""Pages of circuits, of 1 MB each, that are read: more than 20,000 places."""

Status = Literal["ok", "degraded", "failing"]
_WORSE: tuple[Status, ...] = ("ok", "degraded", "failing")
_USABLE = frozenset({"ACTIVE", "UPDATING"})


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing does. `status`: `ok`; `degraded`, it works and somebody should look; `failing`, it does not answer as it
    should. `figures`: what was counted besides."""

    kind: Literal["table", "bus", "queue", "circuit"]
    name: str
    status: Status
    milliseconds: int = 0
    detail: str = ""
    figures: dict[str, int] = field(default_factory=dict)


Probe = Callable[[], Finding]
"""Asks one thing; may raise."""


@dataclass(frozen=True, slots=True)
class Named:
    """A probe, and what it is about if it does not come back."""

    kind: Literal["table", "bus", "queue", "circuit"]
    name: str
    ask: Probe


@dataclass(frozen=True, slots=True)
class HealthDeps:
    """`seconds`: a clock that never goes back, for durations."""

    probes: Sequence[Named]
    seconds: Callable[[], float]
    clock: Clock
    patience: float = PATIENCE_SECONDS


def worst(findings: Iterable[Finding]) -> Status:
    return max((one.status for one in findings), key=_WORSE.index, default="ok")


def examine(deps: HealthDeps) -> list[Finding]:
    """A finding for every probe, in their order, after `deps.patience` seconds at most."""
    pool = ThreadPoolExecutor(max_workers=min(ASKED_AT_ONCE, max(1, len(deps.probes))))
    try:
        asked = [(probe, pool.submit(_timed, probe, deps.seconds)) for probe in deps.probes]
        wait([future for _, future in asked], timeout=deps.patience)
        return [_outcome(probe, future, deps.patience) for probe, future in asked]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _timed(probe: Named, seconds: Callable[[], float]) -> Finding:
    began = seconds()
    try:
        found = probe.ask()
    except Exception as error:
        found = Finding(probe.kind, probe.name, "failing", detail=_class_of(error))
    took = round((seconds() - began) * 1000)
    return Finding(found.kind, found.name, found.status, took, found.detail, found.figures)


def _outcome(probe: Named, future: Future[Finding], patience: float) -> Finding:
    if future.done() and not future.cancelled():
        return future.result()
    return Finding(probe.kind, probe.name, "failing", round(patience * 1000), f"no answer within {patience:g} s")


def _class_of(error: Exception) -> str:
    """AWS's code of what it answered, else the kind of exception: never a message, which may hold anything."""
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code") or type(error).__name__)


def table_probe(dynamodb: DynamoDBClient, prefix: str, name: str) -> Named:
    """Whether the table is there and its key can be used. Needs dynamodb:DescribeTable, and no right to its content."""

    def ask() -> Finding:
        status = str(dynamodb.describe_table(TableName=f"{prefix}{name}")["Table"]["TableStatus"])
        return Finding("table", name, "ok" if status in _USABLE else "failing", detail=status.lower())

    return Named("table", name, ask)


def bus_probe(events: EventBridgeClient, bus: str) -> Named:
    """Whether the bus is there. Needs events:DescribeEventBus."""

    def ask() -> Finding:
        events.describe_event_bus(Name=bus)
        return Finding("bus", bus, "ok")

    return Named("bus", bus, ask)


def queue_probe(sqs: SQSClient, prefix: str, name: str, *, is_end: bool) -> Named:
    """Whether the queue answers, and how many messages wait in it. In an end of the line (`is_end`) none should. Needs
    sqs:GetQueueUrl and sqs:GetQueueAttributes."""

    def ask() -> Finding:
        url = sqs.get_queue_url(QueueName=f"{prefix}{name}")["QueueUrl"]
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        waiting = int(told["Attributes"]["ApproximateNumberOfMessages"])
        status: Status = "degraded" if is_end and waiting else "ok"
        return Finding("queue", name, status, figures={"waiting": waiting})

    return Named("queue", name, ask)


def circuit_probe(dynamodb: DynamoDBClient, table: str, service: str, clock: Clock) -> Named:
    """The circuits of one outside service, as many as there are credentials. Needs dynamodb:Scan on the outbound table."""

    def ask() -> Finding:
        figures = _circuits(dynamodb, table, service, clock)
        broken = figures["open"] + figures["half_open"]
        return Finding("circuit", service, "degraded" if broken else "ok", figures=figures)

    return Named("circuit", service, ask)


def _circuits(dynamodb: DynamoDBClient, table: str, service: str, clock: Clock) -> dict[str, int]:
    """How many circuits of `service` are in which state. One that nobody has called has no item, and is closed."""
    from skuflow.platform.outbound.circuits import Circuit
    from skuflow.platform.outbound.state import CIRCUIT, OPEN, millis

    figures, now = {"closed": 0, "open": 0, "half_open": 0}, millis(clock())
    for item in _pages(dynamodb, table, CIRCUIT):
        if item["pk"]["S"].partition("SERVICE#")[2].split("#")[0] == service:
            opened, retry_at = item.get("state", {}).get("S") == OPEN, int(item.get("retry_at", {}).get("N", 0))
            figures[Circuit(is_open=opened, retry_at=retry_at).shown(now).state] += 1
    return figures


def _pages(dynamodb: DynamoDBClient, table: str, kind: str) -> Iterable[dict[str, Any]]:
    start: dict[str, Any] = {}
    for _ in range(_MOST_PAGES):
        page: Any = dynamodb.scan(
            TableName=table,
            FilterExpression="sk = :kind",
            ProjectionExpression="pk, #state, retry_at",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":kind": {"S": kind}},
            **start,
        )
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

"""Count what somebody used: up to 500 events at a time, each answered for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from skuflow.billing.metering.event_store import DynamoUsage, Marked
from skuflow.billing.metering.metric_store import DynamoMetrics
from skuflow.billing.metering.model import EventAnswer, UsageEvent
from skuflow.billing.metering.read_event import id_in, read_event
from skuflow.kernel.errors import Conflict, Invalid, Problem
from skuflow.kernel.tenancy import ClientId

MOST_EVENTS = 500
"""Of one call."""
_REUSED = Problem(
    "transaction_id",
    "was counted with another body",
    "give a new event an id of its own; to repeat an event, send it unchanged",
)


def record_usage(
    client_id: ClientId, sent: Sequence[object], *, metrics: DynamoMetrics, usage: DynamoUsage, now: datetime
) -> list[EventAnswer]:
    """Count the events of `sent` (parsed JSON) that are valid; an answer to each, in their order. One that was counted before,
    here or by any call, is a duplicate; one whose id was counted with another body is rejected as a conflict. Raises
    TransientError: some of the events may be counted by then, and sending all of them again counts each once."""
    codes = {str(one["metric"]) for one in sent if isinstance(one, dict) and isinstance(one.get("metric"), str)}
    known = metrics.known(client_id, codes)
    read: list[UsageEvent | EventAnswer] = []
    first: dict[str, UsageEvent] = {}
    for index, one in enumerate(sent):
        try:
            event = read_event(one, client_id=client_id, metrics=known, now=now)
        except Invalid as error:
            read.append(EventAnswer(index, id_in(one), "rejected", "invalid", error.problems))
        else:
            read.append(event)
            first.setdefault(event.transaction_id, event)
    return _judged(read, usage.add(client_id, list(first.values()), now))


def _judged(read: Sequence[UsageEvent | EventAnswer], marked: Mapping[str, Marked]) -> list[EventAnswer]:
    """The answers in order. Of events with one id the first is what was written, the others are held against it."""
    answers: list[EventAnswer] = []
    answered: set[str] = set()
    for index, one in enumerate(read):
        if isinstance(one, EventAnswer):
            answers.append(one)
            continue
        mark = marked[one.transaction_id]
        if mark.digest != one.digest:
            answers.append(EventAnswer(index, one.transaction_id, "rejected", "conflict", (_REUSED,)))
        elif mark.fresh and one.transaction_id not in answered:
            answers.append(EventAnswer(index, one.transaction_id, "accepted"))
        else:
            answers.append(EventAnswer(index, one.transaction_id, "duplicate"))
        answered.add(one.transaction_id)
    return answers


def record_one(
    client_id: ClientId, sent: object, *, metrics: DynamoMetrics, usage: DynamoUsage, now: datetime
) -> EventAnswer:
    """As `record_usage`, of a single event: raises Invalid or Conflict instead of answering `rejected`."""
    [answer] = record_usage(client_id, [sent], metrics=metrics, usage=usage, now=now)
    if answer.code == "invalid":
        raise Invalid("the event is not valid", problems=answer.problems)
    if answer.code == "conflict":
        raise Conflict(
            f"transaction id {answer.transaction_id} was counted with another body", problems=answer.problems
        )
    return answer

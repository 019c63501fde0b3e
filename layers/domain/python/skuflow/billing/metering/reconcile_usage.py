"""Every night: all days to which events may still have come are compared again, each client's days on their own.

The schedule asks for each day; whoever takes a day up asks for each client that has usage on it; whoever takes that up
compares. All of it travels in one queue, and each message says how far its work has come, so a message that dies half-way is
simply taken up again: comparing twice finds the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from skuflow.billing.metering.metered_days import ALL_SHARDS
from skuflow.billing.metering.model import LATE
from skuflow.billing.metering.reconcile_day import Reconciling, reconcile_day
from skuflow.billing.metering.reconciliation import DayWork, Reconciliation
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Malformed, TransientError
from skuflow.kernel.tenancy import client_id

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

DAYS = LATE.days + 1
"""An event is taken for 35 days, so a day is settled on the 36th after it: that night is its last comparison."""
MAX_ENTRIES = 10


@dataclass(frozen=True, slots=True)
class PlanWork:
    """A day whose clients are to be found, from `shard` on, behind client `after`."""

    plan: str
    shard: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class ReconcileQueue:
    """The queue of billing/reconcile_usage. `sqs` gives the client, on the first use."""

    sqs: Callable[[], SQSClient]
    url: str

    def put(self, work: Iterable[PlanWork | DayWork]) -> int:
        """Ask for all of `work`, ten a request; returns how much it was. Raises TransientError if not all of it was taken."""
        rest, sent = iter(work), 0
        while batch := list(islice(rest, MAX_ENTRIES)):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "MessageBody": msgspec.json.encode(one).decode()}
                for number, one in enumerate(batch)
            ]
            answer = self.sqs().send_message_batch(QueueUrl=self.url, Entries=entries)
            if answer.get("Failed"):
                raise TransientError(f"the queue refused {len(answer['Failed'])} of {len(entries)} messages")
            sent += len(batch)
        return sent


def start_reconciliation(*, queue: ReconcileQueue, clock: Clock) -> int:
    """Ask for all days that may have changed since they were compared last; today is not over and waits. Returns how many."""
    today = clock().date()
    return queue.put(PlanWork((today - timedelta(days=back)).isoformat()) for back in range(1, DAYS + 1))


def take_up(
    body: Any, *, queue: ReconcileQueue, using: Reconciling, has_time: Callable[[], bool]
) -> Reconciliation | None:
    """Do the work that a message holds; what is left when the time is over goes back into the queue. Returns the record of a
    day that is compared. Raises Malformed for a message that holds no work."""
    work = _work_in(body)
    if isinstance(work, PlanWork):
        _plan(work, queue, using, has_time)
        return None
    done = reconcile_day(work, using=using, has_time=has_time)
    if isinstance(done, DayWork):
        queue.put([done])
        return None
    return done


def _plan(work: PlanWork, queue: ReconcileQueue, using: Reconciling, has_time: Callable[[], bool]) -> None:
    after = work.after
    for shard in ALL_SHARDS[work.shard :]:
        clients = using.days.clients(work.plan, shard, after)
        while batch := list(islice(clients, MAX_ENTRIES)):
            queue.put(DayWork(client, work.plan) for client in batch)
            if not has_time():
                queue.put([PlanWork(work.plan, shard, batch[-1])])
                return
        after = ""


def _work_in(body: Any) -> PlanWork | DayWork:
    try:
        if "plan" in body:
            planned = msgspec.convert(body, PlanWork)
            date.fromisoformat(planned.plan)
            return planned
        work = msgspec.convert(body, DayWork)
        client_id(work.client_id)
        date.fromisoformat(work.day)
    except (TypeError, ValueError) as error:
        raise Malformed(f"no work of a reconciliation: {error}") from None
    return work

"""Work on billing runs, waiting in queues: which subscriptions, invoices or runs, and no more; all else is read when it begins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Malformed, TransientError
from skuflow.kernel.tenancy import ClientId, client_id

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MAX_ENTRIES = 10


@dataclass(frozen=True, slots=True)
class Batch:
    """Subscriptions to bill: the `batch`-th part of a run, from 0."""

    client_id: ClientId
    run_id: str
    batch: int
    as_of: datetime
    subscription_ids: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        return {
            "client_id": self.client_id,
            "run_id": self.run_id,
            "batch": self.batch,
            "as_of": iso(self.as_of),
            "subscription_ids": list(self.subscription_ids),
        }


@dataclass(frozen=True, slots=True)
class Drafts:
    """Invoices that need numbers, of whichever sellers."""

    client_id: ClientId
    invoice_ids: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        return {"client_id": self.client_id, "invoice_ids": list(self.invoice_ids)}


@dataclass(frozen=True, slots=True)
class DuePage:
    """Plan all that is due at `as_of`, of every client, from `shard` on, behind the key `after` in it ("": from the start)."""

    as_of: datetime
    shard: int = 0
    after: str = ""

    def body(self) -> dict[str, Any]:
        return {"as_of": iso(self.as_of), "shard": self.shard, "after": self.after}


@dataclass(frozen=True, slots=True)
class RunToPlan:
    """Plan a run, or hand out its batches from the `batch`-th on."""

    client_id: ClientId
    run_id: str
    batch: int = 0

    def body(self) -> dict[str, Any]:
        return {"client_id": self.client_id, "run_id": self.run_id, "batch": self.batch}


Work = Batch | Drafts | DuePage | RunToPlan


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """A queue of billing runs. `sqs` gives the client, on the first use. A message too many does no harm: who gets one looks
    before acting."""

    sqs: Callable[[], SQSClient]
    url: str

    def put(self, work: Work) -> None:
        self.sqs().send_message(QueueUrl=self.url, MessageBody=json.dumps(work.body()))

    def put_all(self, works: Sequence[Work]) -> None:
        """Ten a request. Raises TransientError if the queue did not take them all."""
        for start in range(0, len(works), MAX_ENTRIES):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "MessageBody": json.dumps(work.body())}
                for number, work in enumerate(works[start : start + MAX_ENTRIES])
            ]
            answer = self.sqs().send_message_batch(QueueUrl=self.url, Entries=entries)
            if answer.get("Failed"):
                raise TransientError(f"the queue refused {len(answer['Failed'])} of {len(entries)} messages")


def batch_in(body: Any) -> Batch:
    """Raises Malformed."""
    try:
        named = tuple(str(one) for one in body["subscription_ids"])
        return Batch(client_id(body["client_id"]), str(body["run_id"]), int(body["batch"]), _moment(body), named)
    except (KeyError, TypeError, ValueError):
        raise Malformed("a message names client_id, run_id, batch, as_of and subscription_ids") from None


def drafts_in(body: Any) -> Drafts:
    """Raises Malformed."""
    try:
        return Drafts(client_id(body["client_id"]), tuple(str(one) for one in body["invoice_ids"]))
    except (KeyError, TypeError):
        raise Malformed("a message names client_id and invoice_ids") from None


def to_plan_in(body: Any) -> DuePage | RunToPlan:
    """Raises Malformed."""
    try:
        if "run_id" in body:
            return RunToPlan(client_id(body["client_id"]), str(body["run_id"]), int(body.get("batch", 0)))
        return DuePage(_moment(body), int(body.get("shard", 0)), str(body.get("after", "")))
    except (KeyError, TypeError, ValueError):
        raise Malformed("a message names a client_id and a run_id, or as_of") from None


def in_parts(ids: Iterable[str], size: int) -> list[tuple[str, ...]]:
    """`ids` in their order, `size` at a time."""
    listed = tuple(ids)
    return [listed[start : start + size] for start in range(0, len(listed), size)]


def _moment(body: Any) -> datetime:
    return parse_iso(str(body["as_of"]))

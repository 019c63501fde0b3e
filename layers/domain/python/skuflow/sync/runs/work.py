"""Work on a shop or a run, waiting in a queue: which one, and no more; everything else is read when the work begins."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skuflow.kernel.errors import Malformed, TransientError
from skuflow.kernel.tenancy import ClientId, client_id

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MAX_ENTRIES = 10
MAX_DELAY = 900
"""Seconds; SQS holds a message back no longer."""


@dataclass(frozen=True, slots=True)
class ShopWork:
    """The queue of sync/sync_shop. `sqs` gives the client, on the first use."""

    sqs: Callable[[], SQSClient]
    url: str

    def put(self, client: ClientId, shop: str, *, delay: int = 0) -> None:
        """Ask for a look at `shop` in `delay` seconds. A message too many does no harm: every worker looks before it acts."""
        body = json.dumps({"client_id": client, "shop": shop})
        self.sqs().send_message(QueueUrl=self.url, MessageBody=body, DelaySeconds=min(max(delay, 0), MAX_DELAY))

    def put_all(self, shops: Sequence[tuple[ClientId, str]]) -> None:
        """Ask for a look at each of `shops` at once, ten a request. Raises TransientError if the queue did not take them all."""
        for start in range(0, len(shops), MAX_ENTRIES):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "MessageBody": json.dumps({"client_id": client, "shop": shop})}
                for number, (client, shop) in enumerate(shops[start : start + MAX_ENTRIES])
            ]
            answer = self.sqs().send_message_batch(QueueUrl=self.url, Entries=entries)
            if answer.get("Failed"):
                raise TransientError(f"the queue refused {len(answer['Failed'])} of {len(entries)} messages")


@dataclass(frozen=True, slots=True)
class RunWork:
    """The queue of sync/read_bulk_result."""

    sqs: Callable[[], SQSClient]
    url: str

    def put(self, client: ClientId, run_id: str) -> None:
        """Ask for reading the result of the run's operation, or for going on with it."""
        body = json.dumps({"client_id": client, "run_id": run_id})
        self.sqs().send_message(QueueUrl=self.url, MessageBody=body)


def named_shop(body: Any) -> tuple[ClientId, str]:
    """The shop that a work message names. Raises Malformed."""
    try:
        return client_id(body["client_id"]), str(body["shop"])
    except (KeyError, TypeError):
        raise Malformed("a work message names a client_id and a shop") from None


def named_run(body: Any) -> tuple[ClientId, str]:
    """The run that a work message names. Raises Malformed."""
    try:
        return client_id(body["client_id"]), str(body["run_id"])
    except (KeyError, TypeError):
        raise Malformed("a work message names a client_id and a run_id") from None

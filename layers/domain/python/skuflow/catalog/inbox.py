"""A consumer's own queue: what it could not finish in its time comes again as a message of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class Inbox:
    """`sqs` gives the client, on the first use."""

    sqs: Callable[[], SQSClient]
    queue_url: str

    def put_again(self, body: str) -> None:
        """Have the message delivered once more. One too many does no harm: every worker looks how far the work is."""
        self.sqs().send_message(QueueUrl=self.queue_url, MessageBody=body)

"""Work that waits in a queue: which job, or which night, and no more; everything else is read when the work begins."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skuflow.kernel.errors import Malformed
from skuflow.kernel.tenancy import ClientId, client_id

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class JobWork:
    """`sqs` gives the client, on the first use."""

    sqs: Callable[[], SQSClient]
    url: str

    def put(self, client: ClientId, job_id: str) -> None:
        """Ask for work on the job. A message too many does no harm: every worker looks before it acts."""
        self.send({"client_id": client, "job_id": job_id})

    def send(self, body: Mapping[str, Any]) -> None:
        """Put any work of this queue into it."""
        self.sqs().send_message(QueueUrl=self.url, MessageBody=json.dumps(body))


def named_job(body: Any) -> tuple[ClientId, str]:
    """The job that a work message names. Raises Malformed."""
    try:
        return client_id(body["client_id"]), str(body["job_id"])
    except (KeyError, TypeError):
        raise Malformed("a work message names a client_id and a job_id") from None

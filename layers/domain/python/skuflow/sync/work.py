"""Work on an import, waiting in a queue: which import, and no more; everything else is read when the work begins."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skuflow.kernel.errors import Malformed
from skuflow.kernel.tenancy import ClientId, client_id

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """`sqs` gives the client, on the first use."""

    sqs: Callable[[], SQSClient]
    url: str

    def put(self, client: ClientId, import_id: str) -> None:
        """Ask for work on the import. A message too many does no harm: every worker looks before it acts."""
        body = json.dumps({"client_id": client, "import_id": import_id})
        self.sqs().send_message(QueueUrl=self.url, MessageBody=body)


def named_import(body: Any) -> tuple[ClientId, str]:
    """The import that a work message names. Raises Malformed."""
    try:
        return client_id(body["client_id"]), str(body["import_id"])
    except (KeyError, TypeError):
        raise Malformed("a work message names a client_id and an import_id") from None

"""Where webhooks are put to wait for the worker: a queue, and the bucket for bodies that are too large for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from skuflow.kernel.errors import TransientError
from skuflow.sync.webhooks.envelope import Envelope, sealed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class WebhookInbox:
    """`s3` gives the client, on the first use."""

    sqs: SQSClient
    url: str
    s3: Callable[[], S3Client]
    bucket: str

    def put(self, envelope: Envelope, body: bytes) -> None:
        """Keep `envelope` with `body`; once this returns it is safe. Raises TransientError."""
        message, key = sealed(envelope, body)
        try:
            if key is not None:
                self.s3().put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/octet-stream")
            self.sqs.send_message(QueueUrl=self.url, MessageBody=message)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            raise TransientError(f"the webhook could not be stored ({code})") from error
        except BotoCoreError as error:
            raise TransientError(f"the webhook could not be stored ({type(error).__name__})") from error

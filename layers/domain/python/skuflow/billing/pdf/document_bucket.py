"""The document bucket: what was drawn, kept.

    documents/<client>/<document>/<version>.pdf    an invoice's or credit note's PDF, as its record stood at that version

A record that changes (is numbered, paid, voided) has another version, and so another file: no reader gets yesterday's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from skuflow.kernel.errors import TransientError
from skuflow.kernel.tenancy import ClientId

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

URL_LIFE = timedelta(minutes=5)
_ABSENT = frozenset({"NoSuchKey", "NotFound", "404"})
_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class DocumentBucket:
    """`s3` gives the client: few callers need one. Every method may raise TransientError."""

    s3: Callable[[], S3Client]
    name: str

    def holds(self, key: str) -> bool:
        try:
            self.s3().head_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return False
            raise _unanswered(error) from error
        except BotoCoreError as error:
            raise _unanswered(error) from error
        return True

    def put(self, key: str, content: bytes) -> None:
        try:
            self.s3().put_object(Bucket=self.name, Key=key, Body=content, ContentType=_PDF)
        except (ClientError, BotoCoreError) as error:
            raise _unanswered(error) from error

    def link(self, key: str, file_name: str, now: datetime) -> tuple[str, datetime]:
        """An address that shows `key` to whoever has it, called `file_name` when it is saved, and when it stops doing so."""
        url = self.s3().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.name,
                "Key": key,
                "ResponseContentDisposition": f"inline; filename*=UTF-8''{quote(file_name)}",
                "ResponseContentType": _PDF,
            },
            ExpiresIn=int(URL_LIFE.total_seconds()),
        )
        return url, now + URL_LIFE


def document_key(client_id: ClientId, document_id: str, version: int) -> str:
    return f"documents/{client_id}/{document_id}/{version}.pdf"


def _unanswered(error: Exception) -> TransientError:
    return TransientError(f"the document bucket did not answer ({type(error).__name__})")

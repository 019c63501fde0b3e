"""The import bucket: where files come in, and where batches, rejected rows and reports lie.

    uploads/<client>/<import>/<file name>        what was uploaded
    batches/<client>/<import>/<n>-<digest>.jsonl products for the catalogue (`BatchHeader`, then `SourceProduct` lines)
    rejects/<client>/<import>/<n>-<digest>.jsonl rows not taken, and remarks
    results/<client>/<import>/                   plan-<digest>.json, report.json, repair.csv

A name with a digest is derived from the content: whoever writes it, it holds the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from skuflow.kernel.errors import NotFound, TransientError
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.model import Import
from skuflow.sync.object_source import ObjectSource
from skuflow.sync.object_writer import ObjectWriter

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

URL_LIFE = timedelta(minutes=15)
_ABSENT = frozenset({"NoSuchKey", "NotFound", "404"})


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A form that uploads one file: POST `fields` and then the file, as `multipart/form-data`, to `url`."""

    url: str
    fields: dict[str, str]
    expires_at: datetime
    max_bytes: int


@dataclass(frozen=True, slots=True)
class ImportBucket:
    s3: S3Client
    name: str

    def upload_form(self, key: str, max_bytes: int, now: datetime) -> UploadForm:
        """A form for `key` and nothing else, for at most `max_bytes` bytes, for a quarter of an hour; S3 enforces all three.
        An empty file may come in: it is refused by inspection, whose words are clearer than those of S3."""
        form = self.s3.generate_presigned_post(
            self.name,
            key,
            Fields={"success_action_status": "201"},
            Conditions=[{"success_action_status": "201"}, ["content-length-range", 0, max_bytes]],
            ExpiresIn=int(URL_LIFE.total_seconds()),
        )
        return UploadForm(form["url"], dict(form["fields"]), now + URL_LIFE, max_bytes)

    def download_url(self, key: str, file_name: str, now: datetime) -> tuple[str, datetime]:
        """An address that serves `key` as the download `file_name`, and when it stops doing so."""
        disposition = f"attachment; filename*=UTF-8''{quote(file_name)}"
        url = self.s3.generate_presigned_url(
            "get_object",
            Params={"Bucket": self.name, "Key": key, "ResponseContentDisposition": disposition},
            ExpiresIn=int(URL_LIFE.total_seconds()),
        )
        return url, now + URL_LIFE

    def stat(self, key: str) -> tuple[str, int]:
        """ETag and size in bytes. Raises NotFound."""
        with _answering(key):
            answer = self.s3.head_object(Bucket=self.name, Key=key)
        return answer["ETag"], answer["ContentLength"]

    def upload(self, item: Import) -> ObjectSource:
        """The content that was inspected, and no other."""
        return ObjectSource(self.s3, self.name, item.upload_key, item.etag, item.size)

    def put(self, key: str, body: bytes, content_type: str) -> None:
        with _answering(key):
            self.s3.put_object(Bucket=self.name, Key=key, Body=body, ContentType=content_type)

    def read(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        """The bytes from `start` up to, not including, `end`. Raises NotFound."""
        span = f"bytes={start}-{'' if end is None else end - 1}"
        with _answering(key):
            return self.s3.get_object(Bucket=self.name, Key=key, Range=span)["Body"].read()

    def writer(self, key: str, content_type: str) -> ObjectWriter:
        return ObjectWriter(self.s3, self.name, key, content_type)


@contextmanager
def _answering(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _ABSENT:
            raise NotFound(f"{key.rpartition('/')[2]} is not there, or no longer") from None
        raise TransientError(f"the import bucket did not answer ({code})") from error
    except BotoCoreError as error:
        raise TransientError(f"the import bucket did not answer ({type(error).__name__})") from error


def upload_key(client_id: ClientId, import_id: str, file_name: str) -> str:
    return f"uploads/{client_id}/{import_id}/{file_name}"


def plan_key(client_id: ClientId, import_id: str, content: bytes) -> str:
    return f"results/{client_id}/{import_id}/plan-{_digest(content)}.json"


def batch_key(client_id: ClientId, import_id: str, batch: int, content: bytes) -> str:
    return f"batches/{client_id}/{import_id}/{batch:06d}-{_digest(content)}.jsonl"


def rejects_key(client_id: ClientId, import_id: str, number: int, content: bytes) -> str:
    return f"rejects/{client_id}/{import_id}/{number:06d}-{_digest(content)}.jsonl"


def result_key(client_id: ClientId, import_id: str, name: str) -> str:
    return f"results/{client_id}/{import_id}/{name}"


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]

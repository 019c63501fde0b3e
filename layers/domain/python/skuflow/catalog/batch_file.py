"""The file that a `ProductBatchReady` points at: a header line, then one product fragment a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from skuflow.contracts.sync import BatchHeader, SourceProduct
from skuflow.kernel.errors import Malformed, NotFound, TransientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_GONE = frozenset({"NoSuchKey", "404", "NoSuchBucket"})


class BatchFiles(Protocol):
    def read(self, bucket: str, key: str) -> bytes:
        """The file's content. Raises NotFound if it is gone or is not where batches lie, TransientError if storage fails."""


@dataclass(frozen=True, slots=True)
class S3BatchFiles:
    """Batch files in `bucket`; a message that names another bucket is not believed."""

    s3: S3Client
    bucket: str

    def read(self, bucket: str, key: str) -> bytes:
        if bucket != self.bucket:
            raise NotFound(f"batches lie in {self.bucket}, not in {bucket}")
        try:
            return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _GONE:
                raise NotFound(f"the batch file {key} is gone") from None
            raise TransientError(f"storage did not give {key} ({code})") from error
        except BotoCoreError as error:
            raise TransientError(f"storage did not give {key} ({type(error).__name__})") from error


def parse(content: bytes) -> tuple[BatchHeader, tuple[SourceProduct, ...]]:
    """Header and fragments. Raises Malformed that names the line."""
    lines = content.splitlines()
    if not lines:
        raise Malformed("the batch file is empty")
    return _header(lines[0]), tuple(_fragments(lines[1:]))


def _header(line: bytes) -> BatchHeader:
    try:
        header = msgspec.json.decode(line, type=BatchHeader)
    except msgspec.MsgspecError as error:
        raise Malformed(f"batch file, line 1: {error}") from None
    if header.schema_version != 1:
        raise Malformed(f"batch file of version {header.schema_version}; this reads version 1")
    return header


def _fragments(lines: list[bytes]) -> Iterator[SourceProduct]:
    decoder = msgspec.json.Decoder(SourceProduct)
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        try:
            yield decoder.decode(line)
        except msgspec.MsgspecError as error:
            raise Malformed(f"batch file, line {number}: {error}") from None

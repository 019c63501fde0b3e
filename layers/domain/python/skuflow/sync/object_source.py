"""An uploaded file as a `ByteSource`: ranged reads of one S3 object, pinned to the content that was inspected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from skuflow.kernel.errors import TransientError
from skuflow.sync.reading.refusal import UploadRefused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WINDOW = 8 * 1024 * 1024
"""Bytes asked for at once. A reader works on each piece for a while; a request that long open would be cut off."""
PIECE = 256 * 1024
ATTEMPTS = 3
"""How often in a row a window may bring nothing at all."""


@dataclass(frozen=True, slots=True)
class ObjectSource:
    """`etag` must match on every read: a file that was replaced in the middle fails as `upload_replaced`, and a mixture of the
    two is never read. `size` is in bytes."""

    s3: S3Client
    bucket: str
    key: str
    etag: str
    size: int

    def read_from(self, offset: int) -> Iterator[bytes]:
        """The bytes from `offset` on, in pieces. Raises UploadRefused if the object is another or gone, TransientError if S3
        does not answer."""
        position, fruitless = offset, 0
        while position < self.size:
            before = position
            try:
                for piece in self._window(position):
                    position += len(piece)
                    yield piece
            except BotoCoreError as error:
                fruitless = fruitless + 1 if position == before else 0
                if fruitless == ATTEMPTS:
                    raise TransientError(f"the upload cannot be read at byte {position}: {error}") from error

    def _window(self, start: int) -> Iterator[bytes]:
        end = min(start + WINDOW, self.size) - 1
        try:
            answer = self.s3.get_object(
                Bucket=self.bucket, Key=self.key, Range=f"bytes={start}-{end}", IfMatch=self.etag
            )
        except ClientError as error:
            raise _verdict(error) from error
        with closing(answer["Body"]) as body:
            yield from body.iter_chunks(PIECE)


def _verdict(error: ClientError) -> UploadRefused | TransientError:
    code = error.response["Error"]["Code"]
    if code in {"PreconditionFailed", "412", "InvalidRange", "416"}:
        return UploadRefused(
            "upload_replaced",
            "another file was uploaded to the same address while this one was being read",
            "start a new import for each file",
        )
    if code in {"NoSuchKey", "404"}:
        return UploadRefused(
            "upload_missing", "the uploaded file is no longer there", "start a new import and upload the file again"
        )
    return TransientError(f"the upload cannot be read ({code})")

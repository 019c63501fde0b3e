"""Reading an upload that sits in a bucket which does not always answer."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError, ResponseStreamingError
from botocore.response import StreamingBody

from skuflow.kernel.errors import TransientError
from skuflow.sync.object_source import ATTEMPTS, WINDOW, ObjectSource
from skuflow.sync.reading.refusal import UploadRefused

CONTENT = bytes(range(256)) * (WINDOW // 256 * 2 + 1)


class Dying(io.BytesIO):
    """A body whose connection breaks after some bytes."""

    def __init__(self, content: bytes, after: int) -> None:
        super().__init__(content)
        self._after = after

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= self._after:
            raise ResponseStreamingError(error="connection broken")
        return super().read(min(size or -1, self._after - self.tell()))


@dataclass(slots=True)
class Bucket:
    """get_object over CONTENT; each of `faults` spoils one call: an error, or the number of bytes after which it breaks."""

    faults: list[Any] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)

    def get_object(self, *, Range: str, IfMatch: str, **names: str) -> dict[str, Any]:  # noqa: N803 - boto's names
        assert (names, IfMatch) == ({"Bucket": "bucket", "Key": "key"}, '"etag"')
        self.ranges.append(Range)
        start, end = map(int, Range.removeprefix("bytes=").split("-"))
        content = CONTENT[start : end + 1]
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        raw = Dying(content, fault) if fault is not None else io.BytesIO(content)
        return {"Body": StreamingBody(raw, len(content))}


def source(bucket: Bucket) -> ObjectSource:
    return ObjectSource(bucket, "bucket", "key", '"etag"', len(CONTENT))  # type: ignore[arg-type]


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "GetObject")


@pytest.mark.parametrize("offset", [0, 1, WINDOW - 1, WINDOW, WINDOW + 7, len(CONTENT) - 1, len(CONTENT)])
def test_everything_from_the_offset_on_is_read_in_windows(offset: int) -> None:
    bucket = Bucket()
    assert b"".join(source(bucket).read_from(offset)) == CONTENT[offset:]
    assert len(bucket.ranges) == -(-(len(CONTENT) - offset) // WINDOW)


def test_a_broken_connection_is_taken_up_where_it_broke() -> None:
    bucket = Bucket(faults=[300_000, ReadTimeoutError(endpoint_url="s3"), 500_000, None])
    assert b"".join(source(bucket).read_from(5)) == CONTENT[5:]
    assert bucket.ranges[1].startswith(f"bytes={5 + 300_000}-")


def test_a_bucket_that_gives_nothing_is_given_up_for_now() -> None:
    bucket = Bucket(faults=[ReadTimeoutError(endpoint_url="s3")] * ATTEMPTS)
    with pytest.raises(TransientError):
        list(source(bucket).read_from(0))
    assert len(bucket.ranges) == ATTEMPTS


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("PreconditionFailed", "upload_replaced"),
        ("InvalidRange", "upload_replaced"),
        ("NoSuchKey", "upload_missing"),
    ],
)
def test_another_content_or_none_is_refused(code: str, told: str) -> None:
    with pytest.raises(UploadRefused) as caught:
        list(source(Bucket(faults=[refusal(code)])).read_from(0))
    assert caught.value.code == told
    assert caught.value.remedy


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "AccessDenied"])
def test_other_answers_may_be_better_later(code: str) -> None:
    with pytest.raises(TransientError, match=code):
        list(source(Bucket(faults=[refusal(code)])).read_from(0))

"""Files arriving in the import bucket, told by S3 through a queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.kernel.errors import Malformed
from skuflow.platform.consumer import Message, consume
from skuflow.sync.deps import ReceiveUploadDeps
from skuflow.sync.receive_upload import receive_upload
from skuflow.sync.wiring import build_receive_upload


def handle(event: Any, context: LambdaContext, deps: ReceiveUploadDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def process(message: Message) -> None:
        for key in _created(message.json()):
            receive_upload(
                key,
                imports=deps.imports,
                mappings=deps.mappings,
                bucket=deps.bucket,
                work=deps.work,
                accepts_suggestion=deps.accepts_suggestion,
                limits=deps.limits,
                clock=deps.clock,
            )

    return consume(event, process, deps.dead_letters)


def _created(notice: Any) -> Iterator[str]:
    """Keys of the objects that `notice` tells of; none for the test message that S3 sends when it is set up."""
    if isinstance(notice, dict) and notice.get("Event") == "s3:TestEvent":
        return
    try:
        for record in notice["Records"]:
            yield unquote_plus(record["s3"]["object"]["key"])
    except (KeyError, TypeError) as error:
        raise Malformed(f"not a notice of S3: {type(error).__name__} {error}") from None


lambda_handler = entrypoint(handle, build_receive_upload)

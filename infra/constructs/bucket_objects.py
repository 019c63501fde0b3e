"""Grants on the objects of the stage's upload bucket, by prefix. Sync owns it; the catalogue may read the batches that an
event points at. By name, so that no stack depends on another context's."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.python_function import PythonFunction

_REASON = "Keys below the prefix are named by uploads to come; S3 has no narrower grant."


def allow(stack: ContextStack, function: PythonFunction, action: str, *prefixes: str) -> None:
    """Let `function` do `action` (`GetObject`, `PutObject`) below the `prefixes`, e.g. `uploads/`. Who may read is also told
    that a key is absent (404); without ListBucket, S3 answers 403 for it, and expired could not be told from forbidden."""
    bucket = f"arn:aws:s3:::{stack.stage.upload_bucket}"
    function.allow(f"s3:{action}", on=[f"{bucket}/{prefix}*" for prefix in prefixes], because=_REASON)
    if action == "GetObject":
        function.allow("s3:ListBucket", on=[bucket])

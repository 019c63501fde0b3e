"""The bucket of invoices as documents: documents/<client>/. Made anew from the record at any time, kept all the same."""

from __future__ import annotations

from aws_cdk import aws_s3 as s3

from infra.constructs.context_stack import ContextStack
from infra.constructs.nag import acknowledge
from infra.constructs.python_function import PythonFunction

_LOG_REASON = (
    "Whoever reads a document asked the API for its link, which is logged; CloudTrail data events can be added."
)
_PREFIX = "documents/"
_KEYS_REASON = "Keys below the prefix are named by invoices to come; S3 has no narrower grant."


def allow(stack: ContextStack, function: PythonFunction) -> None:
    """Let `function` keep documents, sign links to them, and be told that one is absent (404, not 403)."""
    bucket = f"arn:aws:s3:::{stack.stage.document_bucket}"
    for action in ("GetObject", "PutObject"):
        function.allow(f"s3:{action}", on=[f"{bucket}/{_PREFIX}*"], because=_KEYS_REASON)
    function.allow("s3:ListBucket", on=[bucket])


def add(stack: ContextStack) -> s3.Bucket:
    bucket = s3.Bucket(
        stack,
        "documents",
        bucket_name=stack.stage.document_bucket,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=stack.stage.removal_policy,
    )
    acknowledge(bucket, "S1", _LOG_REASON)
    return bucket

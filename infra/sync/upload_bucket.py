"""The bucket that catalogue files are uploaded to, with what is made of them.

Prefixes: uploads/ (as sent), batches/ (for the catalogue), rejects/ (rows refused), results/ (reports), bulk/ (what a shop's
bulk operation is sorted into), each followed by <client>/<import or run>/; webhooks/ (large or unreadable bodies), followed
by <client>/. The bucket tells `arrivals` of every new upload by a property of its own: CDK's helper would deploy a
function with rights over all buckets for it. The queue lets the bucket in by its name, known beforehand, so neither has to
exist for the other to be described.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from infra.config import Stage
from infra.constructs.context_stack import ContextStack
from infra.constructs.nag import acknowledge

KEPT_DAYS = {"uploads/": 30, "results/": 30, "webhooks/": 14, "batches/": 7, "bulk/": 7, "rejects/": 7}

_LOG_REASON = (
    "Files live 30 days at most, and the import's record says who sent which; CloudTrail data events can be added."
)


def add(stack: ContextStack, *, arrivals: sqs.Queue) -> s3.Bucket:
    stage = stack.stage
    arrivals.add_to_resource_policy(_let_in(stage, arrivals))
    bucket = s3.Bucket(
        stack,
        "uploads",
        bucket_name=stage.upload_bucket,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        cors=[_browser_uploads()],
        lifecycle_rules=_lifecycle(),
        removal_policy=stage.removal_policy,
    )
    _announce(bucket, arrivals)
    acknowledge(bucket, "S1", _LOG_REASON)
    return bucket


def _let_in(stage: Stage, queue: sqs.Queue) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="AllowUploadBucket",
        principals=[iam.ServicePrincipal("s3.amazonaws.com")],
        actions=["sqs:SendMessage"],
        resources=[queue.queue_arn],
        conditions={
            "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{stage.upload_bucket}"},
            "StringEquals": {"aws:SourceAccount": stage.account},
        },
    )


def _announce(bucket: s3.Bucket, queue: sqs.Queue) -> None:
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    below_uploads = s3.CfnBucket.NotificationFilterProperty(
        s3_key=s3.CfnBucket.S3KeyFilterProperty(
            rules=[s3.CfnBucket.FilterRuleProperty(name="prefix", value="uploads/")]
        )
    )
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        queue_configurations=[
            s3.CfnBucket.QueueConfigurationProperty(
                event="s3:ObjectCreated:*", queue=queue.queue_arn, filter=below_uploads
            )
        ]
    )
    bucket.node.add_dependency(queue)


def _lifecycle() -> list[s3.LifecycleRule]:
    expiring = [
        s3.LifecycleRule(id=prefix.rstrip("/"), prefix=prefix, expiration=Duration.days(days))
        for prefix, days in KEPT_DAYS.items()
    ]
    return [*expiring, s3.LifecycleRule(id="unfinished", abort_incomplete_multipart_upload_after=Duration.days(1))]


def _browser_uploads() -> s3.CorsRule:
    """Any origin may use a presigned URL: who holds it was authorised when it was signed."""
    return s3.CorsRule(
        allowed_origins=["*"],
        allowed_methods=[s3.HttpMethods.POST, s3.HttpMethods.GET],
        allowed_headers=["*"],
        exposed_headers=["ETag"],
        max_age=3600,
    )

"""What sync keeps: its table, the upload bucket, and the queue that the bucket tells of uploads."""

from __future__ import annotations

from aws_cdk import CfnOutput

from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.context_table import ContextTable, Index
from infra.constructs.event_consumer import Inbox
from infra.sync import receive_upload, upload_bucket


class SyncData(ContextStack):
    def __init__(self, site: Site) -> None:
        super().__init__(site, "sync", part="data")
        self.table = ContextTable(self, indexes=[Index("listing", "listing_pk", "listing_sk")])
        self.arrivals = Inbox(self, "receive_upload", timeout_seconds=receive_upload.TIMEOUT_SECONDS)
        self.bucket = upload_bucket.add(self, arrivals=self.arrivals.queue)
        CfnOutput(self, "UploadBucketName", value=self.bucket.bucket_name)

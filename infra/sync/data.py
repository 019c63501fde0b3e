"""What sync keeps: its table, the upload bucket, the queue that the bucket tells of uploads, what opens the doors of shops."""

from __future__ import annotations

from aws_cdk import CfnOutput

from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.context_table import ContextTable, Index
from infra.constructs.event_consumer import Inbox
from infra.sync import receive_upload, upload_bucket
from infra.sync.shopify_credentials import ShopifyCredentials

INDEXES = (Index("listing", "listing_pk", "listing_sk"), Index("due", "due_pk", "due_sk"))


class SyncData(ContextStack):
    def __init__(self, site: Site) -> None:
        super().__init__(site, "sync", part="data")
        self.table = ContextTable(self, indexes=INDEXES)
        self.arrivals = Inbox(self, "receive_upload", timeout_seconds=receive_upload.TIMEOUT_SECONDS)
        self.bucket = upload_bucket.add(self, arrivals=self.arrivals.queue)
        self.shopify = ShopifyCredentials(self)
        CfnOutput(self, "UploadBucketName", value=self.bucket.bucket_name)

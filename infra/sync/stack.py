"""Catalogue files in, batches out. Work flows down this list; a queue stands before each function that has one."""

from __future__ import annotations

from aws_cdk import CfnOutput

from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.event_consumer import Inbox
from infra.shared.stack import SharedStack
from infra.sync import api, on_table_change, read_import, receive_upload, record_batch_outcome, write_report
from infra.sync.data import SyncData


class SyncStack(ContextStack):
    def __init__(self, site: Site, *, shared: SharedStack, data: SyncData, authorizer_id: str) -> None:
        super().__init__(site, "sync")
        work = Inbox(self, "read_import", timeout_seconds=read_import.TIMEOUT_SECONDS)
        reports = Inbox(self, "write_report", timeout_seconds=write_report.TIMEOUT_SECONDS)
        api.add(self, shared=shared, data=data, work=work, authorizer_id=authorizer_id)
        receive_upload.add(self, data=data, flags=shared.flags, work=work)
        read_import.add(self, data=data, work=work, reports=reports)
        on_table_change.add(self, bus=shared.bus, data=data)
        record_batch_outcome.add(self, bus=shared.bus, data=data, reports=reports)
        write_report.add(self, data=data, reports=reports)
        CfnOutput(self, "UploadBucketName", value=site.stage.upload_bucket)

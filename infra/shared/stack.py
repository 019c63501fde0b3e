"""What every context stands on. It changes seldom, and holds what must outlive every function."""

from __future__ import annotations

from aws_cdk import CfnOutput

from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.context_table import ContextTable
from infra.constructs.http_api import HttpApi
from infra.shared import alarm_topic, event_bus
from infra.shared.feature_flags import FeatureFlags
from infra.shared.user_pool import UserPool


class SharedStack(ContextStack):
    def __init__(self, site: Site) -> None:
        super().__init__(site, "shared")
        self.bus = event_bus.add(self)
        self.api = HttpApi(self)
        self.flags = FeatureFlags(self)
        self.idempotency = ContextTable(
            self, name="idempotency", partition_key="id", sort_key=None, expiry="expiration", stream=False
        )
        self.outbound = ContextTable(self, name="outbound", stream=False, construct_id="outbound-table")
        self.users = UserPool(self)
        topic = alarm_topic.add(self)
        for name, value in {
            "ApiUrl": self.api.url,
            "ApiId": self.api.api_id,
            "EventBusName": self.bus.event_bus_name,
            "AlarmTopicArn": topic.topic_arn,
            "UserPoolId": self.users.pool_id,
            "UserPoolClientId": self.users.app_id,
        }.items():
            CfnOutput(self, name, value=value)

"""Where alarms go. Subscribe an address or a chat to it; an alarm names a function or queue, never a client's data."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from infra.constructs.context_stack import ContextStack


def add(stack: ContextStack) -> sns.Topic:
    stage = stack.stage
    topic = sns.Topic(stack, "alarm-topic", topic_name=stage.named("alarms"), enforce_ssl=True)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AllowAlarms",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": stage.account}},
        )
    )
    return topic

"""functions/billing/start_billing_runs: every hour, the planner is asked for what is due."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.starter import add_starter


def add(stack: ContextStack, *, planning: Inbox) -> None:
    add_starter(
        stack,
        "start_billing_runs",
        purpose="Asks for billing runs of what is due",
        work=planning,
        address="PLANNING_QUEUE_URL",
        rate="cron(5 * * * ? *)",
        period=Duration.hours(1),
    )

"""functions/billing/start_reconciliation: every night, the days to which usage may still have come are put into a queue."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.starter import add_starter


def add(stack: ContextStack, *, days: Inbox) -> None:
    add_starter(
        stack,
        "start_reconciliation",
        purpose="Asks for the days whose usage is to be reconciled",
        work=days,
        address="RECONCILE_QUEUE_URL",
        rate="cron(15 3 * * ? *)",
        period=Duration.days(1),
    )

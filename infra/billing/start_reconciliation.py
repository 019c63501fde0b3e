"""functions/billing/start_reconciliation: every night, the days to which usage may still have come are put into a queue."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.constructs.schedule import Schedule


def add(stack: ContextStack, *, days: Inbox) -> None:
    function = PythonFunction(
        stack,
        "start_reconciliation",
        purpose="Asks for the days whose usage is to be reconciled",
        environment={"RECONCILE_QUEUE_URL": days.url},
        memory_mb=512,
        timeout_seconds=30,
        reserved_concurrency=1,
    )
    days.accept_from(function)
    Schedule(stack, "start_reconciliation", function, rate="cron(15 3 * * ? *)", period=Duration.days(1))

"""functions/billing/start_billing_runs: every hour, the planner is asked for what is due."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.constructs.schedule import Schedule


def add(stack: ContextStack, *, planning: Inbox) -> None:
    function = PythonFunction(
        stack,
        "start_billing_runs",
        purpose="Asks for billing runs of what is due",
        environment={"PLANNING_QUEUE_URL": planning.url},
        memory_mb=512,
        timeout_seconds=30,
        reserved_concurrency=1,
    )
    planning.accept_from(function)
    Schedule(stack, "start_billing_runs", function, rate="cron(5 * * * ? *)", period=Duration.hours(1))

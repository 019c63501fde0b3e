"""functions/quality/start_nightly_jobs: every night, a job for each client that has products is asked for."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.constructs.schedule import Schedule


def add(stack: ContextStack, *, work: Inbox) -> None:
    function = PythonFunction(
        stack,
        "start_nightly_jobs",
        purpose="Asks for the jobs of a night",
        environment={"JOB_QUEUE_URL": work.url},
        memory_mb=512,
        timeout_seconds=30,
        reserved_concurrency=1,
    )
    work.accept_from(function)
    Schedule(stack, "start_nightly_jobs", function, rate="cron(40 1 * * ? *)", period=Duration.days(1))

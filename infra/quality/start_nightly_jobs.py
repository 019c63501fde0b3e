"""functions/quality/start_nightly_jobs: every night, a job for each client that has products is asked for."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.starter import add_starter


def add(stack: ContextStack, *, work: Inbox) -> None:
    add_starter(
        stack,
        "start_nightly_jobs",
        purpose="Asks for the jobs of a night",
        work=work,
        address="JOB_QUEUE_URL",
        rate="cron(40 1 * * ? *)",
        period=Duration.days(1),
    )

"""A function that the clock starts, and that asks for work: it sends messages to one queue and does nothing else."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.constructs.schedule import Schedule


def add_starter(
    stack: ContextStack, trigger: str, *, purpose: str, work: Inbox, address: str, rate: str, period: Duration
) -> None:
    """Run `trigger` at `rate` (see Schedule); it finds the URL of the queue `work` in the variable `address`."""
    function = PythonFunction(
        stack,
        trigger,
        purpose=purpose,
        environment={address: work.url},
        memory_mb=512,
        timeout_seconds=30,
        reserved_concurrency=1,
    )
    work.accept_from(function)
    Schedule(stack, trigger, function, rate=rate, period=period)

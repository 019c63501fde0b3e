"""functions/sync/run_due_shops: every minute, the shops that somebody has to look at are put into a queue."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.constructs.schedule import Schedule
from infra.sync.data import SyncData


def add(stack: ContextStack, *, data: SyncData, shops: Inbox) -> None:
    function = PythonFunction(
        stack,
        "run_due_shops",
        purpose="Finds the shops whose next step is due",
        environment={"SYNC_TABLE": data.table.name, "SHOP_QUEUE_URL": shops.url},
        memory_mb=512,
        timeout_seconds=50,
        reserved_concurrency=1,
    )
    data.table.allow(function, indexes=["due"])
    shops.accept_from(function)
    Schedule(stack, "run_due_shops", function, rate="rate(1 minute)", period=Duration.seconds(60))

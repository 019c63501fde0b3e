"""functions/platform/check_health: asks every table, queue, the bus and the circuits. It may see that they are there and how many
messages wait; of content it may read the state of outside services alone."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.http_api import routes_of
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack


def add(stack: ContextStack, *, shared: SharedStack, authorizer_id: str) -> None:
    """Called when all other stacks are described: it checks what they made, by name."""
    stage, made = stack.stage, stack.site.inventory
    function = PythonFunction(
        stack,
        "check_health",
        purpose="The deep health check, for operators",
        environment={
            "EVENT_BUS": shared.bus.event_bus_name,
            "OUTBOUND_TABLE": shared.outbound.name,
            "TABLES": _without_prefix(stack, made.tables),
            "QUEUES": _without_prefix(stack, made.queues),
            "DEAD_LETTER_QUEUES": _without_prefix(stack, made.ends),
            "PROVIDERS": " ".join(made.providers),
        },
        memory_mb=512,
        timeout_seconds=10,
        reserved_concurrency=2,
    )
    function.allow("dynamodb:DescribeTable", on=[stage.arn("dynamodb", f"table/{name}") for name in made.tables])
    function.allow("events:DescribeEventBus", on=[shared.bus.event_bus_arn])
    function.allow(
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        on=[stage.arn("sqs", name) for name in (*made.queues, *made.ends)],
    )
    shared.outbound.allow(function, "Scan")
    shared.api.serve(function, routes_of("platform", "check_health"), authorizer_id=authorizer_id)


def _without_prefix(stack: ContextStack, names: tuple[str, ...]) -> str:
    """Shorter: an environment holds 4 KB."""
    return " ".join(name.removeprefix(stack.stage.named("")) for name in names)

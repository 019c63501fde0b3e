"""The alarm of a circuit: an outside service failed so often that it is left alone."""

from __future__ import annotations

from infra.constructs.alarms import Limit, Metrics, sound
from infra.constructs.context_stack import ContextStack
from infra.constructs.python_function import PythonFunction


def watch_circuit(function: PythonFunction, stack: ContextStack, provider: str) -> None:
    """Sounds whichever function of the context opened the circuit of `provider`, the name that outbound calls go by: it is
    theirs together. One opening is the breaker at work; several in a quarter of an hour are an outage."""
    stack.parts.providers.append(provider)
    sound(
        function,
        stack.stage,
        f"{provider.replace('_', '-')}-circuit-opened",
        Metrics(stack.stage.metrics, {"service": stack.context, "provider": provider}).total("CircuitOpened"),
        Limit(above=0, times=2, of=3),
        says=f"Calls to {provider} keep failing, so it is left alone for minutes at a time; its work waits.",
        runbook="circuit-open",
    )

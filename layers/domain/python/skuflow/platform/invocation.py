"""The one line that binds `handle(event, context, deps)` to Lambda.

On Lambda the dependencies are built while the environment starts, where the time is not the caller's. Anywhere else
nothing is built until the first call, so that a test may import a handler without an environment.
"""

from __future__ import annotations

import gc
import math
import os
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from skuflow.platform.observability import logger, metrics

D = TypeVar("D")


class LambdaContext(Protocol):
    """What we use of the object that Lambda passes along."""

    function_name: str
    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int: ...


Handle = Callable[[Any, LambdaContext, D], Any]
LambdaHandler = Callable[[Any, LambdaContext], Any]


def on_lambda() -> bool:
    """Whether this process is a Lambda environment (documented variable of the runtime)."""
    return bool(os.environ.get("AWS_LAMBDA_FUNCTION_NAME"))


_running: list[LambdaContext] = []


def seconds_left() -> float:
    """Until Lambda stops the invocation that is being handled; infinite outside of one."""
    return _running[-1].get_remaining_time_in_millis() / 1000 if _running else math.inf


def entrypoint(handle: Callable[[Any, LambdaContext, D], Any], build: Callable[[], D]) -> LambdaHandler:
    """Lambda's handler for `handle`, with dependencies from `build`. An exception leaves a log line with its class and
    message and is raised again: the trigger decides what a failure means."""
    built: list[D] = [build()] if on_lambda() else []
    if on_lambda():
        gc.freeze()  # what was made so far stays for good; no collection needs to look at it again
        gc.enable()
    cold = True

    def lambda_handler(event: Any, context: LambdaContext) -> Any:
        nonlocal cold
        if not built:
            built.append(build())
        logger().clear_state()
        logger().append_keys(function=context.function_name, request_id=context.aws_request_id, cold_start=cold)
        cold = False
        metrics().clear_metrics()
        metrics().add_dimension(name="function", value=context.function_name)
        _running.append(context)
        try:
            return handle(event, context, built[0])
        except Exception:
            logger().exception("failed")
            raise
        finally:
            _running.pop()
            if metrics().metric_set:
                metrics().flush_metrics()

    return lambda_handler

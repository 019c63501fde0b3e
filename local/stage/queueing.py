"""The embedded AWS with one difference: calls of functions that are too many at once wait their turn instead of being answered 429.

AWS runs a thousand at once and refuses the next one; a few cores run a handful, and to refuse all others says nothing about AWS.
So this is what a platform under load is started with. It runs in the embedded AWS's own environment, as a script: nothing of this
project can be imported here.
"""

from __future__ import annotations

import importlib
import threading
from typing import Any

AT_ONCE = 8
"""Workers that run at the same time; more of them only take turns on the same cores."""

AUTHORIZERS_AT_ONCE = 2
"""Workers for authorizers alone. A request would wait for its authorizer and then once more; and while the first waits for the
answer, which the gateway then keeps, all that come ask again."""

WAITS = 60.0
"""Seconds until a call is let through all the same; the gateway gives up long before."""

NESTED_WAITS = 2.0
"""The same for calls by the Invoke API: a function may be waiting for the one that it called, on the last free place."""


def install(functions: Any) -> None:
    """Have the module `functions` (`ministack.services.lambda_svc`) run at most `AT_ONCE`, first come, first served. Raises
    AttributeError if this version of it is built otherwise."""
    places, authorizers = threading.Semaphore(AT_ONCE), threading.Semaphore(AUTHORIZERS_AT_ONCE)
    run, depth = functions._execute_function_dispatch, functions._invoke_depth

    def run_in_turn(function: Any, config: Any, event: Any, *rest: Any) -> Any:
        turn = authorizers if isinstance(event, dict) and event.get("type") == "REQUEST" else places
        admitted = turn.acquire(timeout=NESTED_WAITS if depth.get() else WAITS)
        try:
            return run(function, config, event, *rest)
        finally:
            if admitted:
                turn.release()

    functions._execute_function_dispatch = run_in_turn


if __name__ == "__main__":
    install(importlib.import_module("ministack.services.lambda_svc"))
    importlib.import_module("ministack.app").main()

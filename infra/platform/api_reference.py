"""functions/platform/api_reference: the API's page, its OpenAPI document, health, and the answer to unknown paths."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.http_api import HttpApi, routes_of
from infra.constructs.python_function import PythonFunction


def add(stack: ContextStack, *, api: HttpApi) -> None:
    function = PythonFunction(
        stack,
        "api_reference",
        purpose="The API's page, OpenAPI document and health; 404 for unknown paths",
        environment={},
        memory_mb=512,
        timeout_seconds=10,
    )
    api.serve(function, routes_of("platform", "api_reference"), open_keys=["$default"])

"""The operations of the API that take a JSON body, each with a body that works."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.platform.api_reference import build
from skuflow.platform.http_api import Route
from skuflow.platform.openapi import document
from tests.http import Answer
from tests.sample_body import sample
from tests.seeds import BODIES, Owner

_ROUTES = list(build.routes_by_function())
_DOCUMENT = document((route for _, route in _ROUTES), title="", version="", description="")


@dataclass(frozen=True, slots=True)
class Door:
    """One route and the function behind it."""

    function: str
    route: Route

    def body(self, owner: Owner) -> dict[str, Any]:
        """What documentation shows, with the owner's things where ids stand in it."""
        if self.route.operation_id in BODIES:
            return BODIES[self.route.operation_id](owner)
        operation = _DOCUMENT["paths"][self.route.path][self.route.method.lower()]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body: dict[str, Any] = sample(schema, _DOCUMENT["components"]["schemas"])
        return body

    def ask(self, owner: Owner, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer, which is a documented one. `body`: text and bytes are sent as they are."""
        path = self.route.path
        for name in self.route.path_params:
            path = path.replace(f"{{{name}}}", owner.has(name))
        return owner.world.call(
            self.function, self.route.method, path, client_id=owner.client_id, body=body, headers=headers
        )

    def __str__(self) -> str:
        return f"{self.route.method} {self.route.path}"


TAKING_JSON = [Door(function, route) for function, route in _ROUTES if route.body is not None and route.scope]


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def with_field(body: Mapping[str, Any], name: str, value: str) -> str:
    """`body` as JSON with one more field, whose value is JSON already."""
    return json.dumps(dict(body))[:-1] + f', "{name}": {value}}}' if body else f'{{"{name}": {value}}}'

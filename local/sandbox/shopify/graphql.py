"""POST …/admin/api/<version>/graphql.json: checked, validated, paid for, executed, answered as Shopify answers.

Source: shopify.dev, "GraphQL Admin API reference" (status codes and error codes) and "API rate limits". What is wrong with a query
is told with status 200; only the credentials and the form of the request have statuses of their own.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
    value_from_ast_untyped,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.sandbox.shopify import tokens
from local.sandbox.shopify.bulk import Bulk
from local.sandbox.shopify.bulk_query import fragments_of
from local.sandbox.shopify.cost import DEAREST, Bucket, Costing
from local.sandbox.shopify.editing import Editing
from local.sandbox.shopify.roots import Roots
from local.sandbox.shopify.shop import Shop
from local.sandbox.shopify.world import PROVIDER, SUPPORTED_VERSIONS, World

Answer = dict[str, Any]

_NON_EXPIRING = (
    "[API] Non-expiring access tokens are no longer accepted for the Admin API. Start using expiring offline tokens: "
    "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens"
    "#expiring-vs-non-expiring-offline-tokens"
)
REFUSED = {
    "unknown": (401, "[API] Invalid API key or access token (unrecognized login or wrong password)"),
    "non_expiring": (403, _NON_EXPIRING),
}
_UNKNOWN_FIELD = re.compile(r"Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'")


def admin_schema() -> GraphQLSchema:
    return build_schema((Path(__file__).parent / "schema.graphql").read_text(encoding="utf-8"))


@dataclass
class GraphQLEndpoint:
    world: World
    schema: GraphQLSchema
    bulk: Bulk
    editing: Editing
    buckets: dict[str, Bucket] = field(default_factory=dict)

    async def serve(self, request: Request) -> Response:
        shop = self.world.shop(request.path_params["shop"])
        headers = {
            "X-Shopify-API-Version": served_version(request.path_params["version"]),
            "X-Request-Id": str(uuid.uuid4()),
        }
        verdict = tokens.verdict(self.world, shop, request.headers.get("x-shopify-access-token", ""))
        if verdict in REFUSED:
            status, message = REFUSED[verdict]
            return JSONResponse({"errors": message}, status, headers)
        try:
            asked = json.loads(await request.body())
        except ValueError:
            return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400, headers)
        if not _is_request(asked):
            return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400, headers)
        return JSONResponse(self.answer(shop, asked), 200, headers)

    def bucket(self, shop: Shop) -> Bucket:
        return self.buckets.setdefault(shop.state.domain, Bucket())

    def answer(self, shop: Shop, asked: Mapping[str, Any]) -> Answer:
        try:
            document = parse(asked["query"])
        except GraphQLError as error:
            return {"errors": [_shown(error)]}
        if errors := validate(self.schema, document):
            return {"errors": [_shown(error) for error in errors]}
        operation = get_operation_ast(document, asked.get("operationName"))
        if operation is None:
            return {"errors": [{"message": "An operation name is required"}]}
        return self._paid(shop, document, operation, asked)

    def _paid(
        self, shop: Shop, document: DocumentNode, operation: OperationDefinitionNode, asked: Mapping[str, Any]
    ) -> Answer:
        variables = asked.get("variables") or {}
        costing = Costing(self.schema, fragments_of(document), _with_defaults(operation, variables))
        requested, now = costing.requested(operation), self.world.clock.seconds()
        if requested > DEAREST:
            return {"errors": [_too_dear(requested)]}
        bucket = self.bucket(shop)
        cost: Answer = {"requestedQueryCost": requested, "actualQueryCost": None}
        throttled = self.world.faults.strike("throttled", PROVIDER, shop.state.domain, "graphql")
        if throttled or not bucket.take(requested, now):
            cost["throttleStatus"] = bucket.status(now) | ({"currentlyAvailable": 0} if throttled else {})
            return {"errors": [_THROTTLED], "extensions": {"cost": cost}}
        answer = self._executed(shop, document, operation, asked.get("operationName"), variables)
        cost["actualQueryCost"] = costing.actual(operation, answer.get("data"))
        bucket.give_back(requested - cost["actualQueryCost"])
        cost["throttleStatus"] = bucket.status(now)
        return {**answer, "extensions": {"cost": cost}}

    def _executed(
        self, shop: Shop, document: DocumentNode, operation: OperationDefinitionNode, name: str | None, variables: Any
    ) -> Answer:
        installation = shop.state.installation
        roots = Roots(self.world, shop, self.bulk, self.editing, installation.scopes if installation else [])
        root = roots.mutation() if operation.operation is OperationType.MUTATION else roots.query()
        result = execute_sync(self.schema, document, root, variable_values=variables, operation_name=name)
        answer: Answer = {"data": result.data}
        if result.errors:
            answer["errors"] = [_shown(error) for error in result.errors]
        return answer


def _is_request(asked: Any) -> bool:
    return (
        isinstance(asked, dict)
        and isinstance(asked.get("query"), str)
        and isinstance(asked.get("variables") or {}, dict)
        and isinstance(asked.get("operationName") or "", str)
    )


def _with_defaults(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> dict[str, Any]:
    """The variables with those that the operation has defaults for."""
    defaults = {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in operation.variable_definitions
        if each.default_value is not None
    }
    return {**defaults, **given}


def served_version(asked: str) -> str:
    """An expired or unknown version silently becomes the oldest that is still supported."""
    return asked if asked in SUPPORTED_VERSIONS else SUPPORTED_VERSIONS[0]


_THROTTLED = {
    "message": "Throttled",
    "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
}


def _too_dear(cost: int) -> Answer:
    return {
        "message": f"Query cost is {cost}, which exceeds the single query max cost limit ({DEAREST}).\n\n"
        "See https://shopify.dev/docs/api/usage/rate-limits for more information on how the\ncost of a query is calculated.\n\n"
        "To query larger amounts of data with fewer limits, bulk operations should be used instead.\n"
        "See https://shopify.dev/docs/api/usage/bulk-operations/queries for usage details.\n",
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": cost,
            "maxCost": DEAREST,
            "documentation": "https://shopify.dev/api/usage/rate-limits",
        },
    }


def _shown(error: GraphQLError) -> Answer:
    """In Shopify's words where we know them, otherwise in those of the library."""
    shown: Answer = dict(error.formatted)
    if found := _UNKNOWN_FIELD.search(error.message):
        shown["message"] = f"Field '{found['field']}' doesn't exist on type '{found['type']}'"
        shown["extensions"] = {"code": "undefinedField", "typeName": found["type"], "fieldName": found["field"]}
    elif error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        shown["message"] = "Internal error. Looks like something went wrong on our end."
        shown["extensions"] = {"code": "INTERNAL_SERVER_ERROR", "cause": repr(error.original_error)}
    return shown

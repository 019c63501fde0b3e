"""Bulk operations in the GraphQL schema: started, looked up, cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.sandbox.shopify.bulk import UNDER_WAY, Bulk, TooMany
from local.sandbox.shopify.bulk_query import InvalidBulkQuery
from local.sandbox.shopify.connections import Connection, View, matches
from local.sandbox.shopify.model import BulkOperation
from local.sandbox.shopify.shop import Shop, by_gid, gid
from local.sandbox.shopify.world import World


@dataclass
class BulkFields:
    world: World
    shop: Shop
    bulk: Bulk

    def query(self) -> dict[str, Any]:
        operations = self.shop.state.operations
        return {
            "bulkOperations": Connection(self._operations, self.view, _order),
            "currentBulkOperation": lambda _info, **_given: self.view(operations[-1]) if operations else None,
        }

    def mutation(self) -> dict[str, Any]:
        return {"bulkOperationRunQuery": self._run_bulk, "bulkOperationCancel": self._cancel_bulk}

    def _operations(self, given: Any) -> list[BulkOperation]:
        query = given.get("query")
        return [each for each in self.shop.state.operations if matches(query, _operation_fields(each))]

    def view(self, each: BulkOperation) -> View:
        alive = each.completed_at is not None and each.expires_at > self.world.clock.seconds()
        domain, until = self.shop.state.domain, int(each.expires_at)
        whole = f"bulk/{each.id}.jsonl?Expires={until}"
        partial = f"bulk/{each.id}.partial.jsonl?Expires={until}"
        return {
            "__typename": "BulkOperation",
            "id": gid("BulkOperation", each.id),
            "status": each.status,
            "errorCode": each.error_code,
            "createdAt": each.created_at,
            "completedAt": each.completed_at if each.status in ("COMPLETED", "CANCELED", "FAILED") else None,
            "query": each.query,
            "type": "QUERY",
            "objectCount": str(each.object_count),
            "rootObjectCount": str(each.root_object_count),
            "fileSize": None if each.file_size is None else str(each.file_size),
            "url": self.world.url_of(domain, whole) if each.file and alive else None,
            "partialDataUrl": self.world.url_of(domain, partial) if each.partial_file and alive else None,
        }

    def _run_bulk(self, _info: Any, **given: Any) -> View:
        try:
            made = self.bulk.start(self.shop, given["query"], group_objects=given.get("groupObjects", False))
        except InvalidBulkQuery as invalid:
            said = [{**_user_error(["query"], message), "code": "INVALID"} for message in invalid.messages]
            return {"bulkOperation": None, "userErrors": said}
        except TooMany:
            running = [gid("BulkOperation", each.id) for each in self.shop.state.operations if each.status in UNDER_WAY]
            message = f"Bulk query operations for this app and shop have reached their limit: {', '.join(running)}."
            return {"bulkOperation": None, "userErrors": [{**_user_error(None, message), "code": "LIMIT_REACHED"}]}
        return {"bulkOperation": self.view(made), "userErrors": []}

    def _cancel_bulk(self, _info: Any, **given: Any) -> View:
        found = by_gid(self.shop.state.operations, given["id"])
        if found is None:
            return {"bulkOperation": None, "userErrors": [_user_error(["id"], "Bulk operation does not exist")]}
        said = []
        if not self.bulk.cancel(found):
            message = f"A bulk operation cannot be canceled when it is {found.status.lower()}"
            said = [_user_error(None, message)]
        return {"bulkOperation": self.view(found), "userErrors": said}


def _order(operation: BulkOperation, key: str) -> tuple[Any, ...]:
    by = {"CREATED_AT": operation.created_at, "COMPLETED_AT": operation.completed_at or "", "STATUS": operation.status}
    return (by[key], operation.id) if key in by else (operation.id,)


def _operation_fields(operation: BulkOperation) -> dict[str, str]:
    return {
        "id": str(operation.id),
        "status": operation.status,
        "operation_type": "query",
        "created_at": operation.created_at,
    }


def _user_error(field: list[str] | None, message: str) -> View:
    return {"field": field, "message": message}

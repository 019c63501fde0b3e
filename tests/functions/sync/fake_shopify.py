"""A Shopify that keeps subscriptions and bulk operations. It stands where the way out does, so that what is tested speaks GraphQL
to it. Faults are queued per query."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from skuflow.kernel.clock import iso
from skuflow.platform.outbound.calls import Answer, Call, Streamed
from tests.doubles import FakeClock
from tests.fakes.shops import SHOP

Fault = Exception | Answer | Callable[[Answer], Answer]
"""Raised or answered instead of acting, or made of the answer after having acted; a function may raise, too."""


def graphql(
    data: Any = None, *, errors: Any = None, available: int = 990, requested: int = 10, rate: float = 100.0
) -> Answer:
    """What Shopify answers, with the state of its bucket."""
    level = {"maximumAvailable": 1000.0, "currentlyAvailable": available, "restoreRate": rate}
    cost = {"requestedQueryCost": requested, "actualQueryCost": requested, "throttleStatus": level}
    content = {"data": data, "extensions": {"cost": cost}} | ({"errors": errors} if errors is not None else {})
    return Answer(200, {"content-type": "application/json"}, json.dumps(content).encode())


@dataclass(slots=True)
class FakeShopify:
    """A shop. `operations` are its bulk operations by gid, as `bulkOperation` shows them."""

    clock: FakeClock
    facts: dict[str, Any] = field(
        default_factory=lambda: {"name": "Maple", "currencyCode": "CAD", "ianaTimezone": "America/Toronto"}
    )
    subscriptions: dict[str, dict[str, str]] = field(default_factory=dict)
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    accepted: str = "token-1"
    _faults: dict[str, deque[Fault]] = field(default_factory=dict)

    def fails(self, name: str, *faults: Fault) -> None:
        """The next calls of the query `name` go wrong, one each."""
        self._faults.setdefault(name, deque()).extend(faults)

    def ends(self, status: str = "COMPLETED", **fields: Any) -> None:
        """The latest operation has ended."""
        url = (
            {"url": "https://files.test/1.jsonl", "objectCount": "3", "fileSize": "300"}
            if status == "COMPLETED"
            else {}
        )
        self.latest().update({"status": status, "completedAt": iso(self.clock()), **url, **fields})

    def latest(self) -> dict[str, Any]:
        return self.operations[max(self.operations, key=lambda gid: int(gid.rpartition("/")[2]))]

    def send(self, call: Call, *, failed: Callable[[Answer], bool] | None = None) -> Answer:
        name = call.operation.removeprefix("graphql.")
        self.asked.append(name)
        self.tokens.append(call.headers["X-Shopify-Access-Token"])
        faults = self._faults.get(name)
        fault = faults.popleft() if faults else None
        if isinstance(fault, Exception):
            raise fault
        answer = fault if isinstance(fault, Answer) else self._answer(name, call)
        if fault is not None and not isinstance(fault, Answer):
            answer = fault(answer)
        if failed is not None:
            failed(answer)
        return answer

    def stream(self, call: Call) -> AbstractContextManager[Streamed]:
        raise AssertionError(f"nobody streams {call.operation} here")

    def _answer(self, name: str, call: Call) -> Answer:
        if call.headers["X-Shopify-Access-Token"] != self.accepted:
            return Answer(401, {}, b'{"errors": "[API] Invalid API key or access token"}')
        assert call.url == f"https://{SHOP}/admin/api/2026-10/graphql.json"
        content = json.loads(call.body or b"")
        answer: Answer = getattr(self, f"_{name}")(content["variables"])
        return answer

    def _shop_facts(self, _variables: Mapping[str, Any]) -> Answer:
        return graphql({"shop": {**self.facts, "myshopifyDomain": SHOP}})

    def _webhooks(self, variables: Mapping[str, Any]) -> Answer:
        """Four a page."""
        known = list(self.subscriptions.values())
        start = int(variables["after"] or 0)
        more = len(known) > start + 4
        info = {"hasNextPage": more, "endCursor": str(start + 4) if more else None}
        return graphql({"webhookSubscriptions": {"nodes": known[start : start + 4], "pageInfo": info}})

    def _webhook_create(self, variables: Mapping[str, Any]) -> Answer:
        topic, uri = variables["topic"], variables["uri"]
        if any((one["topic"], one["uri"]) == (topic, uri) for one in self.subscriptions.values()):
            taken = [{"field": ["webhookSubscription", "callbackUrl"], "message": "Address for this topic is taken"}]
            return graphql({"webhookSubscriptionCreate": {"webhookSubscription": None, "userErrors": taken}})
        made = self.subscribe(topic, uri)
        return graphql({"webhookSubscriptionCreate": {"webhookSubscription": made, "userErrors": []}})

    def _webhook_update(self, variables: Mapping[str, Any]) -> Answer:
        changed = self.subscriptions[variables["id"]]
        changed["uri"] = variables["uri"]
        return graphql({"webhookSubscriptionUpdate": {"webhookSubscription": changed, "userErrors": []}})

    def subscribe(self, topic: str, uri: str) -> dict[str, str]:
        gid = f"gid://shopify/WebhookSubscription/{len(self.subscriptions) + 1}"
        self.subscriptions[gid] = {"id": gid, "topic": topic, "uri": uri}
        return self.subscriptions[gid]

    def _bulk_start(self, variables: Mapping[str, Any]) -> Answer:
        gid = f"gid://shopify/BulkOperation/{len(self.operations) + 1}"
        nothing = dict.fromkeys(("errorCode", "completedAt", "fileSize", "url", "partialDataUrl"))
        self.operations[gid] = {
            **nothing,
            "id": gid,
            "status": "CREATED",
            "createdAt": iso(self.clock()),
            "objectCount": "0",
            "query": variables["query"],
        }
        begun = {key: self.operations[gid][key] for key in ("id", "status", "createdAt")}
        return graphql({"bulkOperationRunQuery": {"bulkOperation": begun, "userErrors": []}})

    def _bulk_state(self, variables: Mapping[str, Any]) -> Answer:
        return graphql({"bulkOperation": self.operations.get(variables["id"])})

    def _bulk_latest(self, _variables: Mapping[str, Any]) -> Answer:
        return graphql({"bulkOperations": {"nodes": list(reversed(self.operations.values()))[:25]}})

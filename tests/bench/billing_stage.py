"""Where a large billing run is measured: an embedded AWS of its own, with many clients whose subscriptions are due.

One subscription of one client is made through the API and billed once. All others are copies of the rows that this wrote, with
other ids: a hundred thousand calls of the API would measure the API.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from local.progress import ConsoleSteps
from local.stage import installation, process
from local.stage.instance import Instance, find
from local.workspace import Workspace
from skuflow.billing.due import due_pk, shard_of
from skuflow.kernel.ids import derived_id
from skuflow.platform import observability, table
from skuflow.platform.aws import client
from tests.conftest import use_test_environment
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import METERED, BillingWorld, make_billing_world, utc
from tests.http import CLIENT
from tests.tables import table_name, table_request

INSTANCE = "billing-run"
DUE_AT = utc(2026, 4, 2) + timedelta(minutes=5)
_SUBJECT = "subject-template"
_USED_BY = 10
"""One subscription in so many has usage."""
_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Due:
    """What is due: `subscriptions` of each client."""

    by_client: dict[str, list[str]]

    @property
    def subscriptions(self) -> int:
        return sum(map(len, self.by_client.values()))


class _Silent:
    """Powertools' metrics keep one account per process and are not made for threads; here nobody reads them."""

    def add_metric(self, **metric: Any) -> None:
        pass


@contextmanager
def embedded_aws() -> Iterator[Instance]:
    """An empty one, ended afterwards, and the environment that leads to it."""
    workspace = Workspace.here()
    interpreter = installation.install(workspace, ConsoleSteps(Console(stderr=True)))
    process.stop(find(workspace, INSTANCE))
    running = process.start(find(workspace, INSTANCE), interpreter)
    patch = pytest.MonkeyPatch()
    try:
        use_test_environment(patch)
        patch.setenv("AWS_ENDPOINT_URL", running.endpoint)
        patch.setattr(observability, "metrics", _Silent)
        patch.setattr(table, "on_lambda", lambda: True)  # one client for all workers: making each takes a second
        patch.setattr(table, "_made", [])
        yield running
    finally:
        patch.undo()
        process.stop(running)


def world_at(start: datetime, patch: pytest.MonkeyPatch) -> BillingWorld:
    return make_billing_world(_table, FakeClock(start), CountedIds(), patch)


def _table(context: str) -> str:
    """The table without its stream: nobody here reads it, and it would keep every image."""
    request = table_request(context)
    request.pop("StreamSpecification", None)
    dynamodb = client("dynamodb")
    if table_name(context) not in dynamodb.list_tables()["TableNames"]:
        dynamodb.create_table(**request)
    return table_name(context)


def fill(world: BillingWorld, subscriptions: int, clients: int) -> Due:
    """Subscriptions whose second period is over at DUE_AT: half of them the first client's, the rest spread over the others."""
    template = _template(world)
    shares = _shares(subscriptions, clients)
    due = Due({f"cli_{number + 256:016x}": [] for number in range(len(shares))})
    rows = _Rows()
    for (client_id, names), share in zip(due.by_client.items(), shares, strict=True):
        for name, text in template.of_client:
            rows.put(name, text.replace(CLIENT, client_id))
        for number in range(share):
            name = derived_id("sub", client_id, str(number))
            names.append(name)
            texts = template.of_subscription + (template.usage if number % _USED_BY == 0 else [])
            for place, text in texts:
                copy = text.replace(CLIENT, client_id).replace(_SUBJECT, f"s{number}")
                rows.put(place, copy.replace(template.name, name), due_of=name)
    rows.flush()
    world.at(DUE_AT)
    return due


def _shares(subscriptions: int, clients: int) -> list[int]:
    others = max(clients - 1, 1)
    rest = subscriptions // 2
    return [subscriptions - rest, *(rest // others + (place < rest % others) for place in range(others))]


@dataclass(slots=True)
class _Template:
    """Rows as (table, JSON)."""

    name: str
    of_client: list[tuple[str, str]]
    of_subscription: list[tuple[str, str]]
    usage: list[tuple[str, str]]


def _template(world: BillingWorld) -> _Template:
    world.sell({**METERED, "proration": "day"}, subject=_SUBJECT)
    made = world.ok("POST", "/v1/subscriptions", {"subject": _SUBJECT, "plan": "metered", "time_zone": "UTC"})
    world.run_hour()
    world.use(_SUBJECT, 7, world.clock.advance(days=10))
    found = _Template(made["subscription_id"], [], [], [])
    for context in ("billing", "usage"):
        place = table_name(context)
        for item in client("dynamodb").scan(TableName=place)["Items"]:
            kind = item["sk"]["S"].split("#")[0]
            row = place, json.dumps(item)
            if kind in {"SELLER", "PLAN", "TERMS"} and "RUN" not in item["pk"]["S"]:
                found.of_client.append(row)
            elif kind in {"SUBSCRIPTION", "CUSTOMER"}:
                found.of_subscription.append(row)
            elif kind in {"DAY", "AT"}:
                found.usage.append(row)
            if kind == "SUBSCRIPTION":
                client("dynamodb").delete_item(TableName=place, Key={"pk": item["pk"], "sk": item["sk"]})
    return found


class _Rows:
    """Written as many at once as DynamoDB takes."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, Any]] = []

    def put(self, place: str, text: str, due_of: str = "") -> None:
        item = json.loads(text)
        if "due_pk" in item and due_of:
            item["due_pk"] = {"S": due_pk(shard_of(due_of))}
        self._waiting.append((place, {"PutRequest": {"Item": item}}))
        if len(self._waiting) == _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        request: dict[str, list[Any]] = {}
        for place, entry in self._waiting:
            request.setdefault(place, []).append(entry)
        answer = client("dynamodb").batch_write_item(RequestItems=request)
        if answer.get("UnprocessedItems"):
            raise RuntimeError("the embedded AWS did not take all rows")
        self._waiting.clear()

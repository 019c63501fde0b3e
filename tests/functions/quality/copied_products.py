"""Quality's copy of the products, the function that keeps it, and what the catalogue may tell it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import msgspec

from functions.quality.record_product import handler
from skuflow.contracts.catalog import ProductChanged, ProductRemoved, VariantState
from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client, session, sqs_client
from skuflow.platform.consumer import DeadLetters
from skuflow.platform.table import bind
from skuflow.quality.deps import RecordProductDeps
from skuflow.quality.model import Snapshot
from skuflow.quality.products_store import ProductsStore
from skuflow.quality.store import QualityItem
from tests.doubles import START, FakeClock, FakeLambdaContext
from tests.product_batches import bus_message, queue_event

MINE = ClientId("cli_0000000000000001")
THEIRS = ClientId("cli_0000000000000002")
NAME = "prd_00000000000000000000000000000001"


@dataclass
class Copy:
    """Quality's table, and the function that keeps its products."""

    table_name: str
    clock: FakeClock
    dead_letters: DeadLetters = field(init=False)

    def __post_init__(self) -> None:
        self.dead_letters = DeadLetters(sqs_client, client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"])

    @property
    def products(self) -> ProductsStore:
        return ProductsStore(bind(QualityItem, self.table_name))

    def hears(self, *news: Any, client_id: ClientId = MINE) -> Any:
        deps = RecordProductDeps(self.products, lambda _client: False, self.clock, self.dead_letters)
        return handler.handle(queue_event(message(one, client_id) for one in news), FakeLambdaContext(), deps)

    def shows(self, name: str = NAME, client_id: ClientId = MINE) -> Snapshot | None:
        return self.products.get_many(client_id, [name]).get(name)

    def version(self) -> int | None:
        found = self.shows()
        return found.product_version if found else None

    def items(self) -> list[dict[str, Any]]:
        table: Any = session().create_client("dynamodb")
        return list(table.scan(TableName=self.table_name)["Items"])

    def parked(self) -> list[str]:
        answer = client("sqs").receive_message(QueueUrl=self.dead_letters.queue_url, MessageAttributeNames=["All"])
        return [m["MessageAttributes"]["reason"]["StringValue"] for m in answer.get("Messages", [])]


def message(told: Any, client_id: ClientId = MINE) -> str:
    name = type(told).__name__
    own = (told.product_id, str(told.product_version), str(getattr(told, "part", "")))
    return bus_message(
        Event(
            event_id(client_id, name, *own),
            name,
            "skuflow.catalog",
            START,
            client_id,
            1,
            Cause("r"),
            msgspec.to_builtins(told),
        )
    )


def whole(version: int = 1, name: str = NAME, **more: Any) -> ProductChanged:
    at = iso(START + timedelta(minutes=version))
    return ProductChanged(
        **{
            "product_id": name,
            "product_version": version,
            "source": "shopify",
            "title": f"Version {version}",
            "created_at": iso(START),
            "updated_at": at,
            **more,
        }
    )


def in_parts(version: int, parts: int = 3, name: str = NAME) -> list[ProductChanged]:
    """A version whose variants all carry its number."""
    first, *others = (
        ProductChanged(
            name,
            version,
            "shopify",
            part=part,
            parts=parts,
            variants=tuple(VariantState(f"var_{part}_{n}", sku=f"{version}") for n in range(2)),
            variants_total=2 * parts,
        )
        for part in range(1, parts + 1)
    )
    own = whole(version)
    return [replace(first, title=own.title, created_at=own.created_at, updated_at=own.updated_at), *others]


def gone(version: int, name: str = NAME) -> ProductRemoved:
    return ProductRemoved(name, version, "Shirt", "shopify")


def is_of_one_version(found: Snapshot) -> bool:
    names = [v.variant_id for v in found.variants]
    in_order = [f"var_{part}_{n}" for part in range(1, len(names) // 2 + 1) for n in range(2)]
    return names == in_order and {v.sku for v in found.variants} <= {str(found.product_version)}

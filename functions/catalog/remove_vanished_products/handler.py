"""Products that their source no longer has leave the catalogue: named ones, or whatever is missing after it was read to its end."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.catalog.deps import RemoveVanishedProductsDeps
from skuflow.catalog.remove_gone import remove_gone
from skuflow.catalog.remove_vanished import remove_vanished
from skuflow.catalog.wiring import build_remove_vanished_products
from skuflow.contracts.sync import SourceProductsGone, SourceSnapshotRead
from skuflow.kernel.errors import Malformed
from skuflow.kernel.events import Event
from skuflow.platform.consumer import Message, bus_event, consume, payload
from skuflow.platform.observability import count_many, logger


def handle(event: Any, context: LambdaContext, deps: RemoveVanishedProductsDeps) -> Any:
    def named(told: Event, _message: Message) -> None:
        gone, using = payload(told, SourceProductsGone), deps.removing
        removed = remove_gone(told.client_id, gone, told.cause, products=using.products, clock=using.clock)
        count_many(ProductsRemoved=removed)
        logger().info("deleted products removed", extra={"named": len(gone.keys), "removed": removed})

    def missing(told: Event, message: Message) -> None:
        snapshot, left = payload(told, SourceSnapshotRead), context.get_remaining_time_in_millis
        done = remove_vanished(told.client_id, snapshot, told.cause, remaining_ms=left, using=deps.removing)
        if not done:
            deps.inbox.put_again(message.body)
        logger().info("vanished products searched", extra={"run_id": snapshot.run_id, "finished": done})

    ways = {"SourceProductsGone": named, "SourceSnapshotRead": missing}

    def process(message: Message) -> None:
        told = bus_event(message)
        if told.name not in ways:
            raise Malformed(f"{told.name} is not for this queue")
        ways[told.name](told, message)

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_remove_vanished_products)

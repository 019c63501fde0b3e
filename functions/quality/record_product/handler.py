"""What the catalogue tells of products becomes quality's own copy of them."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.contracts.catalog import ProductChanged, ProductRemoved
from skuflow.kernel.errors import Malformed
from skuflow.kernel.events import Event
from skuflow.platform.consumer import Message, bus_event, consume, payload
from skuflow.platform.observability import logger
from skuflow.quality.deps import RecordProductDeps
from skuflow.quality.record_product import record_product, record_removal
from skuflow.quality.wiring import build_record_product


def handle(event: Any, context: LambdaContext, deps: RecordProductDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def changed(told: Event) -> bool:
        deps.enlist(told.client_id)
        return record_product(told.client_id, payload(told, ProductChanged), deps.products, deps.clock())

    def removed(told: Event) -> bool:
        return record_removal(told.client_id, payload(told, ProductRemoved), deps.products)

    ways = {"ProductChanged": changed, "ProductRemoved": removed}

    def process(message: Message) -> None:
        told = bus_event(message)
        if told.name not in ways:
            raise Malformed(f"{told.name} is not for this queue")
        kept = ways[told.name](told)
        logger().info("product recorded", extra={"told": told.name, "kept": kept})

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_record_product)

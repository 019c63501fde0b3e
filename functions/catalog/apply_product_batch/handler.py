"""Batches of products that sync has read, applied to the catalogue."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.catalog.apply_batch import apply_batch
from skuflow.catalog.deps import ApplyProductBatchDeps
from skuflow.catalog.wiring import build_apply_product_batch
from skuflow.contracts.sync import ProductBatchReady
from skuflow.platform.consumer import Message, bus_event, consume, payload
from skuflow.platform.observability import count_many, logger


def handle(event: Any, context: LambdaContext, deps: ApplyProductBatchDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def process(message: Message) -> None:
        told = bus_event(message)
        ready = payload(told, ProductBatchReady)
        outcome = apply_batch(told.client_id, ready, told.cause, deps.stores)
        if outcome is None:
            logger().info("batch was applied before", extra={"import_id": ready.import_id, "batch": ready.batch})
            return
        counts = {
            "ProductsCreated": outcome.products_created,
            "ProductsUpdated": outcome.products_updated,
            "ProductsUnchanged": outcome.products_unchanged,
        }
        count_many(**counts)
        logger().info("batch applied", extra={"import_id": ready.import_id, "batch": ready.batch, **counts})

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_apply_product_batch)

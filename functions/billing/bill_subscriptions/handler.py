"""Subscriptions billed, up to 25 a message, each of their periods in a transaction of its own."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.billing.deps import BillSubscriptionsDeps
from skuflow.billing.runs.bill_batch import bill_batch
from skuflow.billing.runs.work import batch_in
from skuflow.billing.wiring import build_bill_subscriptions
from skuflow.platform.consumer import Message, consume
from skuflow.platform.observability import count_many, logger

RESERVE_MS = 10_000
"""Time left for what was begun when the rest is left to the message's next delivery, in milliseconds."""


def handle(event: Any, context: LambdaContext, deps: BillSubscriptionsDeps) -> Any:
    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > RESERVE_MS

    def process(message: Message) -> None:
        batch = batch_in(message.json())
        done = bill_batch(batch, using=deps.work, has_time=has_time)
        count_many(SubscriptionsInvoiced=done.invoices, SubscriptionsNotBilled=done.failed)
        tell = logger().error if done.failed else logger().info
        tell("batch billed", extra={"run_id": batch.run_id, "batch": batch.batch, "failed": done.failed})

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_bill_subscriptions)

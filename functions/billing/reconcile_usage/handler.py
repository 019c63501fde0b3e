"""Counters held against the events they were made of, a client's day a message."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.billing.deps import ReconcileUsageDeps
from skuflow.billing.metering.reconcile_usage import take_up
from skuflow.billing.wiring import build_reconcile_usage
from skuflow.platform.consumer import Message, consume
from skuflow.platform.observability import count_many, logger

RESERVE_MS = 15_000
"""Time left for what was begun when a message hands on the rest, in milliseconds."""


def handle(event: Any, context: LambdaContext, deps: ReconcileUsageDeps) -> Any:
    def process(message: Message) -> None:
        record = take_up(
            message.json(),
            queue=deps.queue,
            using=deps.using,
            has_time=lambda: context.get_remaining_time_in_millis() > RESERVE_MS,
        )
        if record is not None:
            count_many(UsageDaysReconciled=1, UsageDrifts=record.drift_count)
            said = {"day": record.day, "counters": record.counters, "events": record.events}
            tell = logger().error if record.drift_count else logger().info
            tell("usage reconciled", extra={**said, "drifts": record.drift_count})

    return consume(event, process, deps.dead_letters, put_back=deps.put_back)


lambda_handler = entrypoint(handle, build_reconcile_usage)

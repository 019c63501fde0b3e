"""Billing runs planned: what is due becomes lists, lists become messages of 25 subscriptions."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.billing.deps import PlanBillingRunDeps
from skuflow.billing.runs.plan_run import plan_due, plan_run
from skuflow.billing.runs.work import RunToPlan, to_plan_in
from skuflow.billing.wiring import build_plan_billing_run
from skuflow.platform.consumer import Message, consume
from skuflow.platform.observability import count

RESERVE_MS = 30_000
"""Time left for what was begun when the rest is left to another message, in milliseconds."""


def handle(event: Any, context: LambdaContext, deps: PlanBillingRunDeps) -> Any:
    using = deps.planning(lambda: context.get_remaining_time_in_millis() > RESERVE_MS)

    def process(message: Message) -> None:
        work = to_plan_in(message.json())
        if isinstance(work, RunToPlan):
            plan_run(work, using=using)
        else:
            count("BillingRunsPlanned", plan_due(work, using=using))

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_plan_billing_run)

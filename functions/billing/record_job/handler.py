"""Jobs that have ended, told over the bus: counted in the daily record and as usage of the client, each once."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.billing.deps import RecordJobDeps
from skuflow.billing.metering.record_job import record_job
from skuflow.billing.wiring import build_record_job
from skuflow.contracts.quality import JobCompleted
from skuflow.platform.consumer import Message, bus_event, consume, payload
from skuflow.platform.observability import count_many


def handle(event: Any, context: LambdaContext, deps: RecordJobDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def process(message: Message) -> None:
        told = bus_event(message)
        fresh = record_job(told, payload(told, JobCompleted), usage=deps.usage, now=deps.clock())
        count_many(JobsMetered=int(fresh), JobsMeteredBefore=int(not fresh))

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_record_job)

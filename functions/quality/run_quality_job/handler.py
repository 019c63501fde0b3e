"""Working on a quality job for as long as the function may run."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.consumer import Message, consume
from skuflow.quality.deps import RunQualityJobDeps
from skuflow.quality.jobs.run_job import run_job
from skuflow.quality.jobs.work import named_job
from skuflow.quality.wiring import build_run_quality_job


def handle(event: Any, context: LambdaContext, deps: RunQualityJobDeps) -> Any:
    def process(message: Message) -> None:
        client_id, job_id = named_job(message.json())
        run_job(client_id, job_id, remaining_ms=context.get_remaining_time_in_millis, using=deps)

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_run_quality_job)

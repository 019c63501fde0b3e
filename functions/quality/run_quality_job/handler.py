"""Working on a quality job for as long as the function may run; once a night, starting jobs."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.consumer import Message, consume
from skuflow.quality.deps import RunQualityJobDeps
from skuflow.quality.jobs.run_job import RESERVE_MS, run_job
from skuflow.quality.jobs.work import named_job
from skuflow.quality.wiring import build_run_quality_job


def handle(event: Any, context: LambdaContext, deps: RunQualityJobDeps) -> Any:
    remaining_ms = context.get_remaining_time_in_millis

    def process(message: Message) -> None:
        body = message.json()
        if isinstance(body, dict) and "night" in body:
            from skuflow.quality.jobs.nightly import night_in, plan_night  # once a night: no start waits for it

            plan_night(night_in(body), using=deps, has_time=lambda: remaining_ms() > RESERVE_MS)
            return
        client_id, job_id = named_job(body)
        run_job(client_id, job_id, remaining_ms=remaining_ms, using=deps)

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_run_quality_job)

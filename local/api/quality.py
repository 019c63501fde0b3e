"""Data-quality jobs, by the HTTP API."""

from __future__ import annotations

import secrets
from typing import Any

from local.api.awaiting import Show, await_status
from local.api.calling import Api, segment

JOBS = "/v1/quality/jobs"
_OVER = frozenset({"completed", "cancelled", "failed"})


def job_path(job_id: str) -> str:
    return f"{JOBS}/{segment(job_id)}"


def start_job(api: Api, mode: str, filters: dict[str, Any], *, check_images: bool) -> dict[str, Any]:
    """Ask for a look through the products; the job as the platform took it."""
    body: dict[str, Any] = {"mode": mode, "check_images": check_images, "filters": filters}
    return api.post(JOBS, body, idempotency_key=secrets.token_hex(16))


def follow_job(api: Api, job_id: str, what: str) -> dict[str, Any]:
    """Ask that the fixes of a job be applied (`apply`) or taken back (`revert`); the job that does it."""
    return api.post(f"{job_path(job_id)}/{what}", {}, idempotency_key=secrets.token_hex(16))


def await_job(api: Api, job: dict[str, Any], show: Show) -> dict[str, Any]:
    """The job at its end. Raises LocalProblem if it does not move any more."""
    job_id = str(job["job_id"])
    return await_status(job_id, lambda: api.get(job_path(job_id)), _OVER, ("status", "progress"), show)

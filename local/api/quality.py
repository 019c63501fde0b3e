"""Data-quality jobs, by the HTTP API."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from local.api.calling import Api, segment
from local.problems import LocalProblem

JOBS = "/v1/quality/jobs"
STALLED_AFTER = 300.0
"""Seconds without any progress. A message that failed comes back when its queue's visibility timeout is over."""
_LOOK_EVERY = (0.25, 2.0)
"""Seconds between two looks, at first and at most."""
_OVER = frozenset({"completed", "cancelled", "failed"})

Show = Callable[[dict[str, Any]], None]
"""Shown the job each time it was looked at."""


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
    pause, most = _LOOK_EVERY
    moved = time.monotonic()
    while True:
        seen = api.get(job_path(str(job["job_id"])))
        show(seen)
        if seen["status"] in _OVER:
            return seen
        if (seen["status"], seen["progress"]) != (job["status"], job["progress"]):
            job, moved, pause = seen, time.monotonic(), _LOOK_EVERY[0]
        if time.monotonic() - moved > STALLED_AFTER:
            raise LocalProblem(
                f"{job['job_id']} does not move; it is {seen['status']}", "see: skuflow status; it goes on by itself"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, most)

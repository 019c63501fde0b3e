"""Jobs: start one, watch it, stop it; apply what a preview found, and take it back."""

from __future__ import annotations

from functools import partial
from typing import Any

from functions.quality.api.rendering import job_view, summary_view
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.quality.deps import ApiDeps
from skuflow.quality.jobs.model import CHECKS, Filters, Job, stopped
from skuflow.quality.jobs.start_job import follow_job, start_job

ROUTES = Routes("quality")
_VIEWS = "functions.quality.api.views"
_BODIES = "functions.quality.api.bodies"
_LISTED = "quality-jobs"


def _view(request: Request, job: Job, deps: ApiDeps) -> dict[str, Any]:
    last = deps.progress.last_chunk(request.client_id, job.job_id)
    again = deps.progress.last_repeats(request.client_id, job.job_id) if job.mode in CHECKS and last else None
    return job_view(job, last, again, deps.progress.answers(request.client_id, job.job_id))


def _started(request: Request, job: Job, deps: ApiDeps) -> Response:
    return Response(_view(request, job, deps), 201, {"Location": f"/v1/quality/jobs/{job.job_id}"})


@ROUTES.add(
    "POST",
    "/v1/quality/jobs",
    scope="quality:write",
    summary="Start a job: score a collection, preview fixes, or fix it",
    description="Products that pass the filters are checked against the rules as they are now. What a job fixes can be taken back.",
    status=201,
    body=f"{_BODIES}:StartJob",
    response=f"{_VIEWS}:JobView",
    idempotent=True,
)
def create_quality_job(request: Request, deps: ApiDeps) -> Response:
    body = request.body
    wanted = body.filters
    filters = Filters(
        source=wanted.source,
        status=wanted.status,
        brand=wanted.brand,
        category=tuple(wanted.category),
        product_ids=tuple(wanted.product_ids),
    )
    job = start_job(
        request.client_id,
        body.mode,
        filters=filters,
        check_images=body.check_images,
        key=request.headers.get("idempotency-key"),
        cause=request.cause,
        using=deps.starting,
    )
    return _started(request, job, deps)


@ROUTES.add(
    "GET",
    "/v1/quality/jobs",
    scope="quality:read",
    summary="List jobs, newest first",
    query=PAGE,
    response=f"{_VIEWS}:JobPage",
)
def list_quality_jobs(request: Request, deps: ApiDeps) -> Response:
    return page_of(request, _LISTED, partial(deps.jobs.page, request.client_id), summary_view, at=str, id=str)


@ROUTES.add(
    "GET",
    "/v1/quality/jobs/{job_id}",
    scope="quality:read",
    summary="Watch a job",
    response=f"{_VIEWS}:JobView",
)
def get_quality_job(request: Request, deps: ApiDeps) -> Response:
    return Response(_view(request, deps.jobs.get(request.client_id, request.path["job_id"]), deps))


@ROUTES.add(
    "DELETE",
    "/v1/quality/jobs/{job_id}",
    scope="quality:write",
    summary="Stop a job",
    description="Fixes that were handed to the catalogue are applied all the same; they can be taken back. Nothing is billed.",
    response=f"{_VIEWS}:JobView",
    errors=(409,),
)
def stop_quality_job(request: Request, deps: ApiDeps) -> Response:
    job = deps.jobs.change(
        request.client_id,
        request.path["job_id"],
        lambda now: now if now.status == "cancelled" else stopped(now, "cancelled", None, deps.clock()),
    )
    return Response(_view(request, job, deps))


@ROUTES.add(
    "POST",
    "/v1/quality/jobs/{job_id}/apply",
    scope="quality:write",
    summary="Apply the fixes of a preview",
    description="Starts a job that does it. A product that has changed since is left as it is, with the reason.",
    status=201,
    response=f"{_VIEWS}:JobView",
    errors=(409,),
)
def apply_quality_preview(request: Request, deps: ApiDeps) -> Response:
    job = follow_job(request.client_id, request.path["job_id"], "apply", cause=request.cause, using=deps.starting)
    return _started(request, job, deps)


@ROUTES.add(
    "POST",
    "/v1/quality/jobs/{job_id}/revert",
    scope="quality:write",
    summary="Take back what a job has fixed",
    description="Starts a job that does it. A field that was changed again since is left as it is, with the reason.",
    status=201,
    response=f"{_VIEWS}:JobView",
    errors=(409,),
)
def revert_quality_job(request: Request, deps: ApiDeps) -> Response:
    job = follow_job(request.client_id, request.path["job_id"], "revert", cause=request.cause, using=deps.starting)
    return _started(request, job, deps)

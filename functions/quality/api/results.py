"""What a job found and did: findings, fixes, and the report as JSON, as CSV and as a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.quality.api.fix_rendering import product_view
from functions.quality.api.rendering import finding_view, place_of, report_view
from skuflow.kernel.errors import Conflict
from skuflow.platform.http_api import PAGE, Param, Request, Response, Routes
from skuflow.platform.paging import encode_cursor, position_in
from skuflow.quality.deps import ApiDeps
from skuflow.quality.jobs.chunks import Chunk, InStep
from skuflow.quality.jobs.model import CHECKS, Job
from skuflow.quality.report.model import Report

ROUTES = Routes("quality")
_VIEWS = "functions.quality.api.views"
_MOST_CHUNKS = 40
"""Chunks that one page is looked for in; a filter that fits little gives short pages, and a cursor to go on."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@ROUTES.add(
    "GET",
    "/v1/quality/jobs/{job_id}/findings",
    scope="quality:read",
    summary="Read what is wrong with which product",
    description="In a steady order of products; duplicates come behind the other findings of the same fifty products, and are "
    "there once all products are checked. Kept 60 days. A page may be short, or empty, and not be the last. Of a product with "
    "more than 200 findings, or duplicates, the first 200 are listed.",
    query=(
        Param("rule_id", "Findings of this rule only."),
        Param("field", "Of this field only, e.g. `variant.gtin`."),
        Param("severity", "Of this severity only.", choices=("error", "warning", "info")),
        *PAGE,
    ),
    response=f"{_VIEWS}:FindingPage",
)
def list_quality_findings(request: Request, deps: ApiDeps) -> Response:
    job = deps.jobs.get(request.client_id, request.path["job_id"])
    q = request.query
    name = f"findings {job.job_id} {[q[part] for part in ('rule_id', 'field', 'severity')]}"

    position = _position(request, name)
    checks = job.mode in CHECKS
    again = deps.progress.repeats(request.client_id, job.job_id, position.chunk) if checks else ()
    repeats = InStep(again, lambda one: one.number)

    def rows(chunk: Chunk) -> list[dict[str, Any]]:
        found = repeats.of(chunk.number)
        titles = {**(found.titles if found else {}), **chunk.titles}
        return [
            finding_view(one, titles.get(one.product_id, ""))
            for one in (*chunk.findings, *(found.findings if found else ()))
            if q["rule_id"] in {None, one.rule_id}
            and q["field"] in {None, place_of(one)}
            and q["severity"] in {None, one.severity}
        ]

    return _page(request, deps, job, position, rows)


@ROUTES.add(
    "GET",
    "/v1/quality/jobs/{job_id}/fixes",
    scope="quality:read",
    summary="Read what a job would fix, or has fixed",
    description="By product: old and new value of each field, what became of it, and suggestions for people to decide "
    "on. Kept 60 days. A page may be short, or empty, and not be the last.",
    query=PAGE,
    response=f"{_VIEWS}:FixPage",
)
def list_quality_fixes(request: Request, deps: ApiDeps) -> Response:
    job = deps.jobs.get(request.client_id, request.path["job_id"])

    def rows(chunk: Chunk) -> list[dict[str, Any]]:
        outcome = None
        if job.decides and chunk.has_fixes:
            outcome = deps.progress.outcome(request.client_id, job.job_id, chunk.number)
        return [product_view(one, chunk.titles.get(one.product_id, ""), job, outcome) for one in chunk.decisions]

    return _page(request, deps, job, _position(request, f"fixes {job.job_id}"), rows)


@dataclass(frozen=True, slots=True)
class _Position:
    """A place in the list `name`: a row of a chunk."""

    name: str
    chunk: int
    row: int

    def cut(self, items: list[dict[str, Any]], chunk: int, row: int) -> Response:
        """`items`, and where the list goes on."""
        return Response({"items": items, "next_cursor": encode_cursor(self.name, {"chunk": chunk, "row": row})})


def _position(request: Request, name: str) -> _Position:
    position = position_in(name, request.query["cursor"], chunk=int, row=int) or {"chunk": 1, "row": 0}
    return _Position(name, int(position["chunk"]), int(position["row"]))


def _page(
    request: Request,
    deps: ApiDeps,
    job: Job,
    position: _Position,
    rows: Callable[[Chunk], list[dict[str, Any]]],
) -> Response:
    """Up to `limit` of what `rows` makes of the chunks, from `position` on."""
    limit = request.query["limit"]
    items: list[dict[str, Any]] = []
    first, skip = position.chunk, position.row
    for chunk in deps.progress.chunks(request.client_id, job.job_id, first):
        if chunk.number - first >= _MOST_CHUNKS or len(items) >= limit:
            return position.cut(items, chunk.number, 0)
        begin = skip if chunk.number == first else 0
        found = rows(chunk)[begin:]
        room = limit - len(items)
        items += found[:room]
        if len(found) > room:
            return position.cut(items, chunk.number, begin + room)
    return Response({"items": items, "next_cursor": None})


@ROUTES.add(
    "GET",
    "/v1/quality/jobs/{job_id}/report",
    scope="quality:read",
    summary="Read a completed job's report",
    description="Measures before and after by field, rules that did not hold, the worst products. `report.csv` and "
    "`report.html` are the same as a table and as a page.",
    response=f"{_VIEWS}:ReportView",
    errors=(409,),
)
def get_quality_report(request: Request, deps: ApiDeps) -> Response:
    return Response(report_view(*_reported(request, deps)))


@ROUTES.add(
    "GET",
    "/v1/quality/jobs/{job_id}/report.csv",
    scope="quality:read",
    summary="Read a completed job's report as a table",
    description="UTF-8 with a byte order mark, so that spreadsheets read it; a value that a spreadsheet would take for "
    "a formula has an apostrophe in front.",
    content_type="text/csv",
    errors=(409,),
)
def get_quality_report_csv(request: Request, deps: ApiDeps) -> Response:
    from skuflow.quality.report.table import as_csv

    job, report = _reported(request, deps)
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="quality-{job.job_id}.csv"',
    }
    return Response(as_csv(report), headers=headers)


@ROUTES.add(
    "GET",
    "/v1/quality/jobs/{job_id}/report.html",
    scope="quality:read",
    summary="Read a completed job's report as a page",
    description="One page that loads nothing from elsewhere.",
    content_type="text/html",
    errors=(409,),
)
def get_quality_report_page(request: Request, deps: ApiDeps) -> Response:
    from functions.quality.api.report_page import page_of

    job, report = _reported(request, deps)
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(page_of(request.client_id, job, report, deps), headers=headers)


def _reported(request: Request, deps: ApiDeps) -> tuple[Job, Report]:
    job = deps.jobs.get(request.client_id, request.path["job_id"])
    report = deps.reports.find(request.client_id, job.job_id) if job.status == "completed" else None
    if report is None:
        raise Conflict(f"the job is {job.status}; a report is there when it is completed")
    return job, report

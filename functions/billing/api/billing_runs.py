"""Billing runs: see what one would bill, begin one, watch it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from functions.billing.api.rendering_invoices import dry_view, run_view
from skuflow.billing.deps import ApiDeps
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.platform.paging import encode_cursor, position_in

ROUTES = Routes("billing-runs")
_VIEWS = "functions.billing.api.views_invoices"
_LISTED = "billing-runs"
MOST_FAILURES = 100


@ROUTES.add(
    "POST",
    "/v1/billing-runs",
    scope="billing:write",
    summary="Bill what is due, or see what that would be",
    description=(
        "Your own subscriptions; without being asked for, each is billed within an hour of being due. Who is several periods "
        "behind gets an invoice for each. With `dry`, the answer explains each line of a page of subscriptions, and nothing is "
        "written: a run at that moment bills these amounts. Any other run is worked off in the background: watch it. 409 if a "
        "subscription that you name is billed already."
    ),
    status=202,
    body="functions.billing.api.bodies_invoices:BillingRunBody",
    response=f"{_VIEWS}:BillingRunView",
    idempotent=True,
    errors=(409,),
)
def start_billing_run(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.runs.start_run import start_run

    body = request.body
    if body.dry:
        return _dry(request, deps)
    if body.cursor is not None:
        fault = Problem("cursor", "belongs to a dry run", "leave it out")
        raise Invalid("a run takes no cursor", problems=[fault])
    using = deps.invoicing.starting(deps.clock, deps.new_id)
    run = start_run(request.client_id, body.as_of, body.subscription_ids, cause=request.cause, using=using)
    return Response(run_view(run, []), 202, {"Location": f"/v1/billing-runs/{run.run_id}"})


def _dry(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.runs.dry_run import dry_run

    body = request.body
    query = f"dry-run {iso(body.as_of) if body.as_of is not None else ''}"
    position = position_in(query, body.cursor, at=str, id=str)
    using = deps.invoicing.dry_running(deps.clock)
    moment, told, after = dry_run(
        request.client_id, body.as_of, body.subscription_ids, position, cause=request.cause, using=using
    )
    return Response(dry_view(moment, told, encode_cursor(query, after)), 202)


@ROUTES.add(
    "GET",
    "/v1/billing-runs",
    scope="billing:read",
    summary="List billing runs, newest first",
    query=PAGE,
    response=f"{_VIEWS}:BillingRunPage",
)
def list_billing_runs(request: Request, deps: ApiDeps) -> Response:
    runs = partial(deps.invoicing.runs().page, request.client_id)
    return page_of(request, _LISTED, runs, lambda run: run_view(run, []), at=str, id=str)


@ROUTES.add(
    "GET",
    "/v1/billing-runs/{billing_run_id}",
    scope="billing:read",
    summary="Watch a billing run, and see what could not be billed and why",
    response=f"{_VIEWS}:BillingRunView",
)
def get_billing_run(request: Request, deps: ApiDeps) -> Response:
    runs, run_id = deps.invoicing.runs(), request.path["billing_run_id"]
    run, progress, _ = runs.state(request.client_id, run_id)
    failures = runs.failures(request.client_id, run_id, MOST_FAILURES) if progress.failed else []
    return Response(run_view(replace(run, progress=progress), failures))

"""Runs: ask for one, see which there were, watch one."""

from __future__ import annotations

from functools import partial

from functions.sync.api.run_rendering import remarked_view, run_view
from skuflow.kernel.errors import NotFound
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.sync.deps import ApiDeps
from skuflow.sync.runs.begin_run import start_run
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.progress import progress_of, remarks_on
from skuflow.sync.shops.model import Shop

ROUTES = Routes("shops")
_VIEWS = "functions.sync.api.run_views"
MAX_REMARKS = 100


def _view(request: Request, run: Run, shop: Shop, deps: ApiDeps) -> dict[str, object]:
    progress = progress_of(request.client_id, run, progress=deps.progress)
    return run_view(run, progress, shop.run_id)


@ROUTES.add(
    "POST",
    "/v1/shopify/shops/{shop}/syncs",
    scope="shops:write",
    summary="Read a shop's whole catalogue now",
    description="409 if the shop is not connected, or a run of it is under way. Without being asked for, it happens every night.",
    status=202,
    response=f"{_VIEWS}:RunView",
    idempotent=True,
    errors=(409,),
)
def start_sync(request: Request, deps: ApiDeps) -> Response:
    item = deps.shops.get(request.client_id, request.path["shop"].lower())
    run = start_run(request.client_id, item, cause=request.cause, runs=deps.runs, new_id=deps.new_id, clock=deps.clock)
    deps.shop_work.put(request.client_id, item.shop)
    view = run_view(run, progress_of(request.client_id, run, progress=deps.progress), run.run_id)
    return Response(view, 202, {"Location": f"/v1/shopify/shops/{item.shop}/syncs/{run.run_id}"})


@ROUTES.add(
    "GET",
    "/v1/shopify/shops/{shop}/syncs",
    scope="shops:read",
    summary="List a shop's runs, newest first",
    query=PAGE,
    response=f"{_VIEWS}:RunPage",
)
def list_syncs(request: Request, deps: ApiDeps) -> Response:
    shop = deps.shops.get(request.client_id, request.path["shop"].lower())
    runs = partial(deps.runs.page, request.client_id, shop.shop)
    return page_of(request, f"syncs {shop.shop}", runs, lambda run: _view(request, run, shop, deps), at=str, id=str)


@ROUTES.add(
    "GET",
    "/v1/shopify/shops/{shop}/syncs/{run_id}",
    scope="shops:read",
    summary="Watch a run, and see what was not taken and why",
    response=f"{_VIEWS}:RunWithRemarks",
)
def get_sync(request: Request, deps: ApiDeps) -> Response:
    shop = deps.shops.get(request.client_id, request.path["shop"].lower())
    run = deps.runs.get(request.client_id, request.path["run_id"])
    if run.shop != shop.shop:
        raise NotFound(f"there is no run {run.run_id} of {shop.shop}")
    remarks = remarks_on(request.client_id, run, MAX_REMARKS, progress=deps.progress, bucket=deps.bucket)
    return Response(remarked_view(_view(request, run, shop, deps), remarks))

"""How all sources of a client are doing, in one place."""

from __future__ import annotations

from functools import partial

from functions.sync.api.run_rendering import status_view
from skuflow.platform.http_api import CURSOR, Param, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.sync.deps import ApiDeps
from skuflow.sync.sync_status import StatusSources

ROUTES = Routes("shops")
_LISTED = "sync-status"
_LIMIT = Param("limit", "How many items at most.", "integer", default=20, minimum=1, maximum=50)


@ROUTES.add(
    "GET",
    "/v1/admin/catalog/sync-status",
    scope="shops:read",
    summary="See how every source of products is doing",
    description="Last success, lag, counts, what goes on, what is wrong and since when, when the next run begins.",
    query=(_LIMIT, CURSOR),
    response="functions.sync.api.run_views:SyncStatusPage",
)
def get_sync_status(request: Request, deps: ApiDeps) -> Response:
    sources = StatusSources(deps.shops, deps.runs, deps.progress, deps.circuits)
    shops = partial(deps.shops.page, request.client_id)
    status = partial(sources.status_of, request.client_id)
    return page_of(request, _LISTED, shops, lambda shop: status_view(status(shop), deps.clock()), shop=str)

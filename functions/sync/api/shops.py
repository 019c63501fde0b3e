"""Shops that are connected, or were."""

from __future__ import annotations

from functools import partial

from functions.sync.api.rendering_shops import privacy_request_view, shop_view, trouble_view
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.sync.deps import ApiDeps

ROUTES = Routes("shops")
_VIEWS = "functions.sync.api.views_shops"
_SHOPS, _REQUESTS = "shops", "privacy-requests"
_TROUBLES_SHOWN = 20


@ROUTES.add(
    "GET",
    "/v1/shopify/shops",
    scope="shops:read",
    summary="List shops",
    description="In order of their domains; also those that were uninstalled or disconnected.",
    query=PAGE,
    response=f"{_VIEWS}:ShopPage",
)
def list_shops(request: Request, deps: ApiDeps) -> Response:
    return page_of(request, _SHOPS, partial(deps.shops.page, request.client_id), shop_view, shop=str)


@ROUTES.add(
    "GET",
    "/v1/shopify/shops/{shop}",
    scope="shops:read",
    summary="Read a shop, with what went wrong of late",
    response=f"{_VIEWS}:ShopDetails",
)
def get_shop(request: Request, deps: ApiDeps) -> Response:
    item = deps.shops.get(request.client_id, request.path["shop"].lower())
    troubles = deps.shops.troubles(request.client_id, item.shop, _TROUBLES_SHOWN)
    return Response({**shop_view(item), "troubles": [trouble_view(one) for one in troubles]})


@ROUTES.add(
    "GET",
    "/v1/privacy-requests",
    scope="shops:read",
    summary="List privacy requests, first due first",
    description=(
        "Shopify passes on what the customers of a shop, or a shop that has left, ask for: to see or to erase what is kept of "
        "them, by `due_at`."
    ),
    query=PAGE,
    response=f"{_VIEWS}:PrivacyRequestPage",
)
def list_privacy_requests(request: Request, deps: ApiDeps) -> Response:
    asked = partial(deps.privacy_requests.page, request.client_id)
    return page_of(request, _REQUESTS, asked, privacy_request_view, at=str, id=str)

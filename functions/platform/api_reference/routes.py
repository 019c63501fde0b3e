"""What the API says about itself. No data, no key needed."""

from __future__ import annotations

from functools import partial

from functions.platform.api_reference import assets, pages, problems
from skuflow.kernel.errors import NotFound
from skuflow.platform.http_api import OpenRequest, Response, Routes

ROUTES = Routes("reference")
add_page = partial(ROUTES.add, scope=None, content_type="text/html")


@add_page("GET", "/", summary="The API's page")
def show_start(_request: OpenRequest, _deps: None) -> Response:
    return pages.html(pages.reference())


@add_page("GET", "/docs", summary="The API's page: every operation, with a form to try it")
def show_reference(_request: OpenRequest, _deps: None) -> Response:
    return pages.html(pages.reference())


@add_page("GET", "/docs/problems", summary="What each problem code means and what to do about it")
def show_problems(_request: OpenRequest, _deps: None) -> Response:
    return pages.html(pages.of_problems(problems.PROBLEMS))


@ROUTES.add("GET", "/docs/assets/{name}", scope=None, summary="A part of the page", content_type="*/*")
def show_asset(request: OpenRequest, _deps: None) -> Response:
    asset = assets.find(request.path["name"])
    if asset is None:
        raise NotFound("the page has no such part")
    return assets.answer(asset, request.headers.get("accept-encoding", ""))


@ROUTES.add(
    "GET",
    "/openapi.json",
    scope=None,
    summary="This document",
    response="functions.platform.api_reference.views:Document",
)
def show_document(request: OpenRequest, _deps: None) -> Response:
    return assets.answer(assets.DOCUMENT, request.headers.get("accept-encoding", ""))


@ROUTES.add(
    "GET",
    "/health",
    scope=None,
    summary="Is the API there?",
    response="functions.platform.api_reference.views:HealthView",
)
def show_health(_request: OpenRequest, _deps: None) -> Response:
    return Response({"status": "ok"})

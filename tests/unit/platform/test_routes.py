"""Which route a path leads to, and how the gateway is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from skuflow.platform.http_api import Request, Response, Routes

PATHS = (
    "/v1/invoices/{invoice_id}",
    "/v1/invoices/{invoice_id}.pdf",
    "/v1/invoices/{invoice_id}/payments",
    "/v1/invoices/latest",
)


def nothing(_request: Request, _deps: Any) -> Response:
    return Response()


@pytest.fixture
def routes() -> Routes:
    made = Routes("invoices")
    for path in PATHS:
        made.add("GET", path, scope="billing:read", summary="…")(nothing)
    return made


@pytest.mark.parametrize(
    ("path", "leads_to", "values"),
    [
        ("/v1/invoices/inv_1", PATHS[0], {"invoice_id": "inv_1"}),
        ("/v1/invoices/inv_1.pdf", PATHS[1], {"invoice_id": "inv_1"}),
        ("/v1/invoices/inv_1.csv", PATHS[0], {"invoice_id": "inv_1.csv"}),
        ("/v1/invoices/.pdf", PATHS[0], {"invoice_id": ".pdf"}),
        ("/v1/invoices/inv_1xpdf", PATHS[0], {"invoice_id": "inv_1xpdf"}),
        ("/v1/invoices/inv_1/payments", PATHS[2], {"invoice_id": "inv_1"}),
        ("/v1/invoices/latest", PATHS[3], {}),
    ],
)
def test_the_narrowest_route_wins(routes: Routes, path: str, leads_to: str, values: dict[str, str]) -> None:
    found = routes.match("GET", path)
    assert found is not None
    assert (found[0].path, dict(found[1])) == (leads_to, values)


def test_no_value_reaches_over_a_slash(routes: Routes) -> None:
    assert routes.match("GET", "/v1/invoices/a/b.pdf") is None


def test_at_the_gateway_a_variable_is_a_whole_segment(routes: Routes) -> None:
    assert [route.gateway_path for route in routes] == [PATHS[0], PATHS[0], PATHS[2], PATHS[3]]

"""Sellers: who issues invoices."""

from __future__ import annotations

from functools import partial

from functions.billing.api.rendering_parties import party_view
from functions.billing.api.versions import asked_version, versioned
from skuflow.billing.deps import ApiDeps
from skuflow.platform.http_api import IF_MATCH, PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of

ROUTES = Routes("sellers")
_VIEWS = "functions.billing.api.views_parties"
_LISTED = "sellers"


@ROUTES.add(
    "GET",
    "/v1/sellers",
    scope="billing:read",
    summary="List sellers",
    query=PAGE,
    response=f"{_VIEWS}:SellerPage",
)
def list_sellers(request: Request, deps: ApiDeps) -> Response:
    return page_of(request, _LISTED, partial(deps.selling.sellers.page, request.client_id), party_view, id=str)


@ROUTES.add(
    "GET",
    "/v1/sellers/{seller_id}",
    scope="billing:read",
    summary="Read a seller",
    response=f"{_VIEWS}:SellerView",
)
def get_seller(request: Request, deps: ApiDeps) -> Response:
    item = deps.selling.sellers.get(request.client_id, request.path["seller_id"])
    return versioned(party_view(item), item.version)


@ROUTES.add(
    "PUT",
    "/v1/sellers/{seller_id}",
    scope="billing:write",
    summary="Create or replace a seller",
    description=(
        "The id is yours: 1 to 40 of a-z, 0-9 and `-`. Invoices keep the seller as it was when they were made; the prefix of their "
        "numbers never changes."
    ),
    headers=(IF_MATCH,),
    body="functions.billing.api.bodies_parties:SellerBody",
    response=f"{_VIEWS}:SellerView",
    errors=(409, 412),
)
def put_seller(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.parties import Address, Seller
    from skuflow.billing.save_party import save_seller

    told, now = request.body.model_dump(), deps.clock()
    address = Address(**{**told.pop("address"), "lines": tuple(request.body.address.lines)})
    wanted = Seller(
        seller_id=request.path["seller_id"],
        address=address,
        created_at=now,
        updated_at=now,
        cause=request.cause,
        **told,
    )
    item = save_seller(request.client_id, wanted, read_at=asked_version(request), sellers=deps.selling.sellers)
    return versioned(party_view(item), item.version)

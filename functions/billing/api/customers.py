"""Customers: the billing profiles of subjects."""

from __future__ import annotations

from functools import partial

from functions.billing.api.rendering_parties import party_view
from functions.billing.api.versions import asked_version, versioned
from skuflow.billing.deps import ApiDeps
from skuflow.platform.http_api import IF_MATCH, PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of

ROUTES = Routes("customers")
_VIEWS = "functions.billing.api.views_parties"
_LISTED = "customers"


@ROUTES.add(
    "GET",
    "/v1/customers",
    scope="billing:read",
    summary="List customers",
    query=PAGE,
    response=f"{_VIEWS}:CustomerPage",
)
def list_customers(request: Request, deps: ApiDeps) -> Response:
    return page_of(request, _LISTED, partial(deps.selling.customers.page, request.client_id), party_view, subject=str)


@ROUTES.add(
    "GET",
    "/v1/customers/{subject}",
    scope="billing:read",
    summary="Read a customer",
    response=f"{_VIEWS}:CustomerView",
)
def get_customer(request: Request, deps: ApiDeps) -> Response:
    item = deps.selling.customers.get(request.client_id, request.path["subject"])
    return versioned(party_view(item), item.version)


@ROUTES.add(
    "PUT",
    "/v1/customers/{subject}",
    scope="billing:write",
    summary="Create or replace a customer",
    description=(
        "The subject is yours: 1 to 64 letters, digits and `_ . : -`; `client` is you yourself. Country and region decide which "
        "taxes are due. What is owed to the customer stays as it is."
    ),
    headers=(IF_MATCH,),
    body="functions.billing.api.bodies_parties:CustomerBody",
    response=f"{_VIEWS}:CustomerView",
    errors=(412,),
)
def put_customer(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.parties import Address, Customer
    from skuflow.billing.save_party import save_customer
    from skuflow.billing.tax.model import Exemption

    told, now = request.body.model_dump(exclude={"address", "exemptions"}), deps.clock()
    address = {**request.body.address.model_dump(), "lines": tuple(request.body.address.lines)}
    wanted = Customer(
        subject=request.path["subject"],
        address=Address(**address),
        exemptions=tuple(Exemption(**one.model_dump()) for one in request.body.exemptions),
        created_at=now,
        updated_at=now,
        cause=request.cause,
        **told,
    )
    item = save_customer(request.client_id, wanted, read_at=asked_version(request), customers=deps.selling.customers)
    return versioned(party_view(item), item.version)

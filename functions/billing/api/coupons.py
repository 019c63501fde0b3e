"""Coupons, and the subscriptions that have one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from functions.billing.api.rendering_invoices import coupon_view
from functions.billing.api.rendering_subscriptions import subscription_view
from skuflow.billing.deps import ApiDeps
from skuflow.kernel.errors import Conflict, Invalid
from skuflow.kernel.money import Money
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.platform.rows import change

if TYPE_CHECKING:
    from skuflow.billing.invoices.coupons import Coupon

ROUTES = Routes("coupons")
_VIEWS = "functions.billing.api.views_invoices"
_BODIES = "functions.billing.api.bodies_invoices"
_SUBSCRIPTION = "functions.billing.api.views_subscriptions:SubscriptionView"
_LISTED = "coupons"


@ROUTES.add(
    "POST",
    "/v1/coupons",
    scope="billing:write",
    summary="Make a coupon",
    description=(
        "Takes a percentage or an amount off what is charged, before taxes: once, for a number of periods, or for ever. Terms "
        "never change. 409 if there is one of that code."
    ),
    status=201,
    body=f"{_BODIES}:CouponBody",
    response=f"{_VIEWS}:CouponView",
    idempotent=True,
    errors=(409,),
)
def create_coupon(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.invoices.coupons import Coupon, CouponTerms, coupon_problems

    body = request.body
    terms = CouponTerms(
        code=body.code,
        duration=body.duration,
        percent=body.percent,
        amount=Money(body.amount.amount_minor, body.amount.currency) if body.amount is not None else None,
        periods=body.periods,
    )
    if problems := coupon_problems(terms):
        raise Invalid("the coupon is not valid", problems=problems)
    coupon = Coupon(
        terms=terms,
        created_at=deps.clock(),
        cause=request.cause,
        name=body.name,
        redeem_by=body.redeem_by,
        max_redemptions=body.max_redemptions,
    )
    if not deps.invoicing.coupons().add(request.client_id, coupon):
        raise Conflict(f"there is a coupon {body.code} already")
    return Response(coupon_view(coupon), 201, {"Location": f"/v1/coupons/{body.code}"})


@ROUTES.add(
    "GET",
    "/v1/coupons",
    scope="billing:read",
    summary="List coupons",
    query=PAGE,
    response=f"{_VIEWS}:CouponPage",
)
def list_coupons(request: Request, deps: ApiDeps) -> Response:
    return page_of(request, _LISTED, partial(deps.invoicing.coupons().page, request.client_id), coupon_view, code=str)


@ROUTES.add(
    "GET",
    "/v1/coupons/{coupon_code}",
    scope="billing:read",
    summary="Read a coupon",
    response=f"{_VIEWS}:CouponView",
)
def get_coupon(request: Request, deps: ApiDeps) -> Response:
    return Response(coupon_view(deps.invoicing.coupons().get(request.client_id, request.path["coupon_code"])))


@ROUTES.add(
    "DELETE",
    "/v1/coupons/{coupon_code}",
    scope="billing:write",
    summary="Stop giving out a coupon",
    description="Who has redeemed it keeps it.",
    response=f"{_VIEWS}:CouponView",
)
def archive_coupon(request: Request, deps: ApiDeps) -> Response:
    coupons, code = deps.invoicing.coupons(), request.path["coupon_code"]

    def archived(item: Coupon) -> Coupon:
        return item if item.archived_at is not None else replace(item, archived_at=deps.clock(), cause=request.cause)

    item = change(
        lambda: coupons.get(request.client_id, code),
        lambda wanted: coupons.archive(request.client_id, wanted),
        archived,
        f"the coupon {code}",
    )
    return Response(coupon_view(item))


@ROUTES.add(
    "PUT",
    "/v1/subscriptions/{subscription_id}/coupon",
    scope="billing:write",
    summary="Give a subscription a coupon",
    description="From its next invoice on, instead of the one that it had. A subscription can redeem a coupon once.",
    body=f"{_BODIES}:RedeemBody",
    response=_SUBSCRIPTION,
    errors=(409,),
)
def redeem_one_coupon(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.invoices.redeem_coupon import redeem_coupon

    item = redeem_coupon(
        request.client_id,
        request.path["subscription_id"],
        request.body.code,
        cause=request.cause,
        table=deps.invoicing.table,
        coupons=deps.invoicing.coupons(),
        subscriptions=deps.selling.subscriptions,
        clock=deps.clock,
    )
    return Response(subscription_view(item, deps.clock()))


@ROUTES.add(
    "DELETE",
    "/v1/subscriptions/{subscription_id}/coupon",
    scope="billing:write",
    summary="Take a subscription's coupon away",
    response=_SUBSCRIPTION,
)
def drop_one_coupon(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.invoices.redeem_coupon import drop_coupon

    item = drop_coupon(
        request.client_id,
        request.path["subscription_id"],
        cause=request.cause,
        subscriptions=deps.selling.subscriptions,
        clock=deps.clock,
    )
    return Response(subscription_view(item, deps.clock()))

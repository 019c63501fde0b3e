"""What a subject may use of a product."""

from __future__ import annotations

from skuflow.billing.deps import ApiDeps
from skuflow.billing.model import checked_product, checked_subject
from skuflow.kernel.clock import iso
from skuflow.platform.http_api import Request, Response, Routes

ROUTES = Routes("entitlements")


@ROUTES.add(
    "GET",
    "/v1/entitlements/{subject}/{product}",
    scope="billing:read",
    summary="Read what a subject is entitled to",
    description=(
        "One read of one item, remembered for five seconds at most. In a trial everything that the plan gives; until the end of "
        "the period when cancelled for then; nothing while paused, once cancelled, or without a subscription (`status` none, also "
        "for subjects and products that nobody ever heard of)."
    ),
    response="functions.billing.api.views_entitlements:EntitlementsView",
    errors=(404,),
)
def get_entitlements(request: Request, deps: ApiDeps) -> Response:
    subject, product = checked_subject(request.path["subject"]), checked_product(request.path["product"])
    told = deps.selling.entitlements(request.client_id, subject, product)
    plan = {"code": told.plan.code, "version": told.plan.version} if told.plan is not None else None
    return Response(
        {
            "subject": told.subject,
            "product": told.product,
            "status": told.status,
            "entitled": told.entitled,
            "entitlements": dict(told.entitlements),
            "plan": plan,
            "subscription_id": told.subscription_id or None,
            "until": iso(told.until) if told.until is not None else None,
        }
    )

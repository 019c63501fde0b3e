"""Subscriptions are changed, cancelled, paused, resumed, reactivated. Asking twice is answered alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from functions.billing.api.rendering_invoices import invoice_view
from functions.billing.api.rendering_subscriptions import subscription_view
from functions.billing.api.versions import asked_version, versioned
from skuflow.billing.deps import ApiDeps
from skuflow.kernel.clock import iso
from skuflow.platform.http_api import IF_MATCH, Request, Response, Routes

if TYPE_CHECKING:
    from skuflow.billing.change_subscription import Transition
    from skuflow.billing.lifecycle import Asked
    from skuflow.billing.plans import Plan
    from skuflow.billing.subscriptions import Subscription

ROUTES = Routes("subscriptions")
_VIEW = "functions.billing.api.views_subscriptions:SubscriptionView"
_PREVIEW = "functions.billing.api.views_subscriptions:ChangePreview"
_BODIES = "functions.billing.api.bodies_subscriptions"
_PATH = "/v1/subscriptions/{subscription_id}"
_STEP: dict[str, Any] = {"headers": (IF_MATCH,), "response": _VIEW, "idempotent": True, "errors": (404, 409, 412)}
"""How a route declares a step that takes no body and no plan."""


def _applied(request: Request, deps: ApiDeps, asked: Asked, transition: Transition) -> Response:
    from skuflow.billing.change_subscription import Changing, change_subscription

    by = Changing(deps.selling.subscriptions, deps.selling.plans)
    name, read_at = request.path["subscription_id"], asked_version(request)
    item = change_subscription(request.client_id, name, transition, read_at=read_at, by=by)
    return versioned(subscription_view(item, asked.at), item.version)


def _previewed(
    request: Request,
    deps: ApiDeps,
    asked: Asked,
    before: Subscription,
    transition: Transition,
    *,
    also: Mapping[str, Plan],
) -> Response:
    from skuflow.billing.runs.preview_change import Previewing, preview_change

    using = deps.invoicing.dry_running(deps.clock)
    by = Previewing(using.known, using.reading)
    told = preview_change(request.client_id, before, transition, asked, also=also, using=by)
    return Response(
        {
            "subscription": subscription_view(told.after, asked.at),
            "effective_at": iso(told.effective_at),
            "invoice": invoice_view(told.invoice) if told.invoice is not None else None,
            "usage_until": iso(told.usage_until),
            "usage_complete": told.usage_until >= told.effective_at,
        }
    )


def _read(request: Request, deps: ApiDeps) -> Subscription:
    return deps.selling.subscriptions.get(request.client_id, request.path["subscription_id"])


def _asked(request: Request, deps: ApiDeps) -> Asked:
    from skuflow.billing.lifecycle import Asked

    return Asked(deps.clock(), request.principal, request.cause)


def _stepped(request: Request, deps: ApiDeps, step: Callable[[Subscription, Asked], Subscription]) -> Response:
    asked = _asked(request, deps)
    return _applied(request, deps, asked, lambda item, _: step(item, asked))


def _wanted(request: Request, deps: ApiDeps, item: Subscription) -> Plan:
    from skuflow.billing.publish_plan import plan_on_sale

    body = request.body
    return plan_on_sale(request.client_id, body.plan, body.plan_version, plans=deps.selling.plans, held=item.plan)


@ROUTES.add(
    "POST",
    f"{_PATH}/change",
    scope="billing:write",
    summary="Change the plan",
    description=(
        "To a dearer plan now, with proration; to a cheaper one at the end of the period; `when` says otherwise. The plan in force "
        "again withdraws a change that is pending. The other plan is of the same product, currency and seller."
    ),
    headers=(IF_MATCH,),
    body=f"{_BODIES}:ChangeBody",
    response=_VIEW,
    idempotent=True,
    errors=(404, 409, 412),
)
def change_plan(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import lifecycle

    asked, when = _asked(request, deps), request.body.when

    def changed(item: Subscription, plans: Mapping[str, Plan]) -> Subscription:
        return lifecycle.change(item, _wanted(request, deps, item), when, asked, plans=plans)

    return _applied(request, deps, asked, changed)


@ROUTES.add(
    "POST",
    f"{_PATH}/change/preview",
    scope="billing:read",
    summary="See what a change of plan would cost",
    description=(
        "Made by what bills: the invoice that the change would be billed with, with credits, usage, discounts, taxes and the "
        "credit that it uses up. A change that comes at the end of the period is on the invoice of that date; of usage it has "
        "what is recorded by now."
    ),
    body=f"{_BODIES}:ChangeBody",
    response=_PREVIEW,
    errors=(404, 409),
)
def preview_plan_change(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import lifecycle

    asked, before = _asked(request, deps), _read(request, deps)
    plan, when = _wanted(request, deps, before), request.body.when

    def changed(item: Subscription, plans: Mapping[str, Plan]) -> Subscription:
        return lifecycle.change(item, plan, when, asked, plans=plans)

    return _previewed(request, deps, asked, before, changed, also={plan.ref.key: plan})


@ROUTES.add(
    "POST",
    f"{_PATH}/cancel",
    scope="billing:write",
    summary="Cancel",
    description=(
        "At the end of the period: it stays what it is until then, and can be reactivated. Now: it ends, and what was paid for "
        "time after it is given back by the next invoice. A trial ends without an invoice."
    ),
    headers=(IF_MATCH,),
    body=f"{_BODIES}:CancelBody",
    response=_VIEW,
    idempotent=True,
    errors=(404, 412),
)
def cancel_subscription(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import lifecycle

    asked, when = _asked(request, deps), request.body.when
    return _applied(request, deps, asked, lambda item, plans: lifecycle.cancel(item, when, asked, plans=plans))


@ROUTES.add(
    "POST",
    f"{_PATH}/cancel/preview",
    scope="billing:read",
    summary="See what a cancellation would give back or cost",
    description="As the preview of a change: the last invoice of the period, or what is given back at once.",
    body=f"{_BODIES}:CancelBody",
    response=_PREVIEW,
    errors=(404, 409),
)
def preview_cancellation(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import lifecycle

    asked, when = _asked(request, deps), request.body.when

    def cancelled(item: Subscription, plans: Mapping[str, Plan]) -> Subscription:
        return lifecycle.cancel(item, when, asked, plans=plans)

    return _previewed(request, deps, asked, _read(request, deps), cancelled, also={})


@ROUTES.add(
    "POST",
    f"{_PATH}/pause",
    scope="billing:write",
    summary="Pause",
    description="From now on no base fee is owed and nothing is entitled. A trial cannot be paused.",
    **_STEP,
)
def pause_subscription(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import lifecycle

    return _stepped(request, deps, lifecycle.pause)


@ROUTES.add(
    "POST",
    f"{_PATH}/resume",
    scope="billing:write",
    summary="Resume",
    description="Periods are where they would be without the pause; the rest of the present one is billed in proportion.",
    **_STEP,
)
def resume_subscription(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import lifecycle

    return _stepped(request, deps, lifecycle.resume)


@ROUTES.add(
    "POST",
    f"{_PATH}/reactivate",
    scope="billing:write",
    summary="Take back a cancellation",
    description="Before the end of the period. One that has ended stays so: subscribe anew.",
    **_STEP,
)
def reactivate_subscription(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import lifecycle

    return _stepped(request, deps, lifecycle.reactivate)

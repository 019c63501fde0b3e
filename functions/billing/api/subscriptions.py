"""Subscriptions: who has which plan. What they change stands in `subscription_changes`."""

from __future__ import annotations

from functools import partial

from functions.billing.api.rendering_subscriptions import act_view, period_view, subscription_view
from functions.billing.api.versions import versioned
from skuflow.billing.deps import ApiDeps
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.ids import derived_id
from skuflow.platform.http_api import PAGE, Param, Request, Response, Routes
from skuflow.platform.http_paging import page_of

ROUTES = Routes("subscriptions")
_VIEWS = "functions.billing.api.views_subscriptions"
_BODIES = "functions.billing.api.bodies_subscriptions"
_LISTED, _HISTORY = "subscriptions", "subscription-history"
_SUBJECT = Param("subject", "Only this subject's.")


@ROUTES.add(
    "POST",
    "/v1/subscriptions",
    scope="billing:write",
    summary="Subscribe",
    description=(
        "A subject has one active subscription to a product at most: subscribing again ends the one before the moment the new one "
        "begins, and what was paid for time after it is given back. Of two requests at once the later one ends the earlier; with "
        "one `Idempotency-Key` there is one subscription. The subject needs a billing profile (PUT /v1/customers/{subject})."
    ),
    status=201,
    body=f"{_BODIES}:SubscribeBody",
    response=f"{_VIEWS}:SubscriptionView",
    idempotent=True,
    errors=(409,),
)
def create_subscription(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.lifecycle import Asked
    from skuflow.billing.subscribe import Subscribing, Wanted, subscribe

    body, selling = request.body, deps.selling
    now = deps.clock()
    wanted = Wanted(
        subscription_id=_new_id(request, deps),
        subject=body.subject,
        plan_code=body.plan,
        plan_version=body.plan_version,
        time_zone=body.time_zone or "",
        start_at=body.start_at,
        trial=body.trial,
        coupon=body.coupon or "",
    )
    using = Subscribing(selling.subscriptions, selling.plans, selling.customers.get, deps.invoicing.coupons)
    made = subscribe(request.client_id, wanted, Asked(now, request.principal, request.cause), by=using)
    return versioned(subscription_view(made, now), made.version, 201)


@ROUTES.add(
    "GET",
    "/v1/subscriptions",
    scope="billing:read",
    summary="List subscriptions, newest first",
    query=(_SUBJECT, *PAGE),
    response=f"{_VIEWS}:SubscriptionPage",
)
def list_subscriptions(request: Request, deps: ApiDeps) -> Response:
    subject = request.query["subject"]
    query = _LISTED if subject is None else f"{_LISTED} of {subject}"
    store, now = deps.selling.subscriptions, deps.clock()
    every = partial(store.page, request.client_id)
    read = every if subject is None else partial(store.page_of, request.client_id, subject)
    return page_of(request, query, read, lambda item: subscription_view(item, now), at=str, id=str)


@ROUTES.add(
    "GET",
    "/v1/subscriptions/{subscription_id}",
    scope="billing:read",
    summary="Read a subscription",
    response=f"{_VIEWS}:SubscriptionDetails",
)
def get_subscription(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.lifecycle import period_of
    from skuflow.billing.settling import settled

    stored: Subscription = deps.selling.subscriptions.get(request.client_id, request.path["subscription_id"])
    now = deps.clock()
    item = settled(stored, now)
    over = item.status == "cancelled"
    period = None if over else period_of(item, deps.selling.plans.get(request.client_id, item.plan), now)
    return versioned({**subscription_view(stored, now), "period": period_view(period)}, stored.version)


@ROUTES.add(
    "GET",
    "/v1/subscriptions/{subscription_id}/history",
    scope="billing:read",
    summary="Read what happened to a subscription, oldest first",
    query=PAGE,
    response=f"{_VIEWS}:HistoryPage",
)
def get_subscription_history(request: Request, deps: ApiDeps) -> Response:
    store = deps.selling.subscriptions
    item = store.get(request.client_id, request.path["subscription_id"])
    history = partial(store.history, request.client_id, item.subscription_id)
    return page_of(request, f"{_HISTORY} {item.subscription_id}", history, act_view, n=str)


def _new_id(request: Request, deps: ApiDeps) -> str:
    """With a key the same request always makes the same subscription, also when the answer to the first was lost."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return deps.new_id("sub")
    return derived_id("sub", request.client_id, key, request.body.model_dump_json())

"""Plans: what is sold under which terms."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from functions.billing.api.versions import asked_version, versioned
from skuflow.billing.deps import ApiDeps
from skuflow.billing.plans import Offer, Plan, PlanHead, PlanRef
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Malformed
from skuflow.platform.http_api import IF_MATCH, PAGE, Param, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.platform.paging import encode_cursor, position_in

if TYPE_CHECKING:
    from skuflow.billing.publish_plan import Publishing

ROUTES = Routes("plans")
_VIEWS = "functions.billing.api.views_plans"
_BODIES = "functions.billing.api.bodies_plans"
_LISTED, _VERSIONS = "plans", "plan-versions"
_VERSION = Param("version", "Which version; the latest if left out.", "integer", minimum=1, maximum=999_999)


def plan_view(head: PlanHead, plan: Plan) -> dict[str, Any]:
    return {
        "code": plan.code,
        "version": plan.version,
        "latest_version": head.latest,
        "archived_at": iso(head.archived_at) if head.archived_at is not None else None,
        "published_at": iso(plan.published_at),
        **_plain(msgspec.to_builtins(plan.offer, builtin_types=(Decimal,))),
    }


def _plain(value: Any) -> Any:
    """Decimals as people write them: 0.000000000001, not 1E-12."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def publishing(deps: ApiDeps) -> Publishing:
    from skuflow.billing.publish_plan import Publishing

    selling, metrics = deps.selling, deps.metering.metrics
    return Publishing(
        plans=selling.plans,
        seller=selling.sellers.get,
        known_metrics=lambda client_id: lambda codes: metrics.known(client_id, codes),
    )


def _offer(request: Request) -> Offer:
    told = request.body.model_dump(exclude={"code"})
    try:
        return msgspec.convert(told, Offer)
    except msgspec.ValidationError as error:
        raise Malformed(f"the plan cannot be read: {error}") from None


def _answer(head: PlanHead, plan: Plan, status: int = 200) -> Response:
    return versioned(plan_view(head, plan), plan.version, status)


@ROUTES.add(
    "GET",
    "/v1/plans",
    scope="billing:read",
    summary="List plans",
    description="The latest version of each, in order of their codes; also those that are archived.",
    query=PAGE,
    response=f"{_VIEWS}:PlanPage",
)
def list_plans(request: Request, deps: ApiDeps) -> Response:
    position = position_in(_LISTED, request.query["cursor"], code=str)
    plans = deps.selling.plans
    heads, after = plans.page(request.client_id, request.query["limit"], position)
    latest = plans.many(request.client_id, [PlanRef(head.code, head.latest) for head in heads])
    views = [plan_view(head, latest[PlanRef(head.code, head.latest).key]) for head in heads]
    return Response({"items": views, "next_cursor": encode_cursor(_LISTED, after)})


@ROUTES.add(
    "POST",
    "/v1/plans",
    scope="billing:write",
    summary="Create a plan",
    description=(
        "Amounts are decimal texts in major units. Fees of a currency without minor units (JPY) have no decimals; others, and "
        "unit prices, have at most 12. Tiers leave no gap and no overlap."
    ),
    status=201,
    body=f"{_BODIES}:PlanBody",
    response=f"{_VIEWS}:PlanView",
    idempotent=True,
    errors=(409,),
)
def create_plan(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import publish_plan

    head, plan = publish_plan.create_plan(
        request.client_id,
        request.body.code,
        _offer(request),
        now=deps.clock(),
        cause=request.cause,
        by=publishing(deps),
    )
    return _answer(head, plan, 201)


@ROUTES.add(
    "POST",
    "/v1/plans/seed",
    scope="billing:write",
    summary="Create the plans to begin with",
    description=(
        "SKU-Genie by usage (USD), and the tiers Basic, Premium and Family of a reorder service (CAD). What there is stays "
        "as it is."
    ),
    body=f"{_BODIES}:SeedPlansBody",
    response=f"{_VIEWS}:SeededPlans",
)
def seed_plans(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.seed_plans import seed_plans as seed

    made = seed(
        request.client_id,
        request.body.seller_id,
        tuple(request.body.products),
        now=deps.clock(),
        cause=request.cause,
        by=publishing(deps),
    )
    return Response({"items": [plan_view(head, plan) for head, plan in made]})


@ROUTES.add(
    "GET",
    "/v1/plans/{plan_code}",
    scope="billing:read",
    summary="Read a plan",
    query=(_VERSION,),
    response=f"{_VIEWS}:PlanView",
)
def get_plan(request: Request, deps: ApiDeps) -> Response:
    plans = deps.selling.plans
    head = plans.head(request.client_id, request.path["plan_code"])
    ref = PlanRef(head.code, request.query["version"] or head.latest)
    return _answer(head, plans.get(request.client_id, ref))


@ROUTES.add(
    "POST",
    "/v1/plans/{plan_code}/versions",
    scope="billing:write",
    summary="Publish the next version of a plan",
    description=(
        "Who is subscribed stays on their version until they change. The same offer again makes no new version. `If-Match`: only "
        "if this is still the latest one."
    ),
    status=201,
    headers=(IF_MATCH,),
    body=f"{_BODIES}:OfferBody",
    response=f"{_VIEWS}:PlanView",
    idempotent=True,
    errors=(404, 409, 412),
)
def publish_plan_version(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import publish_plan

    head, plan = publish_plan.publish_version(
        request.client_id,
        request.path["plan_code"],
        _offer(request),
        over=asked_version(request),
        now=deps.clock(),
        cause=request.cause,
        by=publishing(deps),
    )
    return _answer(head, plan, 201)


@ROUTES.add(
    "GET",
    "/v1/plans/{plan_code}/versions",
    scope="billing:read",
    summary="List the versions of a plan, oldest first",
    query=PAGE,
    response=f"{_VIEWS}:PlanPage",
)
def list_plan_versions(request: Request, deps: ApiDeps) -> Response:
    plans = deps.selling.plans
    head = plans.head(request.client_id, request.path["plan_code"])
    versions = partial(plans.versions, request.client_id, head.code)
    return page_of(request, f"{_VERSIONS} {head.code}", versions, lambda one: plan_view(head, one), version=int)


@ROUTES.add(
    "POST",
    "/v1/plans/{plan_code}/archive",
    scope="billing:write",
    summary="Archive a plan",
    description="Nobody new may subscribe to it; who is subscribed stays. Archiving it again changes nothing.",
    response=f"{_VIEWS}:PlanView",
)
def archive_plan(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing import publish_plan

    plans = deps.selling.plans
    code = request.path["plan_code"]
    head = publish_plan.archive_plan(request.client_id, code, now=deps.clock(), cause=request.cause, plans=plans)
    return _answer(head, plans.get(request.client_id, PlanRef(code, head.latest)))

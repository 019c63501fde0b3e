"""Plans are created, get new versions, and are archived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.billing.parties import Seller
from skuflow.billing.plan_rules import MOST_VERSIONS, KnownMetrics, checked_code, checked_offer
from skuflow.billing.plan_store import DynamoPlans
from skuflow.billing.plans import Offer, Plan, PlanHead, PlanRef
from skuflow.kernel.errors import Conflict, Invalid, NotFound, Problem, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import change

ReadSeller = Callable[[ClientId, str], Seller]
"""The seller of that id. Raises NotFound."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """What plans are published with."""

    plans: DynamoPlans
    seller: ReadSeller
    known_metrics: Callable[[ClientId], KnownMetrics]


def create_plan(
    client_id: ClientId, code: str, offer: Offer, *, now: datetime, cause: Cause, by: Publishing
) -> tuple[PlanHead, Plan]:
    """Version 1 of a plan. The same code and offer again: the plan as it is. Raises Invalid, Conflict if the code is taken."""
    _check(client_id, offer, by, code=code)
    plan = Plan(code=code, version=1, offer=offer, published_at=now, cause=cause)
    head = PlanHead(code=code, latest=1, product=offer.product, created_at=now, updated_at=now, cause=cause)
    try:
        return by.plans.publish(client_id, head, plan), plan
    except VersionConflict:
        known = by.plans.head(client_id, code)
        first = by.plans.get(client_id, PlanRef(code, 1))
        if first.offer == offer and known.latest == 1 and known.archived_at is None:
            return known, first
        raise Conflict(f"there is a plan {code} already: publish a new version of it, or take another code") from None


def publish_version(
    client_id: ClientId, code: str, offer: Offer, *, over: int | None, now: datetime, cause: Cause, by: Publishing
) -> tuple[PlanHead, Plan]:
    """The next version of a plan; what the latest one says already makes none. `over`: only if this is still the latest one.
    Raises NotFound, Invalid, Conflict if it is archived, VersionConflict."""
    head = by.plans.head(client_id, code)
    _check_open(head)
    if over is not None and head.latest != over:
        raise VersionConflict(f"the plan {code} is at version {head.latest}; read it again")
    _check(client_id, offer, by, product=head.product)
    latest = by.plans.get(client_id, PlanRef(code, head.latest))
    if latest.offer == offer:
        return head, latest
    if head.latest >= MOST_VERSIONS:
        raise Conflict(f"the plan {code} has {MOST_VERSIONS} versions, which is all it may have")
    plan = Plan(code=code, version=head.latest + 1, offer=offer, published_at=now, cause=cause)
    return by.plans.publish(client_id, replace(head, latest=plan.version, updated_at=now, cause=cause), plan), plan


def archive_plan(client_id: ClientId, code: str, *, now: datetime, cause: Cause, plans: DynamoPlans) -> PlanHead:
    """Let nobody new subscribe to the plan; who is subscribed stays. Archived already: as it is. Raises NotFound."""

    def archived(head: PlanHead) -> PlanHead:
        return head if head.archived_at is not None else replace(head, archived_at=now, updated_at=now, cause=cause)

    return change(
        lambda: plans.head(client_id, code), lambda head: plans.save_head(client_id, head), archived, f"the plan {code}"
    )


def plan_on_sale(
    client_id: ClientId, code: str, version: int | None, *, plans: DynamoPlans, held: PlanRef | None = None
) -> Plan:
    """The plan that somebody wants: `version`, or the latest. Raises Invalid if there is none, Conflict if it is archived and not
    the one that they have, `held`."""
    try:
        head = plans.head(client_id, code)
        ref = PlanRef(code, version or head.latest)
        if ref != held:
            _check_open(head)
        return plans.get(client_id, ref)
    except NotFound as missing:
        fault = Problem("plan", missing.detail, "GET /v1/plans lists those that there are")
        raise Invalid(missing.detail, problems=[fault]) from None


def _check(client_id: ClientId, offer: Offer, by: Publishing, *, code: str = "", product: str = "") -> None:
    if code:
        checked_code(code)
    checked_offer(offer, known=by.known_metrics(client_id))
    if product and offer.product != product:
        fault = Problem("product", f"was {product} from the start", "create another plan for another product")
        raise Invalid("a plan stays with its product", problems=[fault])
    try:
        by.seller(client_id, offer.seller_id)
    except NotFound:
        fault = Problem("seller_id", "is not a seller of yours", "create it first: PUT /v1/sellers/{seller_id}")
        raise Invalid("the plan names no seller of yours", problems=[fault]) from None


def _check_open(head: PlanHead) -> None:
    if head.archived_at is not None:
        raise Conflict(f"the plan {head.code} is archived")

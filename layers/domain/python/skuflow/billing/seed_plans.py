"""The plans that a client may begin with: SKU-Genie by usage, and the tiers of a reorder service for families in Canada."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from skuflow.billing.charges.model import Charge
from skuflow.billing.plans import Entitlements, Offer, Plan, PlanHead, PlanRef, UpdateFrequency
from skuflow.billing.publish_plan import Publishing, create_plan
from skuflow.kernel.errors import Conflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId

SKU_GENIE, NESTSYNC = "sku-genie", "nestsync"
PRODUCTS = (SKU_GENIE, NESTSYNC)


def seed_offers(seller_id: str, products: tuple[str, ...] = PRODUCTS) -> Mapping[str, Offer]:
    """Code -> offer, of these products; `seller_id` issues the invoices."""
    offers = {**_usage_plans(seller_id), **_tiers(seller_id)}
    return {code: offer for code, offer in offers.items() if offer.product in products}


def seed_plans(
    client_id: ClientId, seller_id: str, products: tuple[str, ...], *, now: datetime, cause: Cause, by: Publishing
) -> list[tuple[PlanHead, Plan]]:
    """Those plans, in order of their codes: made where there is none of that code, left alone where there is one."""
    told = []
    for code, offer in sorted(seed_offers(seller_id, products).items()):
        try:
            told.append(create_plan(client_id, code, offer, now=now, cause=cause, by=by))
        except Conflict:
            head = by.plans.head(client_id, code)
            told.append((head, by.plans.get(client_id, PlanRef(code, head.latest))))
    return told


def _usage_plans(seller_id: str) -> dict[str, Offer]:
    return {
        "sku-genie-starter": _usage_plan(seller_id, "SKU-Genie Starter", "49", ("1000", "0.05"), None),
        "sku-genie-growth": _usage_plan(seller_id, "SKU-Genie Growth", "199", ("10000", "0.03"), "weekly"),
        "sku-genie-scale": _usage_plan(seller_id, "SKU-Genie Scale", "799", ("100000", "0.0125"), "daily"),
    }


def _usage_plan(
    seller_id: str, name: str, base_fee: str, items: tuple[str, str], frequency: UpdateFrequency | None
) -> Offer:
    """`items`: how many are included, and what each one beyond costs."""
    included, per_item = items
    charge = Charge(
        code="items",
        metric="billable_items",
        model="per_item",
        description="Items checked and repaired",
        included=Decimal(included),
        unit_amount=Decimal(per_item),
    )
    return Offer(
        name=name,
        description=f"{included} items a month included, {per_item} USD for each one beyond.",
        product=SKU_GENIE,
        seller_id=seller_id,
        currency="USD",
        interval="month",
        base_fee=Decimal(base_fee),
        charges=(charge,),
        entitlements={"auto_update": frequency is not None, "included_items": int(included)},
        auto_update=frequency is not None,
        update_frequency=frequency,
    )


_BASIC: Entitlements = {
    "child_profiles": 1,
    "auto_reorder": True,
    "ml_predictions": True,
    "price_comparison": False,
    "bulk_discounts": False,
    "priority_support": False,
}
_PREMIUM: Entitlements = {**_BASIC, "child_profiles": 3, "price_comparison": True, "bulk_discounts": True}
_FAMILY: Entitlements = {**_PREMIUM, "child_profiles": 10, "priority_support": True}


def _tiers(seller_id: str) -> dict[str, Offer]:
    return {
        "nestsync-basic": _tier(seller_id, "Basic", "19.99", _BASIC),
        "nestsync-premium": _tier(seller_id, "Premium", "29.99", _PREMIUM),
        "nestsync-family": _tier(seller_id, "Family", "34.99", _FAMILY),
    }


def _tier(seller_id: str, name: str, base_fee: str, entitlements: Entitlements) -> Offer:
    return Offer(
        name=f"NestSync {name}",
        product=NESTSYNC,
        seller_id=seller_id,
        currency="CAD",
        interval="month",
        base_fee=Decimal(base_fee),
        entitlements=dict(entitlements),
    )

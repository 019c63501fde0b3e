"""One real thing for each path parameter of plans, subscriptions, sellers and customers; see `tests.seeds`, which loads this."""

from __future__ import annotations

import itertools
from typing import Any

from tests.seeds import BODIES, Owner, seed

NAMED_BY_CALLERS = ("put_seller", "put_customer", "get_entitlements")
"""Operations in whose path the caller chooses the name, and is answered for a thing of their own also where there was none."""

_numbers = itertools.count(1)


def _unique(word: str) -> str:
    return f"{word}-{next(_numbers)}"


def _offer_of(owner: Owner) -> dict[str, Any]:
    seller = owner.has("seller_id")
    product = f"product-of-{seller}"
    return {"name": "Basic", "product": product, "seller_id": seller, "currency": "CAD", "base_fee": "19.99"}


def _subscribe(owner: Owner) -> dict[str, Any]:
    return {"subject": owner.has("subject"), "plan": owner.has("plan_code")}


def _change(owner: Owner) -> dict[str, Any]:
    return {"plan": owner.has("plan_code")}


@seed("seller_id")
def _seller(owner: Owner) -> str:
    seller_id = _unique("seller")
    place = {"country": "CA", "region": "ON"}
    zone = "America/Toronto"
    body = {"name": "Sellers Inc.", "address": place, "currency": "CAD", "time_zone": zone, "invoice_prefix": "NG-"}
    owner.make("billing", f"/v1/sellers/{seller_id}", body, method="PUT")
    return seller_id


@seed("subject")
def _subject(owner: Owner) -> str:
    subject = _unique("household")
    body = {"name": "Kim Tremblay", "address": {"country": "CA", "region": "QC"}}
    owner.make("billing", f"/v1/customers/{subject}", body, method="PUT")
    return subject


@seed("plan_code")
def _plan(owner: Owner) -> str:
    return str(owner.make("billing", "/v1/plans", {**_offer_of(owner), "code": _unique("plan")})["code"])


@seed("product")
def _product_sold(owner: Owner) -> str:
    owner.has("subscription_id")
    return owner.things["product"]


@seed("subscription_id")
def _subscription(owner: Owner) -> str:
    made = owner.make("billing", "/v1/subscriptions", _subscribe(owner))
    owner.things["product"] = made["product"]
    return str(made["subscription_id"])


def _new_plan(owner: Owner) -> dict[str, Any]:
    return {**_offer_of(owner), "code": _unique("plan")}


BODIES["create_plan"] = _new_plan
BODIES["publish_plan_version"] = _offer_of
BODIES["seed_plans"] = lambda owner: {"seller_id": owner.has("seller_id")}
BODIES["create_subscription"] = _subscribe
BODIES["change_plan"] = BODIES["preview_plan_change"] = _change

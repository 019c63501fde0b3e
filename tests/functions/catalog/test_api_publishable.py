"""What a key that stands in a web page gets to see: what is published, as if there were nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from functions.catalog.api.handler import ROUTES
from tests.functions.catalog.floor import Floor
from tests.functions.catalog.shirts import created, listed, path, titles
from tests.http import Answer

VARIANT = {"sku": "H-1", "price": {"amount_minor": 1999, "currency": "CAD"}}
OFFER = {
    "retailer": "Northshop",
    "url": "https://northshop.example/hat",
    "price": {"amount_minor": 1899, "currency": "CAD"},
}
ON_A_PRODUCT = [
    route.path
    for route in ROUTES
    if route.method == "GET" and route.scope == "catalog:read" and "{product_id}" in route.path
]


def look(floor: Floor, where: str, **how: Any) -> Answer:
    return floor.call("GET", where, scopes="catalog:read", key_kind="publishable", **how)


def stocked(floor: Floor, **fields: Any) -> Any:
    """A product with a price, stock and an offer."""
    made = created(floor, variants=[VARIANT], **fields)
    stock = f"{path(made)}/inventory/{made['variants'][0]['variant_id']}"
    assert floor.call("PUT", stock, body={"tracked": True, "levels": [{"on_hand": 5}]}).status == 200
    assert floor.call("PUT", f"{path(made)}/offers/shop-1", body=OFFER).status == 200
    floor.read_stream()
    return made


def filled(route: str, product_id: str) -> str:
    return route.replace("{product_id}", product_id).replace("{offer_id}", "shop-1")


def test_the_routes_that_are_tried_are_all_there_are() -> None:
    assert {route.rpartition("{product_id}")[2] for route in ON_A_PRODUCT} == {
        "", "/price-history", "/pricing", "/offers", "/offers/{offer_id}", "/inventory",
    }  # fmt: skip


@pytest.mark.parametrize("status", ["draft", "archived"])
@pytest.mark.parametrize("route", ON_A_PRODUCT)
def test_what_is_not_published_looks_as_if_it_did_not_exist(floor: Floor, route: str, status: str) -> None:
    hidden = stocked(floor, status=status)["product_id"]
    nowhere = "prd_" + "0" * 32
    theirs, nobodys = look(floor, filled(route, hidden)), look(floor, filled(route, nowhere))
    assert (theirs.status, nobodys.status) == (404, 404)
    assert str(theirs.body).replace(hidden, "…") == str(nobodys.body).replace(nowhere, "…")
    assert floor.call("GET", filled(route, hidden)).status == 200, "the control: a secret key sees it"


@pytest.mark.parametrize("route", ON_A_PRODUCT)
def test_what_is_published_is_there(floor: Floor, route: str) -> None:
    assert look(floor, filled(route, stocked(floor)["product_id"])).status == 200


def test_lists_hold_what_is_published_whatever_is_asked_for(floor: Floor) -> None:
    for number, status in enumerate(["draft", "active", "archived", "active"]):
        created(floor, title=f"Hat {number}", status=status, brand="Acme", variants=[{"sku": "H"}])
    floor.read_stream()
    for query in ({}, {"status": "active"}, {"brand": "acme"}):
        assert sorted(titles(look(floor, "/v1/products", query=query))) == ["Hat 1", "Hat 3"]
    assert sorted(titles(look(floor, "/v1/products", query={"sku": "H"}))) == ["Hat 1", "Hat 3"]
    for status in ("draft", "archived"):
        assert look(floor, "/v1/products", query={"status": status}).body == {"items": [], "next_cursor": None}
    assert len(listed(floor)) == 4


def test_pages_of_what_is_published_are_full_and_come_to_an_end(floor: Floor) -> None:
    for number in range(7):
        created(floor, title=f"Hat {number}", status="active" if number % 2 else "draft")
    first = look(floor, "/v1/products", query={"limit": 2})
    rest = look(floor, "/v1/products", query={"limit": 2, "cursor": first.body["next_cursor"]})
    assert (titles(first), titles(rest), rest.body["next_cursor"]) == (["Hat 5", "Hat 3"], ["Hat 1"], None)


def test_a_cursor_of_a_secret_key_opens_nothing(floor: Floor) -> None:
    for number in range(3):
        created(floor, title=f"Hat {number}")
    cursor = floor.call("GET", "/v1/products", query={"limit": 1}).body["next_cursor"]
    assert look(floor, "/v1/products", query={"limit": 1, "cursor": cursor}).status == 422


def test_a_product_that_is_published_appears_and_one_that_is_withdrawn_is_gone(floor: Floor) -> None:
    hat = stocked(floor, status="draft")
    for status, seen in (("active", 200), ("archived", 404)):
        assert floor.call("PATCH", path(hat), body={"status": status}).status == 200
        assert look(floor, path(hat)).status == seen


def test_reservations_are_nobody_elses_business(floor: Floor) -> None:
    hat = stocked(floor)
    line = {"product_id": hat["product_id"], "variant_id": hat["variants"][0]["variant_id"], "quantity": 1}
    assert floor.call("POST", "/v1/reservations", body={"reservation_id": "order-0001", "lines": [line]}).status == 201
    assert look(floor, "/v1/reservations/order-0001").status == 404
    assert floor.call("GET", "/v1/reservations/order-0001").status == 200

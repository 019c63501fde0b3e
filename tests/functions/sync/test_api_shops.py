"""The API's side of shops and of privacy requests: what is there is shown to its client."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from functions.sync.api.handler import handle
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import bind
from skuflow.sync.shops.model import Trouble, stopped
from skuflow.sync.shops.privacy_requests import DynamoPrivacyRequests, PrivacyRequest, request_id_of
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.store import SyncItem
from skuflow.sync.wiring import build_api
from tests.doubles import START
from tests.fakes.shops import CAUSE, SCOPES, SHOP, connect
from tests.http import CLIENT, OTHER_CLIENT, Answer, Api
from tests.seeds import environment
from tests.tables import table_name

MINE, THEIRS = ClientId(CLIENT), ClientId(OTHER_CLIENT)


@dataclass
class Stand:
    api: Api
    shops: DynamoShops
    requests: DynamoPrivacyRequests

    def get(self, path: str, **how: Any) -> Answer:
        return self.api.call("GET", path, **how)

    def listed(self, path: str, **how: Any) -> list[dict[str, Any]]:
        """Everything, page by page, two at a time."""
        items: list[dict[str, Any]] = []
        query: dict[str, Any] = {"limit": 2}
        while True:
            page = self.get(path, query=query, **how).body
            assert len(page["items"]) <= 2
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            query["cursor"] = page["next_cursor"]


@pytest.fixture
def stand(aws: None) -> Any:
    patch = environment()
    table = bind(SyncItem, table_name("sync"))
    yield Stand(Api(handle, build_api()), DynamoShops(table), DynamoPrivacyRequests(table))
    patch.undo()


def a_request(number: int) -> PrivacyRequest:
    at = START + timedelta(days=number)
    return PrivacyRequest(
        request_id=request_id_of(SHOP, str(number)),
        kind="customers/data_request",
        shop=SHOP,
        received_at=at,
        due_at=at + timedelta(days=30),
        cause=CAUSE,
        customer_id="207119551",
        email="ann@example.com",
        order_ids=("299938", "280263"),
    )


def test_a_shop_that_was_just_connected_says_what_is_known_of_it(stand: Stand) -> None:
    connect(stand.shops, MINE)
    answer = stand.get(f"/v1/shopify/shops/{SHOP}")
    assert answer.status == 200
    assert answer.body == {
        "shop": SHOP,
        "status": "connected",
        "name": None,
        "currency": None,
        "time_zone": None,
        "scopes": list(SCOPES),
        "connected_at": "2026-03-14T09:26:53.589Z",
        "updated_at": "2026-03-14T09:26:53.589Z",
        "set_up_at": None,
        "run_id": None,
        "last_run_id": None,
        "last_success_at": None,
        "next_run_at": None,
        "failures": 0,
        "trouble": None,
        "troubles": [],
    }


def test_a_shop_that_needs_it_says_why_and_what_to_do(stand: Stand) -> None:
    item = connect(stand.shops, MINE, name="Maple", currency="CAD", time_zone="America/Toronto", set_up_at=START)
    trouble = Trouble("needs_reauth", "it no longer accepts us", "connect it again", START)
    stand.shops.add_trouble(MINE, SHOP, trouble)
    stand.shops.stop(MINE, stopped(item, "needs_reauth", START, CAUSE, trouble))
    body = stand.get(f"/v1/shopify/shops/{SHOP.upper()}").body
    shown = {
        "code": "needs_reauth",
        "detail": "it no longer accepts us",
        "remedy": "connect it again",
        "at": "2026-03-14T09:26:53.589Z",
    }
    assert (body["status"], body["trouble"], body["troubles"]) == ("needs_reauth", shown, [shown])
    assert (body["name"], body["currency"], body["time_zone"]) == ("Maple", "CAD", "America/Toronto")


def test_shops_are_listed_by_domain_page_by_page(stand: Stand) -> None:
    for number in (3, 1, 2, 0, 4):
        connect(stand.shops, MINE, f"shop-{number}.myshopify.com")
    connect(stand.shops, THEIRS, "theirs.myshopify.com")
    assert [item["shop"] for item in stand.listed("/v1/shopify/shops")] == [f"shop-{n}.myshopify.com" for n in range(5)]
    assert [item["shop"] for item in stand.listed("/v1/shopify/shops", client_id=OTHER_CLIENT)] == [
        "theirs.myshopify.com"
    ]


@pytest.mark.parametrize("shop", ["nobody.myshopify.com", "x", "a#RUNS", "..", "é", "evil.com%2F.myshopify.com"])
def test_what_is_no_shop_of_the_client_s_is_not_found(stand: Stand, shop: str) -> None:
    connect(stand.shops, THEIRS)
    assert stand.get(f"/v1/shopify/shops/{shop}").status == 404
    assert stand.get(f"/v1/shopify/shops/{SHOP}").status == 404


def test_privacy_requests_are_listed_first_due_first_for_their_client_alone(stand: Stand) -> None:
    for number in (2, 0, 1):
        stand.requests.add(MINE, a_request(number))
    items = stand.listed("/v1/privacy-requests")
    assert [item["due_at"][:10] for item in items] == ["2026-04-13", "2026-04-14", "2026-04-15"]
    assert items[0] == {
        "request_id": request_id_of(SHOP, "0"),
        "kind": "customers/data_request",
        "status": "received",
        "shop": SHOP,
        "received_at": "2026-03-14T09:26:53.589Z",
        "due_at": "2026-04-13T09:26:53.589Z",
        "customer_id": "207119551",
        "email": "ann@example.com",
        "phone": None,
        "order_ids": ["299938", "280263"],
    }
    assert stand.listed("/v1/privacy-requests", client_id=OTHER_CLIENT) == []


def test_a_request_about_a_whole_shop_names_no_person(stand: Stand) -> None:
    whole = replace(a_request(1), kind="shop/redact", customer_id="", email="", order_ids=())
    stand.requests.add(MINE, whole)
    shown = stand.listed("/v1/privacy-requests")[0]
    assert (shown["customer_id"], shown["email"], shown["order_ids"]) == (None, None, [])


def test_a_cursor_of_another_list_is_refused(stand: Stand) -> None:
    for number in range(3):
        connect(stand.shops, MINE, f"shop-{number}.myshopify.com")
    cursor = stand.get("/v1/shopify/shops", query={"limit": 1}).body["next_cursor"]
    assert stand.get("/v1/privacy-requests", query={"cursor": cursor}).status == 422

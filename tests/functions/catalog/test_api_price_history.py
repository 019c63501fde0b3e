"""Prices through time over HTTP."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from skuflow.kernel.clock import iso
from skuflow.platform.aws import client
from tests.calls import Killer, WorkerKilled, watched
from tests.functions.catalog.floor import Floor
from tests.http import OTHER_CLIENT
from tests.product_batches import Batch, product, put_file, variant

FIRST = Batch((product("shirt", variant("s", 2, 2000, quantity=3), variant("m", 3, 3000)),))


@pytest.fixture
def shirt(floor: Floor) -> str:
    """A product whose variant s cost 20.00 from the start, 15.00 from day 10 and 18.00 from day 20 on; it is day 40."""
    batch = FIRST
    floor.load(batch)
    for price in (1500, 1800):
        floor.clock.advance(days=10)
        batch = batch.later(product("shirt", variant("s", 2, price, quantity=3), variant("m", 3, 3000)), minutes=14_400)
        floor.load(batch)
    floor.clock.advance(days=20)
    (view,) = floor.call("GET", "/v1/products").body["items"]
    return str(view["product_id"])


def history(floor: Floor, name: str, **query: Any) -> Any:
    answer = floor.call("GET", f"/v1/products/{name}/price-history", query=query)
    assert answer.status == 200, answer.body
    return answer.body


def small(floor: Floor, name: str) -> str:
    return str(floor.call("GET", f"/v1/products/{name}").body["variants"][0]["variant_id"])


def day(floor: Floor, number: int) -> str:
    """The moment `number` days after the start."""
    return iso(floor.clock() - timedelta(days=40 - number))


def test_every_change_is_there_with_the_states_in_force_at_both_ends(floor: Floor, shirt: str) -> None:
    page = history(floor, shirt, variant_id=small(floor, shirt), **{"from": day(floor, 5), "to": day(floor, 15)})
    drawn = [(item["at"], item["price"]["amount_minor"], item["available"], item["carried"]) for item in page["items"]]
    assert drawn == [
        (day(floor, 5), 2000, True, True),
        (day(floor, 10), 1500, True, False),
        (day(floor, 15), 1500, True, True),
    ]
    assert (page["items"][1]["source"], page["next_cursor"]) == ("import", None)


def test_without_a_range_it_is_the_last_90_days(floor: Floor, shirt: str) -> None:
    page = history(floor, shirt)
    assert (page["from"], page["to"]) == (day(floor, -50), day(floor, 40))
    assert [item["at"] for item in page["items"]] == [
        *[day(floor, 0)] * 2,
        day(floor, 10),
        day(floor, 20),
        *[day(floor, 40)] * 2,
    ]
    assert page["last_seen_at"] == day(floor, 20)


def test_a_new_product_begins_with_its_stock(floor: Floor, shirt: str) -> None:
    page = history(floor, shirt)
    first = [
        (item["price"]["amount_minor"], item["available"]) for item in page["items"] if item["at"] == day(floor, 0)
    ]
    assert first == [(2000, True), (3000, None)]


def test_a_new_product_begins_with_its_stock_even_if_a_second_delivery_wrote_that(floor: Floor) -> None:
    put_file(client("s3"), FIRST)
    with suppress(WorkerKilled), watched(Killer(5)):
        floor.deliver(FIRST)
    assert (len(floor.items("PRODUCT")), len(floor.items("INVENTORY"))) == (1, 0)
    began = iso(floor.clock())
    floor.clock.advance(seconds=30)
    floor.load(FIRST)
    (view,) = floor.call("GET", "/v1/products").body["items"]
    items = [item for item in history(floor, view["product_id"])["items"] if not item["carried"]]
    assert [(item["at"], item["available"]) for item in items] == [(began, True), (began, None)]


def test_days_have_no_gap(floor: Floor, shirt: str) -> None:
    page = history(floor, shirt, resolution="day", variant_id=small(floor, shirt))
    prices = [item["price"]["amount_minor"] for item in page["items"]]
    assert prices == [2000] * 10 + [1500] * 10 + [1800] * 21
    fall = page["items"][10]
    assert (fall["lowest"]["amount_minor"], fall["highest"]["amount_minor"]) == (1500, 2000)
    assert fall["at"].endswith("T00:00:00.000Z")


@pytest.mark.parametrize("resolution", ["raw", "day"])
def test_pages_go_on_where_the_one_before_ended_even_as_time_goes_by(floor: Floor, shirt: str, resolution: str) -> None:
    whole = history(floor, shirt, resolution=resolution)
    seen: list[Any] = []
    query: dict[str, Any] = {"resolution": resolution, "limit": 4}
    while True:
        page = history(floor, shirt, **query)
        seen += page["items"]
        floor.clock.advance(minutes=1)
        if page["next_cursor"] is None:
            break
        assert len(page["items"]) == 4
        query["cursor"] = page["next_cursor"]
    assert seen == whole["items"]
    assert page["statistics"] is None


def test_figures_and_badges_stand_on_the_first_page(floor: Floor, shirt: str) -> None:
    (figures,) = history(floor, shirt, variant_id=small(floor, shirt))["statistics"]
    assert figures["price"]["amount_minor"] == 1800
    windows = {
        w["days"]: tuple(w[n]["amount_minor"] for n in ("lowest", "highest", "median")) for w in figures["windows"]
    }
    assert windows == {7: (1800, 1800, 1800), 30: (1500, 1800, 1800), 90: (1500, 2000, 1800)}
    assert (figures["since"], figures["prior_low"]["amount_minor"]) == (day(floor, 20), 1500)
    assert (figures["reduction"], figures["badges"]) == (None, [])


def test_a_fresh_drop_earns_its_badges(floor: Floor, shirt: str) -> None:
    body = {"variants": [{"variant_id": small(floor, shirt), "price": {"amount_minor": 900, "currency": "CAD"}}]}
    floor.call("PATCH", f"/v1/products/{shirt}", body=body)
    floor.read_stream()
    floor.clock.advance(days=1)
    (figures,) = history(floor, shirt, variant_id=small(floor, shirt))["statistics"]
    assert figures["reduction"]["drop_percent"] == "50.00"
    assert figures["reduction"]["reference"]["amount_minor"] == 1500
    assert figures["badges"] == [{"kind": "price_drop", "percent": 50}, {"kind": "lowest_in_30_days", "percent": None}]


def test_thousands_of_points_fit_into_one_page(floor: Floor) -> None:
    rows = [variant(f"v{n}", n + 2, 100 + n) for n in range(400)]
    floor.load(Batch((product("shirt", *rows),), variant_fields=("sku", "price")))
    (view,) = floor.call("GET", "/v1/products").body["items"]
    floor.clock.advance(days=6)
    page = history(floor, view["product_id"], resolution="day", limit=5000)
    assert (len(page["items"]), page["next_cursor"]) == (400 * 7, None)


def test_an_offers_prices_are_a_history_of_their_own(floor: Floor, shirt: str) -> None:
    for price in (2500, 2400):
        body = {
            "retailer": "Corner shop",
            "url": "https://corner.example/shirt",
            "price": {"amount_minor": price, "currency": "CAD"},
            "seen_at": iso(floor.clock()),
        }
        answer = floor.call("PUT", f"/v1/products/{shirt}/offers/corner", body=body)
        assert answer.status in {200, 201}, answer.body
        floor.read_stream()
        floor.clock.advance(days=1)
    page = history(floor, shirt, offer_id="corner")
    assert [(item["price"]["amount_minor"], item["variant_id"]) for item in page["items"]] == [
        (2500, None),
        (2400, None),
        (2400, None),
    ]
    assert (page["offer_id"], page["last_seen_at"]) == ("corner", day(floor, 41 - 2))
    assert page["statistics"][0]["reduction"]["drop_percent"] == "4.00"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2027-01-01T00:00:00Z"}, 422),
        ({"from": "2026-03-15T00:00:00Z", "to": "2026-03-14T00:00:00Z"}, 422),
        ({"resolution": "hour"}, 422),
        ({"limit": 5001}, 422),
        ({"cursor": "nonsense"}, 422),
        ({"variant_id": "var_unknown"}, 404),
    ],
)
def test_a_faulty_query_is_refused(floor: Floor, shirt: str, query: dict[str, Any], status: int) -> None:
    assert floor.call("GET", f"/v1/products/{shirt}/price-history", query=query).status == status


def test_another_clients_history_is_not_there(floor: Floor, shirt: str) -> None:
    assert floor.call("GET", f"/v1/products/{shirt}/price-history", client_id=OTHER_CLIENT).status == 404

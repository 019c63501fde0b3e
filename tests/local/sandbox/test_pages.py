"""The admin page of a sandbox shop, used as a browser uses it: forms without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.local.sandbox.app_side import Inbox, Shopkeeper


@pytest.fixture
def mug(keeper: Shopkeeper) -> dict[str, Any]:
    return keeper.shop.create("Mug & <Saucer>", variants=[{"sku": "MUG-1", "price": "16.50", "quantity": 8}])


def submit(keeper: Shopkeeper, path: str, **form: str) -> str:
    """POST a form and follow to where it leads; the page there."""
    answer = keeper.client.post(f"{keeper.shop.url}/{path}", data=form, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_the_shops_and_their_products_are_listed(keeper: Shopkeeper, mug: dict[str, Any]) -> None:
    front = keeper.client.get(f"{keeper.shop.sandbox.base}/", follow_redirects=True).text
    assert f"/shopify/{keeper.shop.domain}/" in front
    listed = keeper.client.get(f"{keeper.shop.url}/").text
    assert "Mug &amp; &lt;Saucer&gt;" in listed
    assert "16.50" in listed
    assert "<script" not in listed


def test_a_product_is_edited(keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]) -> None:
    keeper.subscribe(webhooks.uri)
    variant = mug["variants"][0]["id"]
    form = {
        "title": "Cup",
        "status": "DRAFT",
        f"price:{variant}": "14",
        f"quantity:{variant}": "5",
        f"compare:{variant}": "20",
    }
    assert "Saved." in submit(keeper, f"products/{mug['id']}", do="save", **form)
    [product] = keeper.shop.products()
    assert (product["title"], product["status"]) == ("Cup", "DRAFT")
    [changed] = product["variants"]
    assert (changed["price"], changed["compare_at_price"], changed["quantity"]) == ("14.00", "20.00", 5)
    keeper.shop.settled()
    assert sorted(each.topic for each in webhooks.received) == ["inventory_levels/update", "products/update"]


@pytest.mark.parametrize(
    ("field", "value"), [("price", "a lot"), ("price", "-1"), ("quantity", "many"), ("price", "NaN")]
)
def test_a_wrong_value_is_explained_and_changes_nothing(
    keeper: Shopkeeper, mug: dict[str, Any], field: str, value: str
) -> None:
    shown = submit(
        keeper, f"products/{mug['id']}", do="save", title="Cup", **{f"{field}:{mug['variants'][0]['id']}": value}
    )
    assert re.search(rf'role="status">{field}: give', shown)
    assert keeper.shop.products()[0]["title"] == "Mug & <Saucer>"


def test_a_product_is_added_ordered_and_deleted(keeper: Shopkeeper) -> None:
    assert "Bowl was added." in submit(keeper, "products", title="Bowl", sku="B-1", price="28", quantity="3")
    [product] = keeper.shop.products()
    variant = product["variants"][0]
    assert (variant["sku"], variant["price"], variant["quantity"]) == ("B-1", "28.00", 3)
    assert "was placed" in submit(keeper, f"products/{product['id']}", do=f"order:{variant['id']}")
    assert keeper.shop.products()[0]["variants"][0]["quantity"] == 2
    assert "was deleted" in submit(keeper, f"products/{product['id']}", do="delete")
    assert keeper.shop.products() == []


def test_the_app_is_uninstalled_once(keeper: Shopkeeper) -> None:
    assert "was uninstalled" in submit(keeper, "uninstall")
    assert keeper.shop.state()["installed"] is False
    assert "not installed" in submit(keeper, "uninstall")


def test_a_deleted_product_has_no_page(keeper: Shopkeeper, mug: dict[str, Any]) -> None:
    keeper.shop.delete(mug["id"])
    assert keeper.client.get(f"{keeper.shop.url}/products/{mug['id']}").status_code == 404
    assert "has been deleted" in submit(keeper, f"products/{mug['id']}", do="save")

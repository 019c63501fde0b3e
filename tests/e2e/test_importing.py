"""The main job, over HTTP, on the deployed app: a catalogue in, prices and events out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.shop import Platform, Shop, catalogue, eventually, upload

pytestmark = pytest.mark.e2e


def test_a_catalogue_is_imported_and_its_price_changes_are_kept(shop: Shop) -> None:
    first = shop.import_file(catalogue(5))
    assert (first["status"], first["created"], first["rejected"]) == ("completed", 10, 0)
    again = shop.import_file(catalogue(5))
    assert (again["status"], again["created"], again["updated"], again["unchanged"]) == ("completed", 0, 0, 10)
    cheaper = shop.import_file(catalogue(5, price=1_500))
    assert (cheaper["status"], cheaper["updated"]) == ("completed", 10)

    products = list(shop.pages("/v1/products", limit=2))
    assert sorted(product["title"] for product in products) == [f"Shirt {number}" for number in range(5)]
    variant = products[0]["variants"][0]
    assert variant["price"] == {"amount_minor": 1_500, "currency": "CAD"}
    path = f"/v1/products/{products[0]['product_id']}/price-history"
    history = eventually(
        lambda: shop.get(path, resolution="raw"), lambda seen: len(seen["items"]) >= 2, "two price points"
    )
    assert len(history["items"]) >= 2


def test_a_bad_row_is_reported_and_holds_nobody_up(shop: Shop) -> None:
    lines = catalogue(3, variants=1).decode().splitlines()
    lines[2] = lines[2].replace("20.00", "cheap")
    ended = shop.import_file("\n".join(lines).encode())
    assert (ended["status"], ended["created"], ended["rejected"]) == ("completed", 2, 1)
    (row,) = shop.get(f"/v1/imports/{ended['import_id']}/report")["items"]
    assert (row["line"], row["value"]) == (3, "cheap")
    assert row["reason"]
    assert row["hint"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "not_text"),
        (b"PK\x03\x04" + b"\x00" * 60, "compressed"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_a_remedy(shop: Shop, body: bytes, code: str) -> None:
    made = shop.announce("strange.csv")
    assert upload(made["upload"], body).is_success
    ended = shop.ended(made["import"]["import_id"])
    assert ended["status"] == "refused"
    assert ended["refusal"]["code"] == code
    assert ended["refusal"]["remedy"]
    assert list(shop.pages("/v1/products")) == []


def test_two_shops_import_the_same_file_and_see_only_their_own(open_shop: Callable[..., Shop]) -> None:
    one, other = open_shop("One"), open_shop("Other")
    mine, theirs = one.announce(), other.announce()
    assert upload(mine["upload"], catalogue(3)).is_success
    assert upload(theirs["upload"], catalogue(3, price=9_900)).is_success
    assert one.ended(mine["import"]["import_id"])["created"] == 6
    assert other.ended(theirs["import"]["import_id"])["created"] == 6
    ours = {product["product_id"] for product in one.pages("/v1/products")}
    foreign = {product["product_id"] for product in other.pages("/v1/products")}
    assert len(ours) == len(foreign) == 3
    assert ours & foreign == set()
    assert one.call("GET", f"/v1/products/{next(iter(foreign))}").status_code == 404
    assert one.call("GET", f"/v1/imports/{theirs['import']['import_id']}").status_code == 404


def test_the_correlation_id_of_a_request_reaches_the_last_consumer(platform: Platform, shop: Shop) -> None:
    made = shop.announce(**{"X-Correlation-Id": f"story-{shop.client_id}"})
    assert upload(made["upload"], catalogue(2)).is_success
    assert shop.ended(made["import"]["import_id"])["status"] == "completed"
    for function in (
        "sync/api",
        "sync/receive_upload",
        "sync/read_import",
        "catalog/apply_product_batch",
        "sync/record_batch_outcome",
        "sync/write_report",
    ):
        lines = eventually(
            lambda function=function: platform.log_of(function, f"story-{shop.client_id}"),  # type: ignore[misc]
            bool,
            f"a line of {function}",
        )
        assert any(line.fields.get("client_id") == shop.client_id for line in lines)

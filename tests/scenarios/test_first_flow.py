"""A catalogue goes in, changes, and comes out as products, price history and events."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.scenarios.pump import Pump
from tests.scenarios.seller import Seller
from tests.scenarios.shelf import Shelf, histories
from tests.scenarios.stage import Stage
from tests.scenarios.wires import QUEUES


def names(stage: Stage) -> Counter[str]:
    return Counter(event["detail-type"] for event in stage.told)


def nothing_was_put_aside(stage: Stage) -> bool:
    return not stage.take("rejects") and not any(stage.dead_letters(door) for door in QUEUES)


def outcome(seen: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(seen[name] for name in ("status", "created", "updated", "unchanged", "rejected"))


def test_ten_rows_become_five_products(stage: Stage) -> None:
    seller, shelf = Seller.joins(stage, "Harbour & Field"), Shelf.of(5)
    import_id = seller.uploads(shelf)
    Pump(stage).run()
    assert outcome(seller.sees_import(import_id)) == ("completed", 10, 0, 0, 0)
    assert seller.prices() == shelf.prices()
    assert seller.histories() == histories(shelf)
    assert names(stage)["ProductAdded"] == 5
    assert names(stage)["ImportCompleted"] == 1
    assert nothing_was_put_aside(stage)


def test_a_second_version_with_other_prices_is_told_once_per_change(stage: Stage) -> None:
    seller, first = Seller.joins(stage, "Harbour & Field"), Shelf.of(5)
    second = first.repriced({"SKU-0-S": 1_500, "SKU-1-M": 1_800, "SKU-4-S": 9_900})
    seller.uploads(first)
    Pump(stage).run()
    stage.told.clear()
    import_id = seller.uploads(second)
    Pump(stage).run()
    assert outcome(seller.sees_import(import_id)) == ("completed", 0, 3, 7, 0)
    assert seller.prices() == second.prices()
    assert seller.histories() == histories(first, second)
    told = names(stage)
    assert (told["PriceChanged"], told["PriceDropped"], told["ProductAdded"]) == (3, 2, 0)
    drops = {event["detail"]["data"]["sku"] for event in stage.told if event["detail-type"] == "PriceDropped"}
    assert drops == {"SKU-0-S", "SKU-1-M"}


def test_the_same_file_again_changes_nothing_and_tells_nothing(stage: Stage) -> None:
    seller, shelf = Seller.joins(stage, "Harbour & Field"), Shelf.of(5)
    seller.uploads(shelf)
    Pump(stage).run()
    stage.told.clear()
    import_id = seller.uploads(shelf)
    Pump(stage).run()
    assert outcome(seller.sees_import(import_id)) == ("completed", 0, 0, 10, 0)
    assert set(names(stage)) == {"ProductBatchReady", "ProductBatchApplied", "ImportCompleted"}
    assert seller.histories() == histories(shelf)


def test_running_out_and_coming_back_is_told(stage: Stage) -> None:
    seller, shelf = Seller.joins(stage, "Harbour & Field"), Shelf.of(3)
    for version in (shelf, shelf.restocked({"SKU-1-S": 0}), shelf.restocked({"SKU-1-S": 4})):
        seller.uploads(version)
        Pump(stage).run()
    assert (names(stage)["OutOfStock"], names(stage)["BackInStock"]) == (1, 1)


def test_an_import_that_was_started_later_wins_whatever_arrives_last(stage: Stage) -> None:
    """Both are announced, then the older file is uploaded after the newer one has been applied."""
    seller, shelf = Seller.joins(stage, "Harbour & Field"), Shelf.of(2)
    newer = shelf.repriced({"SKU-0-S": 1_000})
    old = seller.call("sync/api", "POST", "/v1/imports", body={"file_name": "old.csv"}).body
    seller.uploads(newer)
    Pump(stage).run()
    stage.put_object(old["upload"]["fields"]["key"], shelf.as_csv())
    Pump(stage).run()
    seen = seller.sees_import(old["import"]["import_id"])
    assert (seen["status"], seen["updated"], seen["unchanged"]) == ("completed", 0, 4)
    assert seller.prices() == newer.prices()


def test_every_event_carries_the_correlation_id_of_the_request_that_began_it(stage: Stage) -> None:
    seller = Seller.joins(stage, "Harbour & Field")
    seller.uploads(Shelf.of(2), headers={"X-Correlation-Id": "a-story-of-two-shirts"})
    Pump(stage).run()
    assert {event["detail"]["correlation_id"] for event in stage.told} == {"a-story-of-two-shirts"}
    assert {event["detail"]["client_id"] for event in stage.told} == {seller.client_id}


def test_two_clients_with_the_same_file_never_meet(stage: Stage) -> None:
    one, other = Seller.joins(stage, "One"), Seller.joins(stage, "Other")
    cheap, dear = Shelf.of(4), Shelf.of(4, price=9_000)
    one.uploads(cheap)
    other.uploads(dear)
    Pump(stage).run()
    assert one.prices() == cheap.prices()
    assert other.prices() == dear.prices()
    foreign = next(other.products())["product_id"]
    for path in (f"/v1/products/{foreign}", f"/v1/products/{foreign}/price-history"):
        assert one.call("catalog/api", "GET", path).status == 404
    by_client = {event["detail"]["data"].get("product_id"): event["detail"]["client_id"] for event in stage.told}
    assert by_client[foreign] == other.client_id

"""What the catalogue shows, quality knows; what is decided on is mended, and stays so until its source says something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from skuflow.contracts.quality import Fix, ProductFixes, ProductFixesDecided
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.event_bus import Announcement, EventBus
from skuflow.platform.table import bind
from skuflow.quality.products_store import ProductsStore
from skuflow.quality.store import QualityItem
from tests.scenarios.pump import FAIR, Pump, Weather
from tests.scenarios.seller import Seller
from tests.scenarios.stage import BUS, Stage
from tests.scenarios.wires import QUEUES

SCOPES = ("catalog:read", "catalog:write", "imports:read", "imports:write")
STORMS = [
    FAIR,
    *(Weather(duplicates=0.3, shuffle=True, deaths=0.3, reach=8, seed=seed) for seed in (1, 2)),
    Weather(duplicates=0.2, twins=0.5, seed=3),
]


class File:
    """Rows of a shop's export: handle, title, price."""

    def __init__(self, *rows: tuple[str, str, str]) -> None:
        self._rows = rows

    def as_csv(self) -> bytes:
        lines = [f"{handle},{title},Acme,SKU-{handle},{price}" for handle, title, price in self._rows]
        return "\n".join(["Handle,Title,Vendor,Variant SKU,Variant Price", *lines, ""]).encode()


FIRST = File(("a", "LINEN SHIRT", "20.00"), ("b", "Felt hat", "30.00"), ("c", "WOOL SCARF", "40.00"))


def known(seller: Seller) -> dict[str, tuple[Any, ...]]:
    """What quality knows of the client's products, page by page."""
    store = ProductsStore(bind(QualityItem, seller.stage.tables["quality"]))
    found: dict[str, tuple[Any, ...]] = {}
    after: str | None = ""
    while after is not None:
        page, after = store.page(ClientId(seller.client_id), after, 2)
        for one in page:
            prices = [(v.sku, v.price.minor if v.price else None) for v in one.variants]
            found[one.product_id] = (one.title, one.brand, one.status, prices, one.product_version)
    return found


def shown(seller: Seller) -> dict[str, tuple[Any, ...]]:
    """What the catalogue shows of them."""
    return {
        one["product_id"]: (
            one["title"],
            one["brand"],
            one["status"],
            [(v["sku"], v["price"]["amount_minor"]) for v in one["variants"]],
            one["version"],
        )
        for one in seller.products()
    }


def by_title(seller: Seller) -> dict[str, str]:
    return {one["title"]: one["product_id"] for one in seller.products()}


def decide(seller: Seller, job: str, batches: Sequence[Sequence[tuple[str, str, str]]]) -> None:
    """Put on the bus what somebody has decided: per batch (product, old title, new title)."""
    owner = ClientId(seller.client_id)
    for number, fixes in enumerate(batches, start=1):
        products = tuple(ProductFixes(name, (Fix("title", old, new),)) for name, old, new in fixes)
        data = msgspec.to_builtins(ProductFixesDecided(job, number, products))
        told = Event(
            event_id(owner, "ProductFixesDecided", job, str(number)),
            *("ProductFixesDecided", "skuflow.quality", seller.stage.time(), owner, 1, Cause(job), data),
        )
        EventBus(client("events"), BUS).publish([Announcement(job, (told,))])


def answers(stage: Stage, job: str) -> dict[int, list[Any]]:
    """Batch -> the different answers that were given to it: applied, and what was skipped why."""
    found: dict[int, list[Any]] = {}
    for event in stage.told:
        data = event["detail"]["data"]
        if event["detail-type"] == "ProductFixesApplied" and data["job_id"] == job:
            said = (data["applied"], [skip["reason"] for skip in data["skipped"]])
            kept = found.setdefault(data["batch"], [])
            kept += [said] if said not in kept else []
    return found


def nothing_was_put_aside(stage: Stage) -> bool:
    """Nobody has heard of the jobs of these stories, so nobody waits for the answers to them."""
    doors = QUEUES.keys() - {"quality/record_fix_outcome"}
    return not stage.take("rejects") and not any(stage.dead_letters(door) for door in doors)


@pytest.mark.parametrize("weather", STORMS, ids=["fair", "storm-1", "storm-2", "twins"])
def test_a_fix_is_applied_stays_gives_way_and_is_taken_back_whatever_the_weather(
    stage: Stage, weather: Weather
) -> None:
    seller = Seller.joins(stage, "Harbour & Field", SCOPES)

    def goes_on() -> None:
        Pump(stage, weather).run()
        assert known(seller) == shown(seller)

    seller.uploads(FIRST)
    goes_on()
    names = by_title(seller)
    shirt, hat, scarf = names["LINEN SHIRT"], names["Felt hat"], names["WOOL SCARF"]
    mended = [(shirt, "LINEN SHIRT", "Linen shirt"), (scarf, "WOOL SCARF", "Wool scarf")]
    decide(seller, "job_mend", [mended, [(hat, "Cap", "Hat"), ("prd_nobody", "x", "y")]])
    goes_on()
    assert answers(stage, "job_mend") == {1: [(2, [])], 2: [(0, ["changed_since", "unknown_product"])]}
    assert set(by_title(seller)) == {"Linen shirt", "Felt hat", "Wool scarf"}

    seller.uploads(FIRST)
    goes_on()
    assert set(by_title(seller)) == {"Linen shirt", "Felt hat", "Wool scarf"}

    seller.uploads(File(("a", "LINEN SHIRT", "25.00"), ("b", "Felt hat", "30.00"), ("c", "Cashmere scarf", "40.00")))
    goes_on()
    assert set(by_title(seller)) == {"Linen shirt", "Felt hat", "Cashmere scarf"}
    assert shown(seller)[shirt][3] == [("SKU-a", 2500)]

    decide(seller, "job_back", [[(name, new, old) for name, old, new in mended]])
    goes_on()
    assert answers(stage, "job_back") == {1: [(1, ["changed_since"])]}
    assert set(by_title(seller)) == {"LINEN SHIRT", "Felt hat", "Cashmere scarf"}
    assert nothing_was_put_aside(stage)


def test_a_product_that_is_removed_is_forgotten_and_mended_no_more(stage: Stage) -> None:
    seller = Seller.joins(stage, "Harbour & Field", SCOPES)
    seller.uploads(FIRST)
    Pump(stage).run()
    shirt = by_title(seller)["LINEN SHIRT"]
    assert seller.call("catalog/api", "DELETE", f"/v1/products/{shirt}").status == 204
    decide(seller, "job_late", [[(shirt, "LINEN SHIRT", "Linen shirt")]])
    Pump(stage, Weather(duplicates=0.5, shuffle=True, seed=5)).run()
    assert answers(stage, "job_late") == {1: [(0, ["unknown_product"])]}
    assert known(seller) == shown(seller)
    assert shirt not in known(seller)

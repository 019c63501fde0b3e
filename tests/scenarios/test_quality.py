"""A catalogue comes in untidy, is scored, mended, and may be had back as it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from tests.scenarios.pump import FAIR, Pump, Weather
from tests.scenarios.seller import Seller
from tests.scenarios.stage import Stage
from tests.scenarios.wires import QUEUES

SCOPES = ("catalog:read", "imports:read", "imports:write", "quality:read", "quality:write")
HEADER = "Handle,Title,Vendor,Variant SKU,Variant Inventory Qty,Variant Price"
STORMY = Weather(duplicates=0.3, shuffle=True, deaths=0.2, twins=0.2, seed=7)


@dataclass(frozen=True)
class Untidy:
    """A file in which every title is written as HTML."""

    products: int

    def as_csv(self) -> bytes:
        rows = [f"shirt-{n},Linen &amp; silk {n},Harbour,SKU-{n},5,20.00" for n in range(self.products)]
        return "\n".join([HEADER, *rows, ""]).encode()


def imported(stage: Stage, products: int) -> Seller:
    seller = Seller.joins(stage, "Harbour & Field", SCOPES)
    seller.uploads(Untidy(products))
    Pump(stage).run()
    return seller


def does(seller: Seller, path: str, weather: Weather = FAIR, **how: Any) -> dict[str, Any]:
    """What becomes of the job that `POST path` starts."""
    made = seller.call("quality/api", "POST", path, **how)
    assert made.status == 201, made.body
    Pump(seller.stage, weather).run()
    found: dict[str, Any] = seller.call("quality/api", "GET", f"/v1/quality/jobs/{made.body['job_id']}").body
    assert found["status"] == "completed", found
    return found


def titles(seller: Seller) -> set[str]:
    return {one["title"] for one in seller.products()}


def told(stage: Stage, name: str) -> list[dict[str, Any]]:
    """The payloads of the events of that name, repeats left out."""
    found = {one["id"]: one["detail"]["data"] for one in stage.told if one["detail-type"] == name}
    return list(found.values())


def nothing_was_put_aside(stage: Stage) -> bool:
    return not stage.take("rejects") and not any(stage.dead_letters(door) for door in QUEUES)


def test_a_preview_is_applied_to_the_catalogue_and_taken_back(stage: Stage) -> None:
    seller = imported(stage, 3)
    tidy, untidy = {f"Linen & silk {n}" for n in range(3)}, {f"Linen &amp; silk {n}" for n in range(3)}
    assert titles(seller) == untidy
    preview = does(seller, "/v1/quality/jobs", body={"mode": "preview"})
    assert titles(seller) == untidy
    applied = does(seller, f"/v1/quality/jobs/{preview['job_id']}/apply")
    assert titles(seller) == tidy
    assert applied["result"]["items_fixed"] == 3
    assert float(applied["result"]["score_after"]) > float(applied["result"]["score_before"])
    again = does(seller, "/v1/quality/jobs", body={"mode": "score"})
    assert again["result"]["score_after"] == applied["result"]["score_after"]
    does(seller, f"/v1/quality/jobs/{applied['job_id']}/revert")
    assert titles(seller) == untidy
    assert [one["billable_items"] for one in told(stage, "JobCompleted")] == [3, 0, 3, 0]
    assert nothing_was_put_aside(stage)


@pytest.mark.parametrize("weather", [FAIR, STORMY], ids=["fair", "stormy"])
def test_in_any_weather_a_job_mends_the_catalogue_and_is_told_once(stage: Stage, weather: Weather) -> None:
    seller = imported(stage, 8)
    job = does(seller, "/v1/quality/jobs", weather, body={"mode": "fix"})
    assert titles(seller) == {f"Linen & silk {n}" for n in range(8)}
    result = job["result"]
    assert (result["items_processed"], result["items_fixed"], result["billable_items"]) == (8, 8, 8)
    assert Counter(one["job_id"] for one in told(stage, "JobCompleted")) == {job["job_id"]: 1}
    assert nothing_was_put_aside(stage)


def test_whatever_an_import_brings_in_between_stays(stage: Stage) -> None:
    seller = imported(stage, 2)
    preview = does(seller, "/v1/quality/jobs", body={"mode": "preview"})

    @dataclass(frozen=True)
    class Renamed:
        def as_csv(self) -> bytes:
            return f"{HEADER}\nshirt-0,Sold out,Harbour,SKU-0,5,20.00\n".encode()

    seller.uploads(Renamed())
    Pump(stage).run()
    applied = does(seller, f"/v1/quality/jobs/{preview['job_id']}/apply")
    assert titles(seller) == {"Sold out", "Linen & silk 1"}
    assert (applied["result"]["items_fixed"], applied["progress"]["fixes_skipped"]) == (1, 1)


def test_a_stormy_night_scores_a_catalogue_once(stage: Stage) -> None:
    seller = imported(stage, 20)
    for _ in range(2):
        stage.invoke("quality/start_nightly_jobs", {})
        Pump(stage, STORMY).run()
    (job,) = seller.call("quality/api", "GET", "/v1/quality/jobs").body["items"]
    assert (job["status"], job["nightly"], job["result"]["items_processed"]) == ("completed", True, 20)
    assert [one["job_id"] for one in told(stage, "JobCompleted")] == [job["job_id"]]
    assert nothing_was_put_aside(stage)

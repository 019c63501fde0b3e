"""A client's categories and brands: without them nothing is judged by them, with them each job goes by those of its beginning."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functions.quality.job_world import JobWorld, product
from tests.http import OTHER_CLIENT

PATH = "/v1/quality/vocabulary"
KNOWN = {"categories": [["Clothing", "Shirts"]], "brands": ["Harbour"]}
RULES = ("category.known", "brand.known")


def broken(jobs: JobWorld, job_id: str) -> set[tuple[str, str]]:
    found = jobs.all_of(f"/v1/quality/jobs/{job_id}/findings")
    return {(one["product_id"], one["rule_id"]) for one in found if one["rule_id"] in RULES}


def test_it_is_empty_until_somebody_says_it(jobs: JobWorld) -> None:
    assert jobs.ask("GET", PATH) == {"categories": [], "brands": []}
    said = {
        "categories": [[" Clothing ", "Shirts"], ["clothing", "SHIRTS"]],
        "brands": ["Harbour", "Field", "HARBOUR "],
    }
    kept = {"categories": [["Clothing", "Shirts"]], "brands": ["Harbour", "Field"]}
    assert jobs.ask("PUT", PATH, body=said) == jobs.ask("GET", PATH) == kept
    assert jobs.ask("GET", PATH, client_id=OTHER_CLIENT) == {"categories": [], "brands": []}
    assert jobs.ask("PUT", PATH, body={}) == {"categories": [], "brands": []}


def test_unknown_categories_and_brands_are_found_once_it_is_known_which_there_are(jobs: JobWorld) -> None:
    jobs.stock(product(1), product(2, brand="Harbor"), product(3, category=("Clothing", "Skirts")))
    before = jobs.run()
    assert broken(jobs, before["job_id"]) == set()
    jobs.ask("PUT", PATH, body=KNOWN)
    after = jobs.run("preview")
    assert broken(jobs, after["job_id"]) == {("prd_00002", "brand.known"), ("prd_00003", "category.known")}
    told = jobs.all_of(f"/v1/quality/jobs/{after['job_id']}/fixes")
    assert ("prd_00002", "brand", "Harbour") in {
        (one["product_id"], wish["path"], wish["new"]) for one in told for wish in one["suggestions"]
    }
    jobs.ask("PUT", PATH, body={})
    again = jobs.run()
    assert broken(jobs, again["job_id"]) == set()
    assert again["result"]["score_after"] == before["result"]["score_after"]


def test_one_of_both_may_be_known_alone(jobs: JobWorld) -> None:
    jobs.stock(product(1, brand="Harbor", category=("Skirts",)))
    jobs.ask("PUT", PATH, body={"brands": ["Harbour"]})
    assert broken(jobs, jobs.run()["job_id"]) == {("prd_00001", "brand.known")}


def test_a_job_goes_by_the_vocabulary_of_its_beginning_and_so_does_who_counts_its_answers(jobs: JobWorld) -> None:
    jobs.stock(product(1, brand="Harbor", title="  Linen shirt"))
    jobs.ask("PUT", PATH, body=KNOWN)
    job_id = jobs.start("fix")
    jobs.ask("PUT", PATH, body={"brands": ["Harbor"]})
    jobs.settle()
    assert broken(jobs, job_id) == {("prd_00001", "brand.known")}
    rules = jobs.ask("GET", f"/v1/quality/jobs/{job_id}/report")["rules"]
    assert [(one["failed_before"], one["failed_after"]) for one in rules if one["rule_id"] == "brand.known"] == [(1, 1)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"brands": [" "]}, "brands"),
        ({"brands": ["x" * 201]}, "brands"),
        ({"categories": [[]]}, "categories"),
        ({"categories": [["Shoes", ""]]}, "categories"),
        ({"categories": [["Shoes > Boots"]]}, "categories"),
        ({"categories": [["x"] * 11]}, "categories"),
        ({"brands": [f"{n:0200d}" for n in range(1300)]}, "categories"),
    ],
)
def test_what_is_no_category_and_no_brand_is_refused(jobs: JobWorld, wrong: dict[str, Any], field: str) -> None:
    answer = jobs.call("PUT", PATH, body=wrong)
    assert answer.status == 422
    assert [one["field"] for one in answer.body["errors"]] == [field]
    assert jobs.ask("GET", PATH) == {"categories": [], "brands": []}

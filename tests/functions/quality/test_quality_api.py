"""Rules, findings, reports, series, thresholds and alerts, over HTTP."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from skuflow.platform.paging import encode_cursor
from tests.functions.quality.job_world import JobWorld, product
from tests.http import OTHER_CLIENT

HOSTILE = "<script>alert('x')</script>\" onload=\"x"
OWN = {"name": "mpn-there", "entity": "product", "field": "url", "kind": "required", "severity": "error", "weight": 10}


class Elements(HTMLParser):
    """Every element of a page, and all that it points at."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action", "data"}]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_built_in_rules_are_listed_and_a_client_may_have_them_otherwise(jobs: JobWorld) -> None:
    rules = {one["rule_id"]: one for one in jobs.ask("GET", "/v1/quality/rules")["items"]}
    assert rules["title.required"]["built_in"]
    assert rules["title.required"]["enabled"]
    jobs.stock(product(1, title=""))
    before = jobs.run()["result"]["score_after"]
    jobs.ask("PUT", "/v1/quality/built-in-rules", body={"rule_id": "title.required", "enabled": False})
    rules = {one["rule_id"]: one for one in jobs.ask("GET", "/v1/quality/rules")["items"]}
    assert (rules["title.required"]["enabled"], rules["title.required"]["overridden"]) == (False, True)
    assert float(jobs.run()["result"]["score_after"]) > float(before)
    jobs.ask("PUT", "/v1/quality/built-in-rules", body={"rule_id": "title.required"})
    assert jobs.run()["result"]["score_after"] == before


def test_a_rule_of_one_s_own_is_kept_changed_and_removed(jobs: JobWorld) -> None:
    jobs.stock(product(1))
    free = jobs.run()["result"]["score_after"]
    made = jobs.ask("POST", "/v1/quality/rules", body=OWN)
    assert (made["rule_id"], made["built_in"]) == ("own.mpn-there", False)
    assert jobs.call("POST", "/v1/quality/rules", body=OWN).status == 409
    strict = jobs.run()["result"]["score_after"]
    assert float(strict) < float(free)
    body = {name: value for name, value in OWN.items() if name != "name"}
    changed = jobs.ask("PUT", "/v1/quality/rules/own.mpn-there", body={**body, "field": "title"})
    assert changed["field"] == "title"
    assert jobs.run()["result"]["score_after"] != strict
    assert jobs.call("DELETE", "/v1/quality/rules/own.mpn-there").status == 204
    assert jobs.call("DELETE", "/v1/quality/rules/own.mpn-there").status == 404
    assert jobs.run()["result"]["score_after"] == free


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "telepathy"}, "kind"),
        ({"field": "smell"}, "field"),
        ({"kind": "format", "params": {"pattern": "("}}, "params.pattern"),
        ({"kind": "length", "params": {"minimum": 9, "maximum": 3}}, "params.minimum"),
        ({"weight": 11}, "weight"),
        ({"name": "Not A Name"}, "name"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_the_field_and_the_way_out(
    jobs: JobWorld, wrong: dict[str, object], field: str
) -> None:
    answer = jobs.call("POST", "/v1/quality/rules", body={**OWN, **wrong})
    assert answer.status == 422
    assert field in {one["field"] for one in answer.body["errors"]}
    assert all(one["remedy"] for one in answer.body["errors"])


def test_a_job_goes_by_the_rules_of_its_beginning(jobs: JobWorld) -> None:
    jobs.stock(product(1))
    free = jobs.run()["result"]["score_after"]
    job_id = jobs.start()
    jobs.ask("POST", "/v1/quality/rules", body=OWN)
    jobs.settle()
    assert jobs.job(job_id)["result"]["score_after"] == free


def test_findings_are_listed_page_by_page_and_by_rule_field_and_severity(jobs: JobWorld) -> None:
    jobs.stock(*(product(n, title="") for n in range(60)), product(99, brand=""))
    path = f"/v1/quality/jobs/{jobs.run()['job_id']}/findings"
    everything = jobs.all_of(path, limit=7)
    assert everything == jobs.all_of(path, limit=200)
    assert len({(one["product_id"], one["rule_id"], one["variant_id"]) for one in everything}) == len(everything)
    missing = jobs.all_of(path, rule_id="title.required", limit=13)
    assert {one["product_id"] for one in missing} == {f"prd_{n:05d}" for n in range(60)}
    assert {one["aspect"] for one in missing} == {"missing"}
    assert {one["field"] for one in jobs.all_of(path, field="product.brand")} == {"product.brand"}
    errors = jobs.all_of(path, severity="error")
    assert 60 <= len(errors) < len(everything)
    assert jobs.call("GET", path, query={"cursor": "x"}).status == 422
    assert jobs.call("GET", path, client_id=OTHER_CLIENT).status == 404


@pytest.mark.parametrize(
    ("path", "query", "position"),
    [
        ("jobs", "quality-jobs", {"at": 1, "id": "x"}),
        ("jobs", "quality-jobs", {"at": "x"}),
        ("alerts", "quality-alerts", {"sk": "x"}),
        ("series", "quality-series ['products', '', 'score', None, None]", {"after": "x"}),
        ("series", "quality-series ['products', '', 'score', None, None]", {"start": "noon", "end": "x", "after": "x"}),
    ],
)
def test_a_cursor_that_somebody_made_up_is_refused(
    jobs: JobWorld, path: str, query: str, position: dict[str, Any]
) -> None:
    refused = jobs.call("GET", f"/v1/quality/{path}", query={"cursor": encode_cursor(query, position)})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "cursor")


def test_how_things_are_mended_can_be_said(jobs: JobWorld) -> None:
    body = {"category_map": {"Footwear > Boots": ["Shoes", "Boots"]}, "acronyms": ["USB"]}
    assert jobs.ask("PUT", "/v1/quality/fix-settings", body=body)["acronyms"] == ["USB"]
    jobs.stock(product(1, category=("Footwear", "Boots")))
    job = jobs.run("preview")
    (wanted,) = jobs.all_of(f"/v1/quality/jobs/{job['job_id']}/fixes")
    (fix,) = [one for one in wanted["fixes"] if one["path"] == "category"]
    assert fix["new"] == '["Shoes","Boots"]'
    loop = {"category_map": {"A": ["B"], "B": ["A"]}}
    assert jobs.call("PUT", "/v1/quality/fix-settings", body=loop).status == 422


def test_a_page_shows_what_is_amiss_and_names_the_rest(jobs: JobWorld) -> None:
    jobs.stock(product(1, title="linen shirt"), product(2, title="Linen   shirt", brand=""))
    for _ in range(2):
        job_id = jobs.run("score")["job_id"]
        jobs.clock.advance(timedelta(hours=1))
    page = str(jobs.ask("GET", f"/v1/quality/jobs/{job_id}/report.html"))
    bars = {name for name in ("product.title", "product.brand", "product.url") if f'"name">{name}<' in page}
    assert bars == {"product.title", "product.brand"}
    assert "Nothing missing, invalid or repeated in product.attributes" in page
    assert "Values repeated" in page
    assert [f">{time}<" in page for time in ("09:26:53", "10:26:53")] == [True, True]


def test_a_report_is_there_when_the_job_is_completed_and_says_the_same_in_each_form(jobs: JobWorld) -> None:
    jobs.stock(product(1, title="  Linen   shirt  "), product(2, title=HOSTILE, brand=""), product(3, title="=1+1"))
    job_id = jobs.start("fix")
    path = f"/v1/quality/jobs/{job_id}/report"
    for form in ("", ".csv", ".html"):
        assert jobs.call("GET", f"{path}{form}").status == 409
    jobs.settle()
    report = jobs.ask("GET", path)
    whole = report["fields"][0]
    assert whole["field"] == ""
    assert whole["before"]["score"] == jobs.job(job_id)["result"]["score_before"]
    rows = list(csv.reader(io.StringIO(jobs.ask("GET", f"{path}.csv").removeprefix("\ufeff"))))
    assert ["measure", "collection", "score", whole["before"]["score"], whole["after"]["score"]] in rows
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    page = jobs.call("GET", f"{path}.html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    seen = Elements()
    seen.feed(page.body)
    assert "script" not in seen.names
    assert (seen.addresses, seen.handlers) == ([], [])
    assert "http" not in page.body
    assert whole["after"]["score"] in page.body


def test_measures_become_a_series_by_field(jobs: JobWorld) -> None:
    jobs.stock(product(1, title="  Linen   shirt  "), product(2, brand=""))
    first = jobs.start("fix")
    jobs.clock.advance(timedelta(minutes=1))
    jobs.settle()
    jobs.clock.advance(timedelta(days=1))
    second = jobs.run()["job_id"]
    jobs.run(filters={"brand": "Harbour"})
    jobs.clock.advance(timedelta(seconds=1))
    series = jobs.ask("GET", "/v1/quality/series")
    assert [one["job_id"] for one in series["items"]] == [first, first, second]
    result = jobs.job(first)["result"]
    assert [one["value"] for one in series["items"]][:2] == [result["score_before"], result["score_after"]]
    brand = jobs.all_of("/v1/quality/series", field="product.brand", metric="missing", limit=1)
    assert [one["value"] for one in brand] == ["50.00"] * 3
    early = jobs.ask("GET", "/v1/quality/series", query={"end": series["items"][2]["at"]})["items"]
    assert [one["job_id"] for one in early] == [first, first]
    assert jobs.ask("GET", "/v1/quality/series", client_id=OTHER_CLIENT)["items"] == []
    backwards = {"start": "2026-02-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}
    assert jobs.call("GET", "/v1/quality/series", query=backwards).status == 422


def test_a_threshold_alarms_once_and_again_after_the_value_came_back(jobs: JobWorld) -> None:
    jobs.stock(product(1))
    wanted = {"field": "product.title", "metric": "missing", "direction": "above", "limit": "10", "margin": "5"}
    made = jobs.ask("PUT", "/v1/quality/thresholds", body=wanted)
    assert (made["crossed"], made["value"]) == (False, None)
    told = []
    for version, title in enumerate(["Linen shirt", "", "", "Linen shirt", ""], start=2):
        jobs.clock.advance(timedelta(hours=1))
        jobs.stock(product(1, title=title, product_version=version))
        jobs.run()
        told.append(len(jobs.events("QualityThresholdCrossed")))
    assert told == [0, 1, 1, 1, 2]
    (first, second) = reversed(jobs.all_of("/v1/quality/alerts", limit=1))
    assert (first["value"], first["limit"], first["threshold_id"]) == ("100.00", "10.00", made["threshold_id"])
    assert first["alert_id"] != second["alert_id"]
    (now,) = jobs.ask("GET", "/v1/quality/thresholds")["items"]
    assert (now["crossed"], now["value"]) == (True, "100.00")
    assert jobs.call("DELETE", f"/v1/quality/thresholds/{made['threshold_id']}").status == 204
    assert jobs.ask("GET", "/v1/quality/thresholds")["items"] == []
    assert jobs.call("DELETE", f"/v1/quality/thresholds/{made['threshold_id']}").status == 404


@pytest.mark.parametrize("limit", ["-1", "101", "NaN", "1.005"])
def test_a_threshold_beyond_a_percentage_is_refused(jobs: JobWorld, limit: str) -> None:
    body = {"metric": "score", "direction": "below", "limit": limit}
    assert jobs.call("PUT", "/v1/quality/thresholds", body=body).status == 422


@pytest.mark.parametrize("field", ["titel", "title", "variant.title", "product.", "shop.title"])
def test_a_field_that_is_never_measured_is_refused(jobs: JobWorld, field: str) -> None:
    wanted = {"field": field, "metric": "missing", "direction": "above", "limit": "1"}
    asked = {"field": field, "metric": "missing"}
    for answer in (
        jobs.call("PUT", "/v1/quality/thresholds", body=wanted),
        jobs.call("GET", "/v1/quality/series", query=asked),
    ):
        assert (answer.status, [one["field"] for one in answer.body["errors"]]) == (422, ["field"])
    assert jobs.ask("GET", "/v1/quality/thresholds")["items"] == []


def test_attributes_are_measured_under_one_name_in_any_case(jobs: JobWorld) -> None:
    wanted = {"field": "product.attributes.Colour", "metric": "missing", "direction": "above", "limit": "1"}
    assert jobs.ask("PUT", "/v1/quality/thresholds", body=wanted)["field"] == "product.attributes.colour"


def test_what_is_too_long_for_the_bus_is_suggested_and_not_fixed(jobs: JobWorld) -> None:
    long = "<p onclick='x'>" + "A shirt of linen. " * 6_000 + "</p>"
    jobs.stock(product(1, description_html=long), *(product(n, title=f"  Linen shirt {n}") for n in range(2, 6)))
    seen = jobs.run("fix")
    assert (seen["status"], seen["result"]["items_fixed"]) == ("completed", 4)
    by_product = {one["product_id"]: one for one in jobs.all_of(f"/v1/quality/jobs/{seen['job_id']}/fixes")}
    assert by_product["prd_00001"]["fixes"] == []
    assert "description_html" in {one["path"] for one in by_product["prd_00001"]["suggestions"]}

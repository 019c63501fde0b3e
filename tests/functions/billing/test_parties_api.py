"""Sellers and customers over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.selling_world import CUSTOMER, SELLER, SellingWorld, make_world
from tests.http import OTHER_CLIENT


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> SellingWorld:
    return make_world(tables, clock, new_id, monkeypatch)


@pytest.mark.parametrize(("path", "body"), [("/v1/sellers/north", SELLER), ("/v1/customers/kim", CUSTOMER)])
@pytest.mark.parametrize(
    ("named", "code"),
    [("Ontario CA", "ON"), ("Île-du-Prince-Édouard CA", "PE"), ("nf CA", "NL"), ("D.C. US", "DC"), ("27 IN", "MH")],
)
def test_a_region_in_words_is_kept_as_its_code(
    world: SellingWorld, path: str, body: dict[str, Any], named: str, code: str
) -> None:
    region, country = named.rsplit(" ", 1)
    made = world.ok("PUT", path, {**body, "address": {"country": country, "region": region}})
    assert made["address"]["region"] == code
    assert world.ok("PUT", path, {**body, "address": {"country": country, "region": code}}) == made


@pytest.mark.parametrize(("written", "remedy"), [("UK", "use GB"), ("ca", "use CA"), ("ZZ", "use two capitals")])
def test_a_country_that_does_not_exist_is_no_export(world: SellingWorld, written: str, remedy: str) -> None:
    answer = world.call("PUT", "/v1/customers/kim", body={**CUSTOMER, "address": {"country": written}})
    [fault] = answer.body["errors"]
    assert (answer.status, fault["field"]) == (422, "address.country")
    assert fault["remedy"].startswith(remedy)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "localtime", "right/America/Toronto", "../etc/passwd"])
def test_a_time_zone_that_is_none_or_the_machine_s_own_is_refused(world: SellingWorld, zone: str) -> None:
    answer = world.call("PUT", "/v1/customers/kim", body={**CUSTOMER, "time_zone": zone})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "time_zone")


@pytest.mark.parametrize(("path", "body"), [("/v1/sellers/north", SELLER), ("/v1/customers/kim", CUSTOMER)])
def test_it_is_written_once_replaced_and_listed(world: SellingWorld, path: str, body: dict[str, Any]) -> None:
    made = world.ok("PUT", path, body)
    world.clock.advance(hours=1)
    assert world.ok("PUT", path, body) == made
    changed = world.ok("PUT", path, {**body, "name": "Another"}, headers={"If-Match": '"1"'})
    assert (changed["version"], changed["created_at"] == made["created_at"]) == (2, True)
    assert world.call("PUT", path, body=body, headers={"If-Match": '"1"'}).status == 412
    assert world.ok("GET", path) == changed
    assert world.ok("GET", path.rpartition("/")[0])["items"] == [changed]
    assert world.call("GET", path, client_id=OTHER_CLIENT).status == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"currency": "cad"}, "currency"),
        ({"time_zone": "America/Atlantis"}, "time_zone"),
        ({"email": "kim at example"}, "email"),
        ({"invoice_prefix": "né-"}, "invoice_prefix"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"payment_terms_days": 400}, "payment_terms_days"),
        ({"address": {"country": "CA", "region": "XX"}}, "address.region"),
        ({"address": {"country": "CA"}}, "address.region"),
        ({"address": {"country": "Canada", "region": "ON"}}, "address.country"),
        ({"registrations": {"GST/HST": "12345"}}, "registrations.GST/HST"),
        ({"registrations": {"QST": "123456789 RT0001"}}, "registrations.QST"),
        ({"registrations": {"PST_BC": "1234-5678"}}, "registrations.PST_BC"),
        ({"registrations": {"VAT": "1"}}, "registrations.VAT"),
        ({"small_supplier": True}, "small_supplier"),
    ],
)
def test_a_seller_that_cannot_be_is_told_why(world: SellingWorld, wrong: dict[str, Any], field: str) -> None:
    refused = world.call("PUT", "/v1/sellers/north", body={**SELLER, **wrong})
    assert (refused.status, [fault["field"] for fault in refused.body["errors"]]) == (422, [field])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"language": "de"}, "language"),
        ({"tax_number": "9" * 31}, "tax_number"),
        ({"address": {"country": "IN", "region": "MH"}, "tax_number": "27AAPFU0939F1ZX"}, "tax_number"),
        ({"exemptions": [{"regime": "VAT", "certificate": "1"}]}, "exemptions[0].regime"),
        ({"exemptions": [{"regime": "PST_BC", "certificate": " "}]}, "exemptions[0].certificate"),
        (
            {
                "exemptions": [
                    {"regime": "QST", "certificate": "1", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}
                ]
            },
            "exemptions[0].valid_to",
        ),
    ],
)
def test_a_customer_that_cannot_be_is_told_why(world: SellingWorld, wrong: dict[str, Any], field: str) -> None:
    refused = world.call("PUT", "/v1/customers/kim", body={**CUSTOMER, **wrong})
    assert (refused.status, [fault["field"] for fault in refused.body["errors"]]) == (422, [field])


@pytest.mark.parametrize("path", ["/v1/customers/a%20b", "/v1/customers/" + "x" * 65, "/v1/sellers/North"])
def test_an_id_that_nobody_could_have_is_refused(world: SellingWorld, path: str) -> None:
    refused = world.call("PUT", path, body=SELLER if "sellers" in path else CUSTOMER)
    assert (refused.status, world.ok("GET", path.rpartition("/")[0])["items"]) == (422, [])


def test_the_prefix_of_invoice_numbers_stays(world: SellingWorld) -> None:
    world.ok("PUT", "/v1/sellers/north", SELLER)
    refused = world.call("PUT", "/v1/sellers/north", body={**SELLER, "invoice_prefix": "XX-"})
    assert (refused.status, "NG-" in refused.body["detail"]) == (409, True)


def test_an_exempt_customer_keeps_the_certificate(world: SellingWorld) -> None:
    one = {"regime": "PST_BC", "certificate": "R-1", "valid_from": "2026-01-01", "valid_to": None}
    made = world.ok("PUT", "/v1/customers/kim", {**CUSTOMER, "exemptions": [one]})
    assert made["exemptions"] == [one]

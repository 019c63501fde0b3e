"""Taxes over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from functions.billing.api import tax
from functions.billing.api.handler import handle
from skuflow.billing.parties import Address, Seller
from skuflow.billing.party_store import DynamoSellers
from skuflow.billing.store import BillingItem
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import bind
from tests.doubles import START, FakeClock
from tests.http import CLIENT, OTHER_CLIENT, Answer, Api


@dataclass(frozen=True, slots=True)
class Selling:
    sellers: DynamoSellers


@dataclass(frozen=True, slots=True)
class Deps:
    """What the routes of taxes look at."""

    clock: FakeClock
    selling: Selling


@pytest.fixture
def deps(tables: Callable[[str], str], clock: FakeClock) -> Deps:
    sellers = DynamoSellers(bind(BillingItem, tables("billing")))
    sellers.save(
        ClientId(CLIENT),
        Seller(
            seller_id="sel_1",
            name="Nest",
            address=Address(country="CA", region="ON"),
            currency="CAD",
            time_zone="America/Toronto",
            invoice_prefix="N-",
            created_at=START,
            updated_at=START,
            cause=Cause("cor_1"),
            registrations={"GST/HST": "123456789 RT0001"},
        ),
    )
    return Deps(clock, Selling(sellers))


@pytest.fixture
def api(deps: Deps) -> Api:
    return Api(handle, deps, tax.ROUTES)


def asked(region: str = "QC", amount: str = "100.00", **more: Any) -> dict[str, Any]:
    """A sale of one line to the region, on the first of November 2026."""
    return {
        "customer": {"country": "CA", "region": region},
        "currency": "CAD",
        "tax_date": "2026-11-01",
        "lines": [{"amount": amount}],
        **more,
    }


def calculate(api: Api, body: Any, **how: Any) -> Answer:
    return api.call("POST", "/v1/tax/calculations", body=body, **how)


def refused(answer: Answer) -> set[str]:
    assert answer.status == 422, answer.body
    assert all(one["remedy"] for one in answer.body["errors"])
    return {one["field"] for one in answer.body["errors"]}


def test_the_taxes_of_an_address(api: Api) -> None:
    told = calculate(api, asked()).body
    assert [(one["name"], one["rate"], one["amount"]) for one in told["taxes"]] == [
        ("GST", "5", "5.00"),
        ("QST", "9.975", "9.98"),
    ]
    assert (told["net"], told["tax"], told["gross"]) == ("100.00", "14.98", "114.98")
    assert told["tax_dates"] == {"CA-QC": "2026-11-01"}
    assert "registered" in told["estimate"]


@pytest.mark.parametrize("named", ["Québec", "quebec", "PQ", "QC", "qc"])
def test_a_province_may_be_named_as_people_name_it(api: Api, named: str) -> None:
    told = calculate(api, asked(named)).body
    assert [one["amount"] for one in told["taxes"]] == ["5.00", "9.98"]
    assert told["lines"][0]["region"] == "QC"
    rates = api.call("GET", "/v1/tax/rates", query={"country": "CA", "region": named, "date": "2026-11-01"})
    assert {one["tax"] for one in rates.body["items"]} == {"GST", "QST"}


def test_the_clients_own_seller_collects_what_it_is_registered_for(api: Api) -> None:
    told = calculate(api, asked(seller_id="sel_1")).body
    assert [(one["name"], one["registration"]) for one in told["taxes"]] == [("GST", "123456789 RT0001")]
    assert [(one["why"], one["regime"]) for one in told["reliefs"]] == [("not_registered", "QST")]
    assert told["estimate"] is None


def test_nobody_sells_through_the_seller_of_another(api: Api) -> None:
    assert calculate(api, asked(seller_id="sel_1"), client_id=OTHER_CLIENT).status == 404


def test_a_seller_may_be_described_instead(api: Api) -> None:
    seller = {"country": "CA", "region": "BC", "registrations": {"PST_BC": "P-1"}, "small_supplier": True}
    told = calculate(api, asked("BC", seller=seller)).body
    assert [one["name"] for one in told["taxes"]] == ["PST"]
    assert refused(calculate(api, asked(seller=seller, seller_id="sel_1"))) == {"seller"}


def test_the_moment_decides_by_the_clock_of_the_place(api: Api) -> None:
    rates = [
        calculate(api, asked("NS", tax_date=None, at=at)).body["taxes"][0]["rate"]
        for at in ("2025-04-01T02:59:59Z", "2025-04-01T03:00:00Z")
    ]
    assert rates == ["15", "14"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_at_the_end_of_the_calendar_is_refused(api: Api, at: str) -> None:
    assert refused(calculate(api, asked(tax_date=None, at=at))) == {"at"}


def test_a_gstin_says_the_state_also_where_no_seller_is_named(api: Api) -> None:
    buyer = {"country": "IN", "tax_number": "27AAPFU0939F1ZV"}
    told = calculate(api, asked(customer=buyer, currency="INR")).body
    assert [(one["name"], one["amount"]) for one in told["taxes"]] == [("CGST", "9.00"), ("SGST", "9.00")]
    assert told["lines"][0]["region"] == "MH"


def test_a_sale_has_one_time(api: Api) -> None:
    assert refused(calculate(api, asked(at="2026-11-01T12:00:00Z"))) == {"tax_date"}


def test_what_is_wrong_with_the_buyers_place_is_told_once(api: Api) -> None:
    assert refused(calculate(api, asked("XX"))) == {"customer.region"}


def test_without_a_date_it_is_now(api: Api, clock: FakeClock) -> None:
    told = calculate(api, asked("ON", tax_date=None)).body
    assert told["tax_dates"] == {"CA-ON": clock().date().isoformat()}


def test_prices_may_contain_the_taxes(api: Api) -> None:
    told = calculate(api, asked("ON", "113.00", price_mode="inclusive")).body
    assert (told["net"], told["tax"], told["gross"]) == ("100.00", "13.00", "113.00")
    assert told["lines"][0]["net"] == "100.00"


def test_goods_go_where_they_are_sent(api: Api) -> None:
    told = calculate(api, asked("AB", ship_to={"country": "CA", "region": "NS"})).body
    assert [(one["name"], one["rate"]) for one in told["taxes"]] == [("HST", "14")]


def test_the_united_states_come_with_a_warning(api: Api) -> None:
    body = asked("", currency="USD") | {"customer": {"country": "US", "region": "NY"}}
    told = calculate(api, body).body
    assert told["taxes"][0]["amount"] == "4.00"
    assert "no county" in told["estimate"]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"customer": {"country": "CA", "region": "ZZ"}}, "customer.region"),
    ({"tax_date": "1999-12-31"}, "tax_date"),
    ({"lines": [{"amount": "-1.00"}]}, "lines[0].amount"),
    ({"lines": [{"amount": "NaN"}]}, "lines.0.amount"),
    ({"lines": [{"amount": "Infinity"}]}, "lines.0.amount"),
    ({"lines": [{"amount": 19.99}]}, "lines.0.amount"),
    ({"lines": [{"amount": "1E+99"}]}, "lines[0].amount"),
    ({"lines": [{"amount": "1.001"}]}, "lines[0].amount"),
    ({"lines": [{"amount": "1.00", "tax_code": "nonsense"}]}, "lines[0].tax_code"),
    ({"lines": []}, "lines"),
    ({"currency": "ZZZ"}, "currency"),
    ({"currency": "JPY", "lines": [{"amount": "1.50"}]}, "lines[0].amount"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD)
def test_what_is_wrong_is_named(api: Api, wrong: dict[str, Any], field: str) -> None:
    assert field in refused(calculate(api, asked() | wrong))


def test_the_scope_is_asked_for(api: Api) -> None:
    assert calculate(api, asked(), scopes="catalog:read").status == 403
    assert api.call("GET", "/v1/tax/rates", query={"country": "CA"}, scopes="catalog:read").status == 403


def rates(api: Api, **query: str) -> Answer:
    return api.call("GET", "/v1/tax/rates", query=query)


def test_the_rates_of_a_day(api: Api) -> None:
    found = rates(api, country="CA", region="NS", date="2025-03-31").body["items"]
    assert {one["tax_code"]: one["rate"] for one in found if one["tax"] == "HST"}["*"] == "15"
    assert all(one["source"].startswith("https://") for one in found)


def test_all_rates_there_ever_were(api: Api) -> None:
    found = rates(api, country="CA", region="NS").body["items"]
    usual = [(one["rate"], one["valid_from"], one["valid_to"]) for one in found if one["tax_code"] == "*"]
    assert usual == [("15", "2010-07-01", "2025-03-31"), ("14", "2025-04-01", None)]


def test_every_province_has_its_rates(api: Api) -> None:
    found = rates(api, country="CA", date="2026-11-01").body["items"]
    assert {one["jurisdiction"] for one in found} == {
        "CA",
        *(f"CA-{region}" for region in ("BC", "MB", "NB", "NL", "NS", "ON", "PE", "QC", "SK")),
    }
    assert rates(api, country="CA", region="YT", date="2026-11-01").body["items"]


def test_india_and_the_united_states(api: Api) -> None:
    slabs = {one["tax_code"] for one in rates(api, country="IN", date="2026-11-01").body["items"]}
    assert "in_gst_40" in slabs
    assert "in_gst_12" not in slabs
    told = rates(api, country="US", region="NY", date="2026-11-01").body
    assert ("4", "*") in {(one["rate"], one["tax_code"]) for one in told["items"]}
    assert told["estimate"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"country": "FR"}, "country"),
        ({"country": "CA", "region": "ZZ"}, "region"),
        ({"country": "CA", "region": "BC", "date": "2013-03-31"}, "date"),
        ({"country": "CA", "date": "yesterday"}, "date"),
    ],
)
def test_rates_that_there_are_not(api: Api, query: dict[str, str], field: str) -> None:
    assert field in refused(rates(api, **query))

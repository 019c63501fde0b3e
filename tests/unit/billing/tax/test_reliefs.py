"""Who collects, who is let off, and what leaves the country."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from skuflow.billing.tax.compute_tax import compute_tax
from skuflow.billing.tax.model import Customer, Exemption, Place, Relief, Seller
from skuflow.kernel.errors import Invalid
from tests.unit.billing.tax.sales import EVERYWHERE, ONTARIO, line, owed, sale, taxes, told


def test_goods_are_taxed_where_they_go_and_services_where_the_customer_is() -> None:
    lines = (line("100", name="shirt"), line("100", "saas", name="plan"))
    result = compute_tax(sale("AB", *lines, ship_to=Place("CA", "NS")))
    assert owed(result) == [("GST", "5", "5.00"), ("HST", "14", "14.00")]
    assert {one.line_id: one.place.region for one in result.lines} == {"shirt": "NS", "plan": "AB"}


def test_a_line_may_say_that_it_is_a_service() -> None:
    repair = line("100", supply="services")
    assert taxes("AB", repair, ship_to=Place("CA", "NS")) == [("GST", "5", "5.00")]


def test_the_sellers_numbers_stand_beside_the_taxes() -> None:
    result = compute_tax(sale("QC", line("100")))
    assert [one.registration for one in result.taxes] == ["123456789 RT0001", "1234567890 TQ0001"]


@pytest.mark.parametrize("missing", ["GST/HST", "QST"])
def test_a_tax_without_a_registration_is_not_collected_and_the_result_says_so(missing: str) -> None:
    seller = replace(ONTARIO, registrations={name: number for name, number in EVERYWHERE.items() if name != missing})
    result = compute_tax(sale("QC", line("100"), seller=seller))
    assert missing not in {one.regime for one in result.taxes}
    assert len(result.taxes) == 1
    assert [(one.why, one.regime) for one in result.reliefs] == [("not_registered", missing)]


def test_provinces_with_a_tax_of_their_own_register_separately() -> None:
    seller = replace(ONTARIO, registrations={"GST/HST": "1", "PST_BC": "2"})
    assert [name for name, _, _ in taxes("BC", line("100"), seller=seller)] == ["GST", "PST"]
    assert [name for name, _, _ in taxes("SK", line("100"), seller=seller)] == ["GST"]


def test_a_small_supplier_collects_neither_gst_nor_qst() -> None:
    seller = replace(ONTARIO, small_supplier=True)
    assert taxes("QC", line("100"), seller=seller) == []
    assert taxes("BC", line("100"), seller=seller) == [("PST", "7", "7.00")]
    reliefs = compute_tax(sale("QC", line("100"), seller=seller)).reliefs
    assert {one.why for one in reliefs} == {"small_supplier"}


def test_a_customer_is_exempt_from_the_tax_that_is_named_and_from_no_other() -> None:
    exempt = Customer(Place("CA", "BC"), (Exemption("PST_BC", "R-1234"),))
    result = compute_tax(sale("BC", line("100", name="a"), line("50", name="b"), customer=exempt))
    assert owed(result) == [("GST", "5", "7.50")]
    assert result.reliefs == (Relief("customer_exempt", "PST_BC", "CA-BC", ("a", "b"), "R-1234"),)


def test_an_exemption_holds_from_its_first_to_its_last_day() -> None:
    spring = Exemption("GST/HST", "C-9", date(2026, 3, 1), date(2026, 5, 31))
    customer = Customer(Place("CA", "ON"), (spring,))
    owed_on = {
        day: bool(taxes("ON", line("100"), customer=customer, at=date.fromisoformat(day)))
        for day in ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01")
    }
    assert owed_on == {"2026-02-28": True, "2026-03-01": False, "2026-05-31": False, "2026-06-01": True}


def test_what_leaves_the_country_bears_no_tax_of_ours() -> None:
    result = compute_tax(sale("", line("100", currency="EUR"), country="FR"))
    assert (result.taxes, result.gross.minor) == ((), 10_000)
    assert [(one.why, one.regime) for one in result.reliefs] == [("export", "GST/HST")]


def test_a_seller_from_abroad_collects_what_it_is_registered_for() -> None:
    abroad = Place("GB")
    assert taxes("ON", line("100"), seller=Seller(abroad, {"GST/HST": "9"})) == [("HST", "13", "13.00")]
    assert taxes("ON", line("100"), seller=Seller(abroad, {})) == []


def test_a_sale_at_home_in_a_country_we_have_no_rates_of_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        compute_tax(sale("", line("100"), country="FR", seller=Seller(Place("FR"), {})))
    assert "seller.country" in told(refused.value.problems)


def test_a_rebate_at_the_till_is_told() -> None:
    result = compute_tax(sale("ON", line("40", "books")))
    assert owed(result) == [("HST", "5", "2.00")]
    assert [one.why for one in result.reliefs] == ["point_of_sale_rebate"]

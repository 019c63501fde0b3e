"""India by state and slab; the United States by the table that stands in for a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from skuflow.billing.tax.compute_tax import compute_tax
from skuflow.billing.tax.model import Customer, Levy, Place, Seller
from skuflow.billing.tax.places import ZONES
from skuflow.kernel.errors import Invalid
from tests.unit.billing.tax.sales import MUMBAI, ONTARIO, line, moment, owed, sale, taxes, told


def rupees(price: str = "1000", code: str = "in_gst_18", **more: str) -> object:
    return line(price, code, currency="INR", **more)


def in_india(region: str, *lines: object, **more: object) -> list[tuple[str, str, str]]:
    return taxes(region, *(lines or (rupees(),)), country="IN", **{"seller": MUMBAI, **more})


def test_within_a_state_the_tax_is_halved_and_between_states_it_is_whole() -> None:
    assert in_india("MH") == [("CGST", "9", "90.00"), ("SGST", "9", "90.00")]
    assert in_india("KA") == [("IGST", "18", "180.00")]


@pytest.mark.parametrize("region", ["CH", "DH", "LD", "AN", "LA"])
def test_union_territories_without_a_legislature_take_utgst(region: str) -> None:

    seller = Seller(Place("IN", region), {"GSTIN": "x"})
    assert [name for name, _, _ in in_india(region, seller=seller)] == ["CGST", "UTGST"]


@pytest.mark.parametrize("region", ["DL", "PY", "JK"])
def test_those_with_a_legislature_take_sgst(region: str) -> None:

    seller = Seller(Place("IN", region), {"GSTIN": "x"})
    assert [name for name, _, _ in in_india(region, seller=seller)] == ["CGST", "SGST"]


def test_two_spellings_of_one_state_are_one_state() -> None:

    seller = Seller(Place("IN", "OR"), {"GSTIN": "x"})
    assert [name for name, _, _ in in_india("OD", seller=seller)] == ["CGST", "SGST"]


def test_a_gstin_says_which_state_its_holder_is_in() -> None:
    customer = Customer(Place("IN"), tax_number="27AAPFU0939F1ZV")
    result = compute_tax(sale("", rupees(), seller=MUMBAI, customer=customer))
    assert [one.tax for one in result.taxes] == ["CGST", "SGST"]
    assert result.lines[0].place.region == "MH"


@pytest.mark.parametrize("number", ["27AAPFU0939F1ZX", "99AAPFU0939F1ZV", "27AAPFU0939", "27aapfu0939f1zv"])
def test_what_is_no_gstin_is_refused(number: str) -> None:
    with pytest.raises(Invalid) as refused:
        compute_tax(sale("", rupees(), seller=MUMBAI, customer=Customer(Place("IN", "MH"), tax_number=number)))
    assert "customer.tax_number" in told(refused.value.problems)


def test_a_gstin_of_another_state_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        compute_tax(
            sale("", rupees(), seller=MUMBAI, customer=Customer(Place("IN", "KA"), tax_number="27AAPFU0939F1ZV"))
        )
    assert "MH" in told(refused.value.problems)["customer.tax_number"]


@pytest.mark.parametrize(
    ("slab", "last_day", "next_day"), [("12", True, False), ("28", True, False), ("40", False, True), ("5", True, True)]
)
def test_the_slabs_changed_at_midnight_in_india(slab: str, last_day: bool, next_day: bool) -> None:
    for at, there in (("2025-09-21T23:59:59+05:30", last_day), ("2025-09-22T00:00:00+05:30", next_day)):
        one = rupees("100", f"in_gst_{slab}")
        if there:
            assert in_india("KA", one, at=moment(at)) == [("IGST", slab, f"{slab}.00")]
        else:
            with pytest.raises(Invalid) as refused:
                in_india("KA", one, at=moment(at))
            assert set(told(refused.value.problems)) <= {"lines[0].tax_code", "tax_date"}


def test_a_code_that_no_slab_follows_from_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        in_india("MH", rupees("100", "groceries"))
    assert "lines[0].tax_code" in told(refused.value.problems)


def test_the_hsn_code_stays_on_its_line_and_must_look_like_one() -> None:
    result = compute_tax(sale("MH", rupees(hsn="61091000"), country="IN", seller=MUMBAI))
    assert result.lines[0].hsn == "61091000"
    with pytest.raises(Invalid) as refused:
        compute_tax(sale("MH", rupees(hsn="12"), country="IN", seller=MUMBAI))
    assert "lines[0].hsn" in told(refused.value.problems)


def test_the_halves_of_a_slab_are_rounded_alike() -> None:
    result = compute_tax(sale("MH", rupees("10.10", "in_gst_5"), country="IN", seller=MUMBAI))
    assert [one.amount.minor for one in result.taxes] == [25, 25]


def test_a_state_table_stands_in_and_says_so() -> None:
    result = compute_tax(sale("NY", line("100", currency="USD"), country="US"))
    assert owed(result) == [("Sales tax NY", "4", "4.00")]
    assert "no county" in result.estimate
    assert compute_tax(sale("ON", line("100"))).estimate == ""


@pytest.mark.parametrize("state", ["AK", "DE", "MT", "NH", "OR"])
def test_states_without_a_sales_tax(state: str) -> None:
    result = compute_tax(sale(state, line("100", currency="USD"), country="US", seller=ONTARIO))
    assert result.taxes == ()
    assert ("no_sales_tax", f"US-{state}") in {(one.why, one.jurisdiction) for one in result.reliefs}


def test_every_state_is_in_the_table() -> None:
    assert len(ZONES["US"]) == 51


def test_a_state_where_the_seller_is_not_registered_gets_nothing() -> None:
    assert taxes("TX", line("100", currency="USD"), country="US") == []


def test_before_the_state_table_is_an_error() -> None:
    with pytest.raises(Invalid) as refused:
        taxes("NY", line("100", currency="USD"), country="US", at=date(2024, 12, 31))
    assert "2025-01-01" in told(refused.value.problems)["tax_date"]


@dataclass(frozen=True, slots=True)
class Source:
    """What a calculation by address would say."""

    estimate: str = ""

    def levies(self, place: Place, tax_code: str, day: date) -> tuple[Levy, ...]:
        return (
            Levy("sales tax", "US_NY", "US-NY", Decimal(4)),
            Levy("sales tax", "US_NY", "US-NY New York City", Decimal("4.5")),
        )


def test_a_source_by_address_takes_the_tables_place() -> None:
    result = compute_tax(sale("NY", line("100", currency="USD"), country="US"), us=Source())
    assert [one.amount.minor for one in result.taxes] == [400, 450]
    assert result.estimate == ""

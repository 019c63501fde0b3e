"""What holds for every sale."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.billing.tax.compute_tax import compute_tax
from skuflow.billing.tax.display import forbidden_rates, rate_text
from skuflow.billing.tax.model import TAX_CODES, Customer, Exemption, Place, Sale, SaleLine
from skuflow.billing.tax.places import ZONES
from skuflow.kernel.errors import Invalid
from skuflow.kernel.money import Money
from tests.unit.billing.tax.sales import DAY, ONTARIO, line, sale, told

CODES = tuple(code for code in TAX_CODES if not code.startswith("in_"))
REGIONS = sorted(ZONES["CA"])
CURRENCIES = ("CAD", "JPY", "KWD")


@st.composite
def sales(draw: st.DrawFn, mode: str = "exclusive") -> Sale:
    currency = draw(st.sampled_from(CURRENCIES))
    drawn = draw(st.lists(st.tuples(st.integers(-50_000, 5_000_000), st.sampled_from(CODES)), min_size=1, max_size=6))
    lines = tuple(
        SaleLine(f"l{at}", Money(minor, currency), code, is_credit=minor < 0) for at, (minor, code) in enumerate(drawn)
    )
    region, ship_to = draw(st.sampled_from(REGIONS)), draw(st.none() | st.sampled_from(REGIONS))
    return sale(
        region,
        *lines,
        price_mode=mode,
        ship_to=None if ship_to is None else Place("CA", ship_to),
        at=draw(st.dates(date(2019, 1, 1), date(2030, 1, 1))),
    )


@settings(max_examples=100)
@given(sales() | sales("inclusive"))
def test_net_and_taxes_are_the_gross_and_lines_are_the_net(one: Sale) -> None:
    result = compute_tax(one)
    listed = sum(line.amount.minor for line in one.lines)
    assert result.tax.minor == sum(tax.amount.minor for tax in result.taxes)
    assert result.gross == result.net + result.tax
    assert sum(line.net.minor for line in result.lines) == result.net.minor
    assert listed == (result.gross if one.price_mode == "inclusive" else result.net).minor


@settings(max_examples=100)
@given(sales())
def test_each_tax_is_within_half_a_unit_of_its_rate_on_its_base(one: Sale) -> None:
    for tax in compute_tax(one).taxes:
        exact = Fraction(tax.base.minor) * Fraction(tax.rate) / 100
        assert abs(exact - tax.amount.minor) <= Fraction(1, 2)


@settings(max_examples=100)
@given(sales())
def test_a_price_that_contains_the_taxes_contains_what_would_have_come_on_top(one: Sale) -> None:
    """A single line: the price that comes out, entered as one that contains the taxes, is taken apart the same way."""
    one = replace(one, lines=one.lines[:1])
    apart = compute_tax(one)
    whole = replace(one.lines[0], amount=apart.gross, is_credit=apart.gross.minor < 0)
    contained = compute_tax(replace(one, lines=(whole,), price_mode="inclusive"))
    assert contained.gross == apart.gross
    for before, after in zip(apart.taxes, contained.taxes, strict=True):
        assert abs(before.amount.minor - after.amount.minor) <= 1


@settings(max_examples=60)
@given(sales() | sales("inclusive"), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(one: Sale, chance: object) -> None:
    shuffled = list(one.lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = compute_tax(one), compute_tax(replace(one, lines=tuple(shuffled)))
    assert [(t.tax, t.rate, t.base, t.amount) for t in before.taxes] == [
        (t.tax, t.rate, t.base, t.amount) for t in after.taxes
    ]
    assert {line.line_id: line.net for line in before.lines} == {line.line_id: line.net for line in after.lines}


@settings(max_examples=60)
@given(sales())
def test_a_credit_for_everything_is_the_exact_reverse(one: Sale) -> None:
    back = tuple(replace(line, amount=-line.amount, is_credit=True) for line in one.lines)
    there, again = compute_tax(one), compute_tax(replace(one, lines=back))
    assert (again.net, again.tax, again.gross) == (-there.net, -there.tax, -there.gross)


@settings(max_examples=60)
@given(st.integers(-(10**6), 10**6 - 1), st.sampled_from(["America/Halifax", "Asia/Tokyo", "America/Los_Angeles"]))
def test_nova_scotia_changes_at_its_own_midnight_whatever_clock_says_the_moment(micros: int, clock: str) -> None:
    midnight = datetime(2025, 4, 1, tzinfo=ZoneInfo("America/Halifax"))
    at = (midnight + timedelta(microseconds=micros)).astimezone(ZoneInfo(clock))
    rate = compute_tax(sale("NS", line("100"), at=at)).taxes[0].rate
    assert rate == (15 if micros < 0 else 14)


BAD = [
    ({"customer": Customer(Place("CA", "ZZ"))}, "customer.region"),
    ({"customer": Customer(Place("CA"))}, "customer.region"),
    ({"customer": Customer(Place("Canada", "ON"))}, "customer.country"),
    ({"customer": Customer(Place("CA", "ON", "Mars/Base"))}, "customer.time_zone"),
    ({"customer": Customer(Place("CA", "ON"), (Exemption("VAT", "x"),))}, "customer.exemptions[0].regime"),
    ({"customer": Customer(Place("CA", "ON"), (Exemption("GST/HST", " "),))}, "customer.exemptions[0].certificate"),
    ({"ship_to": Place("US", "ON")}, "ship_to.region"),
    ({"currency": "USD"}, "lines[0].amount"),
    ({"currency": "ZZZ"}, "currency"),
    ({"lines": ()}, "lines"),
    ({"lines": (line("5", "nonsense"),)}, "lines[0].tax_code"),
    ({"lines": (line("-5"),)}, "lines[0].amount"),
    ({"lines": (line("5"), line("6"))}, "lines[1].line_id"),
    ({"lines": (line("5", supply="air"),)}, "lines[0].supply"),
    ({"price_mode": "gross"}, "price_mode"),
    ({"at": datetime(2026, 1, 1)}, "tax_date"),  # noqa: DTZ001
    ({"at": date(1999, 1, 1)}, "tax_date"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD, ids=[field for _, field in BAD])
def test_what_is_wrong_is_named_with_its_remedy(wrong: dict[str, object], field: str) -> None:
    good = Sale(ONTARIO, Customer(Place("CA", "ON")), "CAD", DAY, (line("5"),))
    with pytest.raises(Invalid) as refused:
        compute_tax(replace(good, **wrong))
    assert field in told(refused.value.problems)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        compute_tax(sale("ZZ", line("-5", "nonsense"), ship_to=Place("CA", "YY")))
    found = set(told(refused.value.problems))
    assert found == {"customer.region", "ship_to.region", "lines[0].tax_code", "lines[0].amount"}


def test_a_rate_is_written_with_the_decimals_that_count() -> None:
    rates = [one.rate for one in compute_tax(sale("QC", line("100"))).taxes]
    assert [rate_text(rate) for rate in rates] == ["5", "9.975"]
    assert rate_text(rates[1], decimal_mark=",") == "9,975"


def test_percentages_that_quebec_forbids_are_found_and_no_others() -> None:
    text = ["QST 9.975 % 1234567890 TQ0001", "GST and QST 14.975%", "TVQ 9,97 %", "114.97 $", "4.97 %", "14,97\u00a0%"]
    assert forbidden_rates(text) == ("14.975%", "9,97 %", "14,97\u00a0%")

"""From lines to an invoice: discounts, taxes, credit, totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.billing.invoices.coupons import CouponTerms, Redeemed
from skuflow.billing.invoices.model import Invoice
from skuflow.kernel.money import Money
from tests.unit.billing.invoices.samples import NOW, QUEBEC, customer, line, made, seller


def held(
    percent: str | None = None, amount: int | None = None, duration: str = "forever", periods: int | None = None
) -> Redeemed:
    terms = CouponTerms(
        code="OFF",
        duration=duration,  # type: ignore[arg-type]
        percent=Decimal(percent) if percent is not None else None,
        amount=Money(amount, "CAD") if amount is not None else None,
        periods=periods,
    )
    return Redeemed(terms=terms, redeemed_at=NOW)


def test_the_taxes_are_on_what_is_left_after_the_discount() -> None:
    invoice = made(line(10_000), held=held("25"), customer=customer(QUEBEC)).invoice
    assert (invoice.subtotal.minor, invoice.discount.minor) == (10_000, -2_500)
    assert [(one.tax, one.base.minor, one.amount.minor) for one in invoice.taxes] == [
        ("GST", 7_500, 375),
        ("QST", 7_500, 748),
    ]
    assert invoice.total.minor == 7_500 + 375 + 748


def test_a_discount_is_spread_over_the_kinds_of_tax() -> None:
    invoice = made(line(6_000), line(3_000, plan="other@1"), held=held(amount=900)).invoice
    assert [(one.tax_code, one.amount.minor) for one in invoice.lines if one.kind == "discount"] == [
        ("saas", -600),
        ("exempt", -300),
    ]
    assert invoice.tax.minor == 270


def test_prices_that_contain_taxes_stay_what_they_are() -> None:
    invoice = made(line(10_500, plan="incl@1")).invoice
    assert (invoice.total.minor, invoice.tax.minor, invoice.contained_tax.minor) == (10_500, 500, 500)


def test_an_amount_takes_no_more_than_there_is_and_nothing_off_a_credit() -> None:
    first = made(line(500), held=held(amount=900, duration="once"))
    assert (first.invoice.total.minor, first.held.uses if first.held else None) == (0, 1)
    second = made(line(-500, "base_credit"), held=held(amount=900))
    assert (second.invoice.discount.minor, second.held.uses if second.held else None) == (0, 0)


def test_what_was_discounted_is_given_back_at_the_discounted_price() -> None:
    first = made(line(10_000), held=held("50", duration="once"))
    back = made(line(-4_000, "base_credit"), held=first.held, earlier=(first.invoice,)).invoice
    assert (back.subtotal.minor, back.discount.minor) == (-4_000, 2_000)
    assert back.total.minor == -2_100


def test_nothing_of_a_void_invoice_is_given_back() -> None:
    first = replace(made(line(10_000)).invoice, status="void")
    back = made(line(-4_000, "base_credit"), line(500, "usage"), earlier=(first,)).invoice
    assert [one.amount.minor for one in back.lines] == [-4_000, 500, 4_000]
    assert (back.total.minor, back.tax.minor) == (525, 25)


def test_what_a_credit_note_took_back_is_not_given_back_again() -> None:
    first = made(line(10_000), held=held("50", duration="once"))
    half = replace(first.invoice, credited=Money(first.invoice.total.minor // 2, "CAD"))
    back = made(line(-4_000, "base_credit"), held=first.held, earlier=(half,)).invoice
    assert [one.amount.minor for one in back.lines] == [-4_000, 2_000, 1_000]
    assert back.total.minor == -1_050


def test_a_credit_note_on_a_change_of_plan_counts_for_what_was_charged_not_for_what_was_given_back() -> None:
    changed = made(line(-2_000, "base_credit", plan="other@1"), line(4_000)).invoice
    credited = replace(changed, credited=changed.total)
    back = made(line(-3_000, "base_credit"), earlier=(credited,)).invoice
    assert [one.amount.minor for one in back.lines] == [-3_000, 1_500]


@given(charged=st.integers(1, 50_000), taken=st.integers(0, 50_000), cuts=st.lists(st.integers(0, 50_000), max_size=3))
@settings(max_examples=60, deadline=None)
def test_no_more_is_given_back_than_is_left_of_an_invoice(charged: int, taken: int, cuts: list[int]) -> None:
    whole = made(line(charged), customer=customer(QUEBEC)).invoice
    first = replace(whole, credited=Money(min(taken, whole.total.minor), "CAD"))
    bounds = sorted({0, charged, *(min(cut, charged) for cut in cuts)})
    parts = [after - before for before, after in pairwise(bounds)]
    given_back, earlier = 0, first
    for part in parts:
        drafted = made(line(-part, "base_credit"), earlier=(earlier,), customer=customer(QUEBEC))
        given_back -= drafted.invoice.total.minor
        earlier = drafted.lessened[0] if drafted.lessened else earlier
    left = whole.total.minor - first.amount_credited.minor
    assert left - 5 * len(parts) <= given_back <= left


def test_a_credit_bears_the_taxes_of_the_invoice_that_it_gives_back() -> None:
    before = made(line(10_000), customer=customer(QUEBEC)).invoice
    moved = made(line(-5_000, "base_credit"), line(2_000), earlier=(before,)).invoice
    assert [(one.tax, one.jurisdiction, one.amount.minor) for one in moved.taxes] == [
        ("GST", "CA", 100),
        ("GST", "CA", -250),
        ("QST", "CA-QC", -499),
    ]


def test_the_same_rates_are_taken_together_and_rounded_once() -> None:
    before = made(line(10_000)).invoice
    again = made(line(-5_010, "base_credit"), line(5_030), earlier=(before,)).invoice
    assert [(one.tax, one.base.minor, one.amount.minor) for one in again.taxes] == [("GST", 20, 1)]


def test_credit_pays_first_and_what_is_left_of_it_stays() -> None:
    drafted = made(line(1_000), customer=customer(credit=300))
    assert (drafted.invoice.credit_used.minor, drafted.invoice.amount_due.minor, drafted.credit) == (300, 750, 0)
    covered = made(line(1_000), customer=customer(credit=2_000))
    assert (covered.invoice.credit_used.minor, covered.invoice.amount_due.minor, covered.credit) == (1_050, 0, 950)


def test_a_small_supplier_charges_no_tax_and_says_why() -> None:
    invoice = made(line(1_000), seller=seller(small_supplier=True)).invoice
    assert (invoice.tax.minor, {one.why for one in invoice.reliefs}) == (0, {"small_supplier"})


@given(
    minors=st.lists(st.integers(-50_000, 50_000), min_size=1, max_size=5),
    percent=st.decimals("0.01", "100", places=2),
    credit=st.integers(0, 100_000),
)
@settings(max_examples=60, deadline=None)
def test_lines_and_taxes_always_make_the_total(minors: list[int], percent: Decimal, credit: int) -> None:
    lines = [line(minor, plan=("basic@1", "other@1", "incl@1")[at % 3]) for at, minor in enumerate(minors)]
    drafted = made(*lines, held=held(str(percent)), customer=customer(QUEBEC, credit))
    invoice = drafted.invoice
    assert invoice.total.minor == _sum_of(invoice)
    assert -invoice.discount.minor <= max(0, invoice.subtotal.minor)
    assert drafted.credit == credit - invoice.credit_used.minor - min(0, invoice.total.minor)
    assert 0 <= invoice.credit_used.minor <= max(0, invoice.total.minor)


def _sum_of(invoice: Invoice) -> int:
    outside = sum(one.amount.minor for one in invoice.taxes) - invoice.contained_tax.minor
    return sum(one.amount.minor for one in invoice.lines) + outside


@given(amount=st.integers(1, 100_000), parts=st.lists(st.integers(1, 30_000), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_an_amount_off_is_taken_once_per_period(amount: int, parts: list[int]) -> None:
    have: Redeemed | None = held(amount=amount, duration="periods", periods=2)
    for period in (NOW, NOW + timedelta(days=31), datetime(2026, 6, 1, tzinfo=UTC)):
        taken = 0
        for part in parts:
            drafted = made(line(part), held=have, period_from=period)
            have, taken = drafted.held, taken - drafted.invoice.discount.minor
        assert taken == (min(amount, sum(parts)) if period.month < 6 else 0)

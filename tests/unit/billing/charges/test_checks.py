"""Which charges and fees are refused, and what the sender is told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.billing.charges.checks import charge_problems, fee_problems
from skuflow.billing.charges.model import CHARGE_MODELS, Block, Charge, ChargeModel, Measured, Tier
from skuflow.billing.charges.pricing import price

D = Decimal
ITEM = Charge("items", "billable_items", "per_item", unit_amount=D("0.000000000001"))
TIERED = Charge("tiers", "billable_items", "graduated", tiers=(Tier(D(10), D(2)), Tier(None, D(1))))
CARD = Charge("card", "payments", "percentage", rate=D("2.9"), fixed_amount=D("0.3"))
PACKAGE = Charge("packs", "m", "package", package_size=D(1000), package_price=D(1), included=D(200))
BLOCKS = Charge("blocks", "m", "graduated_blocks", blocks=(Block(D(100), D(10), 10), Block(D(1000), D(1))))


def fields(*charges: Charge, currency: str = "CAD") -> list[str]:
    problems = charge_problems(charges, currency)
    assert all(problem.message and problem.remedy for problem in problems)
    return [problem.field for problem in problems]


def test_what_can_be_billed_is_let_through() -> None:
    shares = replace(TIERED, code="s", model="graduated_percentage", tiers=(Tier(D(10), rate=D(2)), Tier(rate=D(1))))
    assert fields(ITEM, TIERED, CARD, PACKAGE, BLOCKS, shares, replace(ITEM, code="cad", currency="CAD")) == []


@pytest.mark.parametrize(
    ("tiers", "field"),
    [
        ((Tier(D(10), D(2)), Tier(D(20), D(1))), "charges[0].tiers[1].up_to"),
        ((Tier(None, D(2)), Tier(None, D(1))), "charges[0].tiers[0].up_to"),
        ((Tier(D(10)), Tier(D(10)), Tier()), "charges[0].tiers[1].up_to"),
        ((Tier(D(10)), Tier(D(5)), Tier()), "charges[0].tiers[1].up_to"),
        ((Tier(D(0)), Tier()), "charges[0].tiers[0].up_to"),
        ((Tier(D(10)), Tier(above=D(11))), "charges[0].tiers[1].above"),
        ((Tier(D(10)), Tier(above=D(9))), "charges[0].tiers[1].above"),
        ((Tier(D(10), above=D(1)), Tier()), "charges[0].tiers[0].above"),
        ((Tier(D("NaN")), Tier()), "charges[0].tiers[0].up_to"),
        ((Tier(D("1E+15")), Tier()), "charges[0].tiers[0].up_to"),
        ((Tier(D(10), D("-0.01")), Tier()), "charges[0].tiers[0].unit_amount"),
        ((Tier(D(10), flat_amount=D("-1")), Tier()), "charges[0].tiers[0].flat_amount"),
        ((Tier(D(10), D("0.0000000000001")), Tier()), "charges[0].tiers[0].unit_amount"),
        ((Tier(D(10), rate=D(1)), Tier()), "charges[0].tiers[0].rate"),
        ((), "charges[0].tiers"),
    ],
)
@pytest.mark.parametrize("model", ["graduated", "volume"])
def test_tiers_with_gaps_overlaps_and_impossible_numbers_are_refused(
    model: ChargeModel, tiers: tuple[Tier, ...], field: str
) -> None:
    assert field in fields(replace(TIERED, model=model, tiers=tiers))


def test_a_gap_and_an_overlap_are_called_what_they_are() -> None:
    gap, overlap = (
        charge_problems([replace(TIERED, tiers=(Tier(D(10)), Tier(above=D(above))))], "CAD")[0] for above in (11, 9)
    )
    assert "gap" in gap.message
    assert "overlaps" in overlap.message
    assert "10" in gap.remedy


@pytest.mark.parametrize(
    ("charge", "changes", "field"),
    [
        (ITEM, {"code": ""}, "code"),
        (ITEM, {"code": "minimum_commitment"}, "code"),
        (ITEM, {"metric": ""}, "metric"),
        (ITEM, {"model": "free_for_all"}, "model"),
        (ITEM, {"currency": "USD"}, "currency"),
        (ITEM, {"unit_amount": None}, "unit_amount"),
        (ITEM, {"unit_amount": D("-0.01")}, "unit_amount"),
        (ITEM, {"unit_amount": D("Infinity")}, "unit_amount"),
        (ITEM, {"unit_amount": D("sNaN")}, "unit_amount"),
        (ITEM, {"unit_amount": D("1E+15")}, "unit_amount"),
        (ITEM, {"unit_amount": D("1E+999999")}, "unit_amount"),
        (ITEM, {"unit_amount": D("1E-13")}, "unit_amount"),
        (ITEM, {"unit_amount": D("1E-999999")}, "unit_amount"),
        (ITEM, {"included": D("-1")}, "included"),
        (ITEM, {"tiers": (Tier(),)}, "tiers"),
        (ITEM, {"rate": D(1)}, "rate"),
        (PACKAGE, {"package_size": D(0)}, "package_size"),
        (PACKAGE, {"package_price": None}, "package_price"),
        (CARD, {"rate": D("1000.1")}, "rate"),
        (CARD, {"rate": D("-1")}, "rate"),
        (CARD, {"free_events": -1}, "free_events"),
        (CARD, {"min_per_event": D(2), "max_per_event": D(1)}, "min_per_event"),
        (CARD, {"included": D(1)}, "included"),
        (BLOCKS, {"blocks": ()}, "blocks"),
        (BLOCKS, {"blocks": (Block(D(0), D(1)),)}, "blocks[0].size"),
        (BLOCKS, {"blocks": (Block(D(1), D("-1")),)}, "blocks[0].price"),
        (BLOCKS, {"blocks": (Block(D(1), D(1), 10),)}, "blocks[0].max_blocks"),
        (BLOCKS, {"blocks": (Block(D(1), D(1)), Block(D(1), D(1)))}, "blocks[0].max_blocks"),
        (BLOCKS, {"blocks": (Block(D(1), D(1), 0), Block(D(1), D(1)))}, "blocks[0].max_blocks"),
    ],
)
def test_each_fault_is_found_where_it_is(charge: Charge, changes: dict[str, Any], field: str) -> None:
    assert f"charges[1].{field}" in fields(TIERED, replace(charge, **changes))


numbers = st.decimals() | st.sampled_from([D("sNaN"), D("-sNaN"), D("1E+999999"), D("1E-999999"), D("-0")])
maybe = st.none() | numbers
wild = st.builds(
    Charge,
    code=st.sampled_from(["a", ""]),
    metric=st.just("m"),
    model=st.sampled_from(CHARGE_MODELS),
    included=numbers,
    unit_amount=maybe,
    tiers=st.lists(st.builds(Tier, maybe, numbers, numbers, numbers, maybe), max_size=3).map(tuple),
    blocks=st.lists(st.builds(Block, numbers, numbers, st.none() | st.integers()), max_size=3).map(tuple),
    package_size=maybe,
    package_price=maybe,
    rate=maybe,
    fixed_amount=numbers,
    free_events=st.none() | st.integers(),
    free_amount=maybe,
    min_per_event=maybe,
    max_per_event=maybe,
)


@given(wild)
@settings(max_examples=30)
def test_whatever_is_sent_is_answered_and_what_is_let_through_can_be_priced(charge: Charge) -> None:
    if not fields(charge):
        assert price(charge, Measured(D(7), 1, (D(7),))).amount >= 0


def test_all_faults_are_told_at_once() -> None:
    wrong = replace(ITEM, metric="", unit_amount=D(-1), currency="USD")
    assert len(fields(wrong, wrong)) == 7


def test_a_code_is_used_once() -> None:
    assert fields(ITEM, TIERED, ITEM) == ["charges[2].code"]


def test_tiers_and_charges_are_limited() -> None:
    many = (*(Tier(D(n)) for n in range(1, 51)), Tier())
    assert fields(replace(TIERED, tiers=many)) == ["charges[0].tiers"]
    assert "charges" in fields(*(replace(ITEM, code=f"c{n}") for n in range(51)))


@pytest.mark.parametrize(
    ("value", "currency", "refused"),
    [
        ("19.99", "CAD", False),
        ("0", "CAD", False),
        ("0.000000000001", "CAD", False),
        ("1999", "JPY", False),
        ("1999.00", "JPY", False),
        ("19.99", "JPY", True),
        ("-0.01", "CAD", True),
        ("NaN", "CAD", True),
        ("-Infinity", "CAD", True),
        ("1E+15", "CAD", True),
        ("0.0000000000001", "CAD", True),
    ],
)
def test_a_fee_is_a_plain_number_its_currency_can_hold(value: str, currency: str, refused: bool) -> None:
    problems = fee_problems("base_fee", D(value), currency)
    assert [problem.field for problem in problems] == (["base_fee"] if refused else [])


def test_a_fee_may_be_held_to_whole_minor_units() -> None:
    assert fee_problems("base_fee", D("19.999"), "CAD", most_decimals=2)
    assert not fee_problems("base_fee", D("19.990"), "CAD", most_decimals=2)

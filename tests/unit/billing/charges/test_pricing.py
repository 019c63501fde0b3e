"""The charge models at their edges."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.billing.charges.arithmetic import rounded
from skuflow.billing.charges.model import Block, Charge, Measured, Tier
from skuflow.billing.charges.pricing import price
from skuflow.kernel.money import Money

D = Decimal
TIERS = (Tier(D(10), D(10), D(2)), Tier(D(20), D(5), D(3)), Tier(None, D(5), D(3)))
VOLUME = (Tier(D(100), D(2), D(10)), Tier(D(200), D(1)), Tier(None, D("0.5"), D(50)))
SHARES = (Tier(D(10), flat_amount=D(200), rate=D(1)), Tier(None, flat_amount=D(300), rate=D(2)))
BLOCKS = (Block(D(100), D(1), 10), Block(D(1000), D(1), 100), Block(D(1000), D("0.5")))
SMALL = tuple(Decimal(n).scaleb(-3) for n in (0, 1, 999, 1000, 1001))
units = st.decimals(min_value=0, max_value=10**9, places=6)


def cost(charge: Charge, quantity: str | int, **more: Decimal) -> Decimal:
    return price(charge, Measured(D(quantity), 1, **more)).amount  # type: ignore[arg-type]


@pytest.mark.parametrize(("used", "amount"), [(0, "0"), (99, "0"), (100, "0"), (101, "0.05"), (1100, "50")])
def test_included_items_are_free_and_only_what_is_beyond_them_is_paid(used: int, amount: str) -> None:
    assert cost(Charge("c", "m", "per_item", unit_amount=D("0.05"), included=D(100)), used) == D(amount)


@pytest.mark.parametrize(
    ("used", "amount"), [(0, 2), (1, 12), (10, 102), ("10.5", "107.5"), (11, 110), (20, 155), (21, 163)]
)
def test_each_graduated_tier_prices_what_falls_into_it(used: str | int, amount: str | int) -> None:
    assert cost(Charge("c", "m", "graduated", tiers=TIERS), used) == D(amount)


@pytest.mark.parametrize(("used", "amount"), [(0, 10), (100, 210), ("100.5", "100.5"), (200, 200), (201, "150.5")])
def test_the_volume_that_is_reached_prices_all_units(used: str | int, amount: str | int) -> None:
    assert cost(Charge("c", "m", "volume", tiers=VOLUME), used) == D(amount)


def test_a_mean_over_time_is_priced_by_the_level_that_was_reached() -> None:
    assert cost(Charge("c", "m", "volume", tiers=VOLUME), "90", full_units=D(300)) == 95


@pytest.mark.parametrize(("used", "amount"), [(0, 0), (5, 0), ("5.01", 7), (15, 7), ("15.000001", 14)])
def test_a_started_package_is_paid_whole(used: str | int, amount: int) -> None:
    charge = Charge("c", "m", "package", package_size=D(10), package_price=D(7), included=D(5))
    assert cost(charge, used) == amount


@pytest.mark.parametrize(("used", "amount"), [(0, "200"), (10, "200.1"), (11, "500.12"), ("10.5", "500.11")])
def test_each_share_is_of_the_money_that_falls_into_its_tier(used: str | int, amount: str) -> None:
    assert cost(Charge("c", "m", "graduated_percentage", tiers=SHARES), used) == D(amount)


@pytest.mark.parametrize(("used", "amount"), [(0, 0), (1, 1), (1000, 10), (1001, 11), (5325, 15), (101_001, "110.5")])
def test_started_blocks_of_each_tier_are_paid_whole(used: int, amount: str | int) -> None:
    assert cost(Charge("c", "m", "graduated_blocks", blocks=BLOCKS), used) == D(amount)


@pytest.mark.parametrize(("used", "amount"), [(0, 0), (1000, 10), (1001, 2), (101_000, 101), (101_001, 51)])
def test_the_block_that_holds_all_units_prices_them(used: int, amount: int) -> None:
    assert cost(Charge("c", "m", "volume_blocks", blocks=BLOCKS), used) == amount


@pytest.mark.parametrize("model", ["graduated", "volume", "graduated_percentage"])
def test_less_than_nothing_costs_nothing(model: str) -> None:
    assert cost(Charge("c", "m", model, tiers=VOLUME), -5) == 0  # type: ignore[arg-type]


def test_twelve_decimals_times_twelve_decimals_lose_no_digit() -> None:
    charge = Charge("c", "m", "per_item", unit_amount=D("0.000000000001"))
    assert cost(charge, "123456789012345.000000000001") == D("123.456789012345000000000001")


@given(units, st.sampled_from(SMALL))
def test_graduated_tiers_cost_what_each_unit_costs_alone_wherever_the_units_are_cut(
    used: Decimal, unit: Decimal
) -> None:
    """Σ over tiers equals the area under the price curve, worked out from the other side: all units at the last price, and
    what each lower tier adds to it."""
    tiers = (Tier(D(10), D(3)), Tier(D(1000), D(2)), Tier(None, unit))
    exact = used * unit + min(used, D(1000)) * (2 - unit) + min(used, D(10))
    assert cost(Charge("c", "m", "graduated", tiers=tiers), str(used)) == exact


@given(units, st.sampled_from(["graduated", "volume", "graduated_percentage"]))
def test_the_steps_explain_the_whole_amount(used: Decimal, model: str) -> None:
    priced = price(Charge("c", "m", model, tiers=TIERS), Measured(used, 1))  # type: ignore[arg-type]
    assert sum(step.amount for step in priced.steps) == priced.amount
    for step in priced.steps:
        assert step.unit_amount is None or step.quantity * step.unit_amount == step.amount


@pytest.mark.parametrize(("amount", "minor"), [("0.125", 12), ("0.135", 14), ("0.1250001", 13), ("-0.125", -12)])
def test_a_line_is_rounded_half_to_even(amount: str, minor: int) -> None:
    assert rounded(D(amount), "CAD") == Money(minor, "CAD")


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 2), ("CAD", 150), ("KWD", 1500)])
def test_a_line_is_rounded_to_the_minor_unit_of_its_currency(currency: str, minor: int) -> None:
    assert rounded(D("1.5"), currency) == Money(minor, currency)

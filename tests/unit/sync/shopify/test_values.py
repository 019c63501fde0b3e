"""Single values of Shopify's: exact amounts, whole ids, moments that tell one state from the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.kernel.clock import parse_iso
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.shopify.values import (
    category_of,
    gid_parts,
    grams_of,
    money,
    numeric_id,
    options_of,
    state_time,
    tags_of,
)

# amounts


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("19.99", "CAD", 1999),
        ("0.00", "CAD", 0),
        ("1299", "JPY", 1299),
        ("1299.00", "JPY", 1299),
        ("1.250", "KWD", 1250),
        ("1.5", "KWD", 1500),
        ("999999999999.99", "CAD", 99999999999999),
    ],
)
def test_amounts_are_whole_minor_units_of_the_shops_currency(text: str, currency: str, minor: int) -> None:
    assert money(text, currency, "price") == (minor, currency)


def test_an_amount_may_name_its_own_currency() -> None:
    assert money({"amount": "4.50", "currencyCode": "USD"}, "CAD", "unitCost") == (450, "USD")


@pytest.mark.parametrize(
    "value", ["1e3", "1E2", "NaN", "Infinity", "-0.01", "1,299.00", " 1", "1.", ".5", "0.001", True, [], "١٢"]
)
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(BadRow) as refused:
        money(value, "CAD", "price")
    assert refused.value.column == "price"
    assert refused.value.hint


@pytest.mark.parametrize("value", [None, ""])
def test_no_amount_is_none(value: object) -> None:
    assert money(value, "CAD", "compareAtPrice") is None


@given(st.integers(0, 10**14), st.sampled_from(["CAD", "JPY", "KWD"]))
def test_every_amount_survives_being_written_as_shopify_does(minor: int, currency: str) -> None:
    digits = {"CAD": 2, "JPY": 0, "KWD": 3}[currency]
    whole, cents = divmod(minor, 10**digits)
    text = f"{whole}.{cents:0{digits}d}" if digits else str(whole)
    assert money(text, currency, "price") == (minor, currency)


# ids


@given(st.integers(2**53, 2**63))
def test_ids_stay_whole_however_large(number: int) -> None:
    assert numeric_id(f"gid://shopify/Product/{number}") == numeric_id(number) == numeric_id(str(number)) == str(number)


@pytest.mark.parametrize(
    "value", [None, "", 0, -1, 1.5, True, "abc", "gid://shopify/Product/", "gid://other/Product/1", "0", "１２"]
)
def test_what_is_no_id_is_refused(value: object) -> None:
    with pytest.raises(BadRow):
        numeric_id(value)


@pytest.mark.parametrize(
    ("gid", "parts"),
    [
        ("gid://shopify/ProductVariant/12", ("ProductVariant", "12")),
        ("gid://shopify/InventoryLevel/12?inventory_item_id=4", ("InventoryLevel", "12")),
        ("gid://shopify/Product/12/3", ("", "")),
        (12, ("", "")),
    ],
)
def test_a_gid_tells_a_kind_and_a_number(gid: object, parts: tuple[str, str]) -> None:
    assert gid_parts(gid) == parts


# moments


@given(st.integers(0, 10**8), st.integers(1, 10**6))
def test_of_two_states_of_one_second_the_one_seen_later_is_no_older(seconds: int, later: int) -> None:
    updated = datetime(2026, 3, 14, 8, 0, tzinfo=UTC)
    first = parse_iso(state_time(updated, updated + timedelta(seconds=seconds)))
    second = parse_iso(state_time(updated, updated + timedelta(seconds=seconds + later)))
    assert updated <= first <= second < updated + timedelta(seconds=1)


def test_states_seen_soon_after_each_other_are_told_apart() -> None:
    updated = datetime(2026, 3, 14, 8, 0, tzinfo=UTC)
    seen = [state_time(updated, updated + timedelta(seconds=d)) for d in (0, 1, 2, 60, 600)]
    assert seen == sorted(set(seen))


def test_a_state_that_seems_to_be_of_the_future_was_seen_at_once() -> None:
    updated = datetime(2026, 3, 14, 8, 0, 0, 700_000, tzinfo=UTC)
    assert state_time(updated, updated - timedelta(hours=1)) == "2026-03-14T08:00:00.000000Z"


# values


def test_tags_are_a_set_whether_listed_or_in_one_text() -> None:
    assert tags_of(["b", " a  c ", "b", ""]) == tags_of("b, a c,b") == ("a c", "b")


def test_a_category_is_a_path() -> None:
    assert category_of("Apparel & Accessories > Clothing > Shirts & Tops") == (
        "Apparel & Accessories",
        "Clothing",
        "Shirts & Tops",
    )
    assert category_of(None) == ()


def test_the_option_of_a_product_without_options_is_none() -> None:
    assert options_of([("Title", "Default Title")]) == ()
    assert options_of([("Size", "M"), ("Colour", None)]) == (("Size", "M"),)


@pytest.mark.parametrize(
    ("value", "unit", "grams"),
    [
        ("0.5", "KILOGRAMS", 500),
        (1, "POUNDS", 454),
        ("1", "OUNCES", 28),
        ("2.5", "GRAMS", 3),
        ("-1", "GRAMS", None),
        ("1", "STONE", None),
    ],
)
def test_weights_are_whole_grams(value: object, unit: str, grams: int | None) -> None:
    assert grams_of(value, unit) == grams

"""Whatever is told of a shop, and in whatever order: the catalogue ends as the shop was last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.model import product_id
from skuflow.kernel.money import Money
from tests.product_batches import CLIENT, variant
from tests.unit.catalog.window import ShopWindow, state

KEYS = ("shirt", "hat")


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """What happened in a shop, in order, and what was told of it: everything at least once, in any order."""
    happened: list[tuple[str, Any]] = []
    for at in range(1, draw(st.integers(2, 9))):
        key = draw(st.sampled_from(KEYS))
        if draw(st.integers(0, 4)) == 0:
            happened.append(("loses", (key, at)))
        else:
            rows = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True))
            numbers = [(draw(st.integers(1, 2)), draw(st.integers(0, 1))) for _ in rows]
            variants = [
                variant(r, n, p, quantity=q) for n, (r, (p, q)) in enumerate(zip(rows, numbers, strict=True), 1)
            ]
            happened.append(("shows", state(key, at, *variants, title=draw(st.sampled_from(["A", "B"])))))
    told = draw(st.permutations(happened + draw(st.lists(st.sampled_from(happened), max_size=3))))
    return happened, told


def facts(window: ShopWindow) -> dict[str, Any]:
    names = {product_id(CLIENT, "shopify", key): key for key in KEYS}
    known = window.products.get_many(CLIENT, names)
    visible = {names[name]: one for name, one in known.items() if one.is_visible}
    return {
        key: (one.title, [(v.key, v.position, v.price) for v in one.variants], units(window, key, one.variants))
        for key, one in visible.items()
    }


def units(window: ShopWindow, key: str, variants: Iterable[Any]) -> list[int | None]:
    return [window.units(key, v.key) for v in variants]


@given(stories())
def test_any_order_and_any_repetition_come_to_what_the_shop_showed_last(
    story: tuple[list[tuple[str, Any]], list[tuple[str, Any]]],
) -> None:
    happened, told = story
    window = ShopWindow()
    for what, said in told:
        if what == "shows":
            window.shows(said)
        else:
            window.loses(said[0], at=said[1])
    last: dict[str, Any] = {}
    for what, said in happened:
        last[said.key if what == "shows" else said[0]] = said if what == "shows" else None
    expected = {
        key: (
            said.title,
            [(v.key, place, Money(*v.price)) for place, v in enumerate(said.variants, 1)],
            [v.quantity for v in said.variants],
        )
        for key, said in last.items()
        if said is not None
    }
    assert facts(window) == expected

"""Quality's products, page by page: each once, in an order that does not change."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from skuflow.kernel.errors import Malformed
from skuflow.quality.products_store import SEGMENTS
from skuflow.quality.record_product import snapshot
from tests.doubles import FakeClock
from tests.functions.quality.copied_products import MINE, Copy, whole


@pytest.fixture
def copy(tables: Callable[[str], str], clock: FakeClock) -> Copy:
    return Copy(tables("quality"), clock)


def keep(copy: Copy, names: Iterable[str], version: int = 1) -> None:
    products = copy.products
    for name in names:
        products.keep(MINE, snapshot([whole(version, name)]))


def pages(copy: Copy, limit: int, each: Callable[[int], None] = lambda _number: None) -> list[str]:
    """Ids in the order of the pages."""
    found: list[str] = []
    after: str | None = ""
    number = 0
    while after is not None:
        products, after = copy.products.page(MINE, after, limit)
        assert len(products) <= limit
        found += [one.product_id for one in products]
        number += 1
        each(number)
    return found


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_pages_show_each_product_once_in_a_steady_order(copy: Copy, limit: int) -> None:
    names = [f"prd_{n:032x}" for n in range(20)]
    keep(copy, names)
    for name in names[::6]:
        copy.products.bury(MINE, name, 2)
    left = sorted(set(names) - set(names[::6]))
    shown = pages(copy, limit)
    assert sorted(shown) == left
    assert shown == pages(copy, 13)
    by_segment = [one.product_id for n in range(SEGMENTS) for one in copy.products.page_of_segment(MINE, n, "")[0]]
    assert shown == by_segment


def test_what_changes_while_it_is_paged_is_neither_lost_nor_shown_twice(copy: Copy) -> None:
    names = [f"prd_{n:032x}" for n in range(20)]
    keep(copy, names)
    shown = pages(copy, 3, lambda number: keep(copy, names[:5], number + 1))
    assert sorted(shown) == names


def test_no_products_are_one_empty_page(copy: Copy) -> None:
    assert copy.products.page(MINE, "", 10) == ((), None)
    assert copy.products.get_many(MINE, []) == {}


@pytest.mark.parametrize("cursor", ["x", "16#", "-1#a", "#", "²#"])
def test_a_cursor_that_is_none_of_ours_is_refused(copy: Copy, cursor: str) -> None:
    with pytest.raises(Malformed):
        copy.products.page(MINE, cursor, 10)

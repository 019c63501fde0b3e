"""Cutting products into files for the catalogue."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.contracts.sync import BatchHeader, SourceProduct
from skuflow.sync.batches import MAX_BYTES, MAX_PRODUCTS, batches

HEADER = BatchHeader(1, "imp_1", "cli_1", 7, "shopify", "2026-03-14T09:26:53.589Z", "CAD", ("title",), ("price",))


def product(number: int, size: int = 10) -> SourceProduct:
    return SourceProduct(f"p-{number}", (number,), True, title="x" * size)


@given(st.lists(st.integers(0, 400_000), max_size=12), st.integers(0, 250))
def test_files_hold_every_product_once_in_order_and_keep_the_limits(sizes: list[int], small: int) -> None:
    products = [product(number, size) for number, size in enumerate([*sizes, *[1] * small])]
    read: list[SourceProduct] = []
    for place, batch in enumerate(batches(products, HEADER)):
        first, *lines = batch.content.splitlines()
        header = msgspec.json.decode(first, type=BatchHeader)
        assert (header.batch, batch.number) == (7 + place, 7 + place)
        assert header.product_fields == HEADER.product_fields
        assert len(lines) == batch.products <= MAX_PRODUCTS
        assert len(lines) == 1 or sum(map(len, lines)) <= MAX_BYTES
        read += [msgspec.json.decode(line, type=SourceProduct) for line in lines]
    assert read == products


def test_the_same_products_give_the_same_bytes() -> None:
    products = [product(number) for number in range(250)]
    assert list(batches(products, HEADER)) == list(batches(iter(products), HEADER))


def test_no_products_give_no_file() -> None:
    assert list(batches([], HEADER)) == []


@pytest.mark.parametrize("count", [1, MAX_PRODUCTS, MAX_PRODUCTS + 1])
def test_a_file_is_closed_at_its_limit_of_products(count: int) -> None:
    assert [batch.products for batch in batches(map(product, range(count)), HEADER)] == (
        [count] if count <= MAX_PRODUCTS else [MAX_PRODUCTS, 1]
    )

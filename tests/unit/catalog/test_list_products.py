"""Filters that few products pass: pages end early, and go on where they ended."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from skuflow.catalog.inventory import ProductStock, VariantStock
from skuflow.catalog.list_products import MAX_EXAMINED, Filter, availability, list_products
from skuflow.catalog.model import Description, Product, Variant
from skuflow.catalog.product_view import product_view
from tests.doubles import START
from tests.fakes.catalog import FakeProducts, FakeSourceStock
from tests.product_batches import CLIENT

SHOWN = Description(START)


def a_product(number: int, *tags: str) -> Product:
    at = START + timedelta(seconds=number)
    return Product(f"prd_{number}", "file", str(number), at, at, title=f"P{number}", tags=tags, described=SHOWN)


def test_a_page_ends_early_rather_than_look_at_everything() -> None:
    products, stock = FakeProducts(), FakeSourceStock()
    for number in range(MAX_EXAMINED + 50):
        products.put(CLIENT, a_product(number, *(["rare"] if number == 10 else [])))

    def page(after: str | None) -> tuple[list[str], str | None]:
        found, rest = list_products(CLIENT, Filter(tag="rare"), products=products, stocks=stock, after=after, limit=5)
        return [one.product.title for one in found], rest

    first, after = page(None)
    assert (first, after is not None) == ([], True)
    assert page(after) == (["P10"], None)


def test_a_page_of_large_products_ends_before_it_is_too_large_to_be_sent() -> None:
    products, stock = FakeProducts(), FakeSourceStock()
    variants = tuple(Variant(f"var_{n:032x}", f"{n}", n, sku=f"SKU-{n}") for n in range(1000))
    for number in range(20):
        products.put(CLIENT, replace(a_product(number), variants=variants))
    pages: list[list[str]] = []
    after = None
    while not pages or after is not None:
        found, after = list_products(CLIENT, Filter(), products=products, stocks=stock, after=after, limit=200)
        body = [product_view(one.product, one.stock, with_cost=True) for one in found]
        assert len(json.dumps(body)) < 5_000_000
        pages.append([one.product.title for one in found])
    assert len(pages) > 1
    assert [title for page in pages for title in page] == [f"P{n}" for n in range(19, -1, -1)]


def test_a_product_can_be_had_if_one_variant_can() -> None:
    product = replace(a_product(1), variants=(Variant("s", "s"), Variant("m", "m")))

    def stocked(**there: bool) -> ProductStock:
        return ProductStock("prd_1", 1, tuple(VariantStock(name, False, in_stock=yes) for name, yes in there.items()))

    assert availability(product, None) == "in_stock"
    assert availability(product, stocked(s=False)) == "in_stock"
    assert availability(product, stocked(s=False, m=False)) == "out_of_stock"
    assert availability(product, stocked(s=False, m=False, gone=True)) == "out_of_stock"

"""One suite for the stores of products, batches and prices, whatever they keep their records in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from itertools import islice

import pytest

from skuflow.catalog.batch_store import AppliedBatch, BatchStore, DynamoBatchStore
from skuflow.catalog.model import Description, Image, Product, Variant, removed
from skuflow.catalog.price_history import PricePoint, Shift
from skuflow.catalog.price_store import BEHIND_ALL, DynamoPriceStore, PriceStore
from skuflow.catalog.product_store import DynamoProductStore, ProductStore, brand_prefix, category_prefix
from skuflow.catalog.projections import DynamoProjections, Projection, ProjectionStore
from skuflow.catalog.store import CatalogItem
from skuflow.contracts.catalog import ProductBatchApplied, RejectedRows
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import TooLarge, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import bind
from tests.doubles import START
from tests.fakes.catalog import FakeBatches, FakePrices, FakeProducts

MINE = ClientId("cli_0000000000000001")
THEIRS = ClientId("cli_0000000000000002")
CAUSE = Cause("request-1", "call-1")


@dataclass(frozen=True, slots=True)
class Stores:
    products: ProductStore
    batches: BatchStore
    prices: PriceStore
    projections: ProjectionStore


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        prices = FakePrices()
        return Stores(FakeProducts(), FakeBatches(), prices, prices)
    tables: Callable[[str], str] = request.getfixturevalue("tables")
    table = bind(CatalogItem, tables("catalog"))
    return Stores(DynamoProductStore(table), DynamoBatchStore(table), DynamoPriceStore(table), DynamoProjections(table))


def a_product(number: int = 1, **more: object) -> Product:
    at = START + timedelta(minutes=number)
    whole = {
        "title": f"Product {number}",
        "described": Description(START, 2, "0f"),
        "cause": CAUSE,
        "channel": "import",
    }
    return replace(Product(f"prd_{number:032x}", "shopify", f"p{number}", at, at), **{**whole, **more})  # type: ignore[arg-type]


FULL = a_product(
    1,
    description_html="<p>Crème &amp; <b>lin</b></p>",
    brand="Maison Été",
    category=("Apparel", "Shirts"),
    product_type="shirt",
    tags=("new", "été"),
    status="draft",
    url="https://shop.example/p1",
    images=(Image("https://cdn.example/1.jpg", "front"), Image("https://cdn.example/2.jpg")),
    more_images=(Image("https://cdn.example/3.jpg"),),
    attributes={"material": ("linen", "cotton")},
    external_ids={"asin": "B000000001"},
    variants=(
        Variant(
            "var_1",
            "s",
            2,
            sku="SH-S",
            options=(("Size", "S"), ("Colour", "")),
            price=Money(1999, "CAD"),
            compare_at=Money(2499, "CAD"),
            cost=Money(0, "CAD"),
            gtin="4006381333931",
            mpn="M-1",
            weight_grams=0,
            image="https://cdn.example/s.jpg",
            seen_at=START,
            seen_line=2,
            described="ab",
        ),
        Variant("var_2", "m", 3, price=Money(1299, "JPY")),
    ),
    observed_at=START,
    created_by="aa:1",
    changed_by=("aa:1", "aa:2"),
)


def ids(stores: Stores, index: str, prefix: str = "", after: str | None = None, client: ClientId = MINE) -> list[str]:
    found = stores.products.places(client, index, prefix, after)  # type: ignore[arg-type]
    return [place.product_id for place in found]


def test_a_product_comes_back_as_it_was_written(stores: Stores) -> None:
    stores.products.put(MINE, FULL)
    assert stores.products.get_many(MINE, [FULL.product_id]) == {FULL.product_id: FULL}


def test_a_bare_product_comes_back_as_it_was_written(stores: Stores) -> None:
    bare = Product("prd_1", "file", "k", START, START)
    stores.products.put(MINE, bare)
    assert stores.products.get_many(MINE, ["prd_1"]) == {"prd_1": bare}


def test_a_product_with_very_many_variants_comes_back_as_it_was_written(stores: Stores) -> None:
    variants = tuple(Variant(f"var_{n:032x}", f"k{n}", n, sku=f"SKU-{n}", price=Money(n, "CAD")) for n in range(2048))
    large = a_product(variants=variants)
    stores.products.put(MINE, large)
    assert stores.products.get_many(MINE, [large.product_id]) == {large.product_id: large}


def test_a_product_that_fits_into_no_item_is_refused(stores: Stores) -> None:
    noise = "".join(chr(0x4E00 + (n * 7919 + n * n) % 20000) for n in range(400_000))
    with pytest.raises(TooLarge):
        stores.products.put(MINE, a_product(description_html=noise))


def test_more_products_than_one_request_takes_are_read(stores: Stores) -> None:
    for number in range(1, 121):
        stores.products.put(MINE, a_product(number))
    wanted = [f"prd_{number:032x}" for number in range(1, 131)]
    assert sorted(stores.products.get_many(MINE, [*wanted, *wanted])) == wanted[:120]


def test_only_the_next_version_can_be_written(stores: Stores) -> None:
    stores.products.put(MINE, a_product())
    stores.products.put(MINE, a_product(version=2, title="Two"))
    for version in (1, 2, 4):
        with pytest.raises(VersionConflict):
            stores.products.put(MINE, a_product(version=version, title="Late"))
    assert stores.products.get_many(MINE, [a_product().product_id])[a_product().product_id].title == "Two"


def test_of_many_who_write_the_same_version_one_wins(stores: Stores) -> None:
    def write(name: str) -> bool:
        try:
            stores.products.put(MINE, a_product(title=name))
        except VersionConflict:
            return False
        return True

    names = [f"writer {number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = [name for name, written in zip(names, pool.map(write, names), strict=True) if written]
    kept = stores.products.get_many(MINE, [a_product().product_id])
    assert [product.title for product in kept.values()] == won


def test_another_client_sees_nothing_of_it(stores: Stores) -> None:
    stores.products.put(MINE, FULL)
    assert stores.products.get_many(THEIRS, [FULL.product_id]) == {}
    assert ids(stores, "listing", client=THEIRS) == []
    assert ids(stores, "brand", brand_prefix(FULL.brand), client=THEIRS) == []


def test_products_are_listed_newest_first_and_from_any_place_on(stores: Stores) -> None:
    for number in (2, 1, 3):
        stores.products.put(MINE, a_product(number))
    assert ids(stores, "listing") == [f"prd_{number:032x}" for number in (3, 2, 1)]
    newest = next(iter(stores.products.places(MINE, "listing", "", None)))
    assert ids(stores, "listing", after=newest.sort) == [f"prd_{number:032x}" for number in (2, 1)]


def test_a_listing_longer_than_a_page_is_read_to_its_end_and_no_further_than_asked(stores: Stores) -> None:
    for number in range(1, 131):
        stores.products.put(MINE, a_product(number))
    assert len(ids(stores, "listing")) == 130
    assert len(list(islice(stores.products.places(MINE, "listing", "", None), 5))) == 5


def test_a_brand_is_found_however_it_is_written(stores: Stores) -> None:
    stores.products.put(MINE, a_product(1, brand="Maison Été"))
    stores.products.put(MINE, a_product(2, brand="maison-ete"))
    stores.products.put(MINE, a_product(3, brand="Maison Été Paris"))
    stores.products.put(MINE, a_product(4))
    assert ids(stores, "brand", brand_prefix("MAISON ÉTÉ")) == [f"prd_{number:032x}" for number in (1, 2)]


def test_a_category_holds_everything_below_it_and_nothing_beside_it(stores: Stores) -> None:
    paths = [("Apparel",), ("Apparel", "Shirts"), ("Apparel", "Shirts", "Linen"), ("Apparel Care",), ("Shirts",), ()]
    for number, path in enumerate(paths, start=1):
        stores.products.put(MINE, a_product(number, category=path))
    assert ids(stores, "category", category_prefix(("apparel",))) == sorted(f"prd_{n:032x}" for n in (1, 2, 3))
    assert ids(stores, "category", category_prefix(("Apparel", "Shirts"))) == sorted(f"prd_{n:032x}" for n in (2, 3))


def test_very_long_names_are_indexed_too(stores: Stores) -> None:
    stores.products.put(MINE, a_product(brand="भ" * 600, category=("ü" * 500,) * 10))
    assert len(ids(stores, "brand", brand_prefix("भ" * 600))) == 1
    assert len(ids(stores, "category", category_prefix(("ü" * 500,) * 10))) == 1


def test_removed_and_undescribed_products_are_in_no_list(stores: Stores) -> None:
    gone = a_product(1, brand="Acme", category=("A",))
    stores.products.put(MINE, gone)
    stores.products.put(MINE, removed(gone, START, "api", CAUSE))
    stores.products.put(MINE, a_product(2, brand="Acme", category=("A",), described=None))
    assert ids(stores, "listing") == ids(stores, "brand", "acme#") == ids(stores, "category", "a>") == []
    assert set(stores.products.get_many(MINE, [gone.product_id])) == {gone.product_id}


@pytest.mark.parametrize(
    ("kind", "code"),
    [("sku", "SH-S"), ("gtin", "4006381333931"), ("gtin", "04006381333931"), ("mpn", "M-1"), ("asin", "b000000001")],
)
def test_a_product_is_found_by_its_codes(stores: Stores, kind: str, code: str) -> None:
    from skuflow.catalog.codes import codes_of

    stores.products.put(MINE, FULL)
    stores.projections.write([Projection(MINE, FULL.product_id, found_by=codes_of(FULL))])
    assert stores.products.with_code(MINE, kind, code) == [FULL.product_id]  # type: ignore[arg-type]
    assert stores.products.with_code(THEIRS, kind, code) == []  # type: ignore[arg-type]


def test_a_batch_is_applied_once_and_its_first_outcome_stands(stores: Stores) -> None:
    def applied(created: int) -> AppliedBatch:
        rejected = (RejectedRows((3,), "price", "", "is missing", ""),)
        outcome = ProductBatchApplied("imp_1", 7, 1, created, 0, 0, created, 0, 0, rejected)
        return AppliedBatch(outcome, START, CAUSE)

    assert not stores.batches.is_applied(MINE, "imp_1", 7)
    stores.batches.record(MINE, applied(1))
    stores.batches.record(MINE, applied(0))
    assert stores.batches.is_applied(MINE, "imp_1", 7)
    assert not stores.batches.is_applied(MINE, "imp_1", 8)
    assert not stores.batches.is_applied(THEIRS, "imp_1", 7)


def a_point(minutes: int, mark: str = "P0000000001", offer_id: str = "", **shifts: Shift) -> PricePoint:
    at = (START + timedelta(minutes=minutes)).astimezone(UTC)
    return PricePoint(at, mark, "import", shifts, offer_id)


POINTS = [
    a_point(0, var_1=Shift(True, Money(1999, "CAD"), Money(2499, "CAD")), var_2=Shift(True, Money(1299, "JPY"))),
    a_point(0, "S0000000001", var_1=Shift(available=False), var_2=Shift(available=True)),
    a_point(5, "P0000000002", var_1=Shift(True, None), var_2=Shift(True, Money(0, "JPY"), available=True)),
]


def kept(stores: Stores, begin: str = "", minutes: int = 60, offer_id: str = "") -> list[PricePoint]:
    until = START + timedelta(minutes=minutes)
    return list(stores.prices.points(MINE, "prd_1", offer_id, begin, until))


def test_price_points_come_back_in_order_as_they_were_written(stores: Stores) -> None:
    stores.projections.write([Projection(MINE, "prd_1", point) for point in reversed(POINTS)])
    stores.projections.write([Projection(MINE, "prd_1", POINTS[0])])
    assert kept(stores) == POINTS
    assert kept(stores, minutes=0) == POINTS[:2]
    assert list(stores.prices.points(THEIRS, "prd_1", "", "", START + timedelta(days=1))) == []


def test_price_points_are_read_from_any_moment_both_ways(stores: Stores) -> None:
    stores.projections.write([Projection(MINE, "prd_1", point) for point in POINTS])
    first, second = iso(POINTS[0].at), iso(POINTS[2].at)
    for position, number in (
        ("", 0),
        (first, 0),
        (first + BEHIND_ALL, 2),
        (second, 2),
        (second + BEHIND_ALL, 3),
        ("9999", 3),
    ):
        assert kept(stores, position) == POINTS[number:]
        assert list(stores.prices.points_before(MINE, "prd_1", "", position)) == POINTS[:number][::-1]


def test_an_offers_points_are_a_series_of_their_own(stores: Stores) -> None:
    own, other = (
        a_point(1, "O1", "shop-1", **{"": Shift(True, Money(5, "CAD"))}),
        a_point(1, "O1", "shop", **{"": Shift(True)}),
    )
    stores.projections.write([Projection(MINE, "prd_1", point) for point in (POINTS[0], own, other)])
    assert kept(stores, offer_id="shop-1") == [own]
    assert kept(stores, offer_id="shop") == [other]
    assert kept(stores) == POINTS[:1]

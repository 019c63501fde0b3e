"""Reading the results of bulk operations: what is in them, and what becomes of lines that are not as they should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from skuflow.kernel.currency import MINOR_DIGITS
from tests.doubles import FakeClock
from tests.functions.sync.bulk_world import SHOP, BulkWorld, make_bulk_world
from tests.shopify_result import FIRST_ID, catalogue_lines, encoded, media_line, product_line, shuffled, variant_line

LAMPS = catalogue_lines(range(6), variants=3)


@pytest.fixture
def world(tables: Callable[[str], str], clock: FakeClock) -> BulkWorld:
    return make_bulk_world(tables("sync"), clock)


def key(number: int) -> str:
    return str(FIRST_ID + number)


# what is in a result


def test_products_are_joined_with_their_variants_and_pictures(world: BulkWorld) -> None:
    run = world.read(encoded(catalogue_lines(range(3))))
    assert (run.status, run.totals.products, run.totals.variants, run.totals.lines) == ("applying", 3, 6, 12)
    lamp = world.products()[key(1)]
    assert (lamp.title, lamp.brand, lamp.category[-1], lamp.tags) == ("Lamp 1", "Lumen", "Lamps", ("brass", "lamp"))
    assert [variant.price for variant in lamp.variants] == [(1101, "CAD"), (1102, "CAD")]
    assert [image.url for image in lamp.images] == ["https://cdn.example.com/lamp-1-1.jpg?v=1"]


def test_the_order_of_lines_means_nothing(world: BulkWorld) -> None:
    lines = catalogue_lines(range(40), variants=5)
    world.read(encoded(lines), "run_1")
    world.read(encoded(shuffled(lines)), "run_2")
    assert world.products("run_1") == world.products("run_2")
    assert world.snapshot("run_1") == world.snapshot("run_2") == sorted(map(key, range(40)))


def test_children_may_lie_in_their_parent(world: BulkWorld) -> None:
    """As in the answer to a query, with nodes or with edges."""
    flat = catalogue_lines([1])
    product, first, second, picture = ({k: v for k, v in line.items() if k != "__parentId"} for line in flat)
    nested = {**product, "variants": {"edges": [{"node": first}, {"node": second}]}, "media": {"nodes": [picture]}}
    world.read(encoded([nested]), "run_1")
    world.read(encoded(flat), "run_2")
    assert world.products("run_1") == world.products("run_2")


def test_ids_beyond_what_a_float_holds_stay_whole(world: BulkWorld) -> None:
    world.read(encoded(LAMPS))
    lamp = world.products()[key(2)]
    assert (lamp.key, lamp.external_ids["shopify"]) == (
        "9007199254740995",
        "gid://shopify/Product/9007199254740995",
    )
    assert [variant.key for variant in lamp.variants] == [str(FIRST_ID + 20_000 + index) for index in (1, 2, 3)]


def test_a_product_with_2048_variants_is_one_product(world: BulkWorld) -> None:
    run = world.read(encoded(shuffled(catalogue_lines([4], variants=2048))))
    [batch] = world.batches()
    [product] = batch.products
    assert (run.totals.variants, len(product.variants), product.variants[2047].line) == (2048, 2048, 2048)
    assert batch.header.complete


def test_a_batch_says_whose_and_what_it_is(world: BulkWorld) -> None:
    world.read(encoded(LAMPS))
    [batch] = world.batches()
    header = batch.header
    assert (header.import_id, header.batch, header.source) == ("run_1", 1, f"shopify:{SHOP}")
    assert (header.observed_at, header.currency, header.complete) == ("2026-03-14T09:00:00.000Z", "CAD", True)
    assert {"title", "images", "external_ids"} <= set(header.product_fields)
    assert {"price", "quantity", "tracked", "cost"} <= set(header.variant_fields)


def test_batches_hold_no_more_products_than_an_imports(world: BulkWorld) -> None:
    world.read(encoded(catalogue_lines(range(230))))
    assert [len(batch.products) for batch in world.batches()] == [100, 100, 30]
    assert [batch.header.batch for batch in world.batches()] == [1, 2, 3]


def test_a_catalogue_without_products_is_read_too(world: BulkWorld) -> None:
    run = world.read(b"", url="", objects=0)
    assert (run.status, run.totals.products, world.batches(), world.snapshot()) == ("applying", 0, [], [])
    assert world.served.asked == []


def test_an_empty_file_is_a_catalogue_without_products(world: BulkWorld) -> None:
    assert world.read(b"").status == "applying"
    assert world.snapshot() == []


@pytest.mark.parametrize(
    ("currency", "text", "minor"), [("JPY", "1299.00", 1299), ("KWD", "1.250", 1250), ("CAD", "0.07", 7)]
)
def test_prices_are_exact_in_every_currency(world: BulkWorld, currency: str, text: str, minor: int) -> None:
    line = variant_line(1, 1, price=text)
    line["inventoryItem"]["unitCost"] = None
    world.read(encoded([product_line(1), line]), currency=currency)
    assert world.products()[key(1)].variants[0].price == (minor, currency)
    assert currency in MINOR_DIGITS


def test_pictures_stand_alike_in_whatever_order_they_come(world: BulkWorld) -> None:
    """The shop's first picture first; of the others no line tells the place."""
    pictures = [media_line(1, index) for index in (3, 1, 2)]
    product = product_line(1, featuredMedia={"id": media_line(1, 2)["id"]})
    world.read(encoded([product, variant_line(1, 1), *pictures]), "run_1")
    world.read(encoded([*reversed(pictures), variant_line(1, 1), product]), "run_2")
    assert [image.url[-9:-4] for image in world.products("run_1")[key(1)].images] == ["2.jpg", "1.jpg", "3.jpg"]
    assert world.products("run_1") == world.products("run_2")


# what a query has left out


def test_what_the_file_does_not_tell_is_not_covered(world: BulkWorld) -> None:
    product = {"id": product_line(1)["id"], "title": "Lamp"}
    variant = {"id": variant_line(1, 1)["id"], "price": "19.99", "inventoryQuantity": 4, "__parentId": product["id"]}
    world.read(encoded([product, variant]))
    [batch] = world.batches()
    assert batch.header.product_fields == ("title", "external_ids")
    assert batch.header.variant_fields == ("price",), "a quantity alone would say that units are counted"


def test_products_that_are_told_differently_do_not_share_a_batch(world: BulkWorld) -> None:
    short = {"id": product_line(2)["id"], "title": "Short"}
    world.read(encoded([*catalogue_lines([1]), short, variant_line(2, 1)]))
    covers = {batch.products[0].title: batch.header.product_fields for batch in world.batches()}
    assert "brand" in covers["Lamp 1"]
    assert covers["Short"] == ("title", "images", "external_ids"), "pictures were asked for: this product has none"


def test_pictures_are_left_alone_if_nobody_asked_for_them(world: BulkWorld) -> None:
    product = product_line(1)
    del product["featuredMedia"]
    world.read(encoded([product, variant_line(1, 1)]))
    assert "images" not in world.batches()[0].header.product_fields


# lines that are not as they should be


CUT = encoded([product_line(9)])[:-30] + b"\n"
UNREADABLE: dict[str, tuple[bytes, str]] = {
    "cut in half": (CUT, "not a whole JSON object"),
    "no UTF-8": (b'{"id":"gid://shopify/Product/5","title":"\xff\xfe"}\n', "not UTF-8"),
    "no object": (b"[1, 2]\n", "not a whole JSON object"),
    "too long": (
        b'{"id":"gid://shopify/Product/5","title":"' + b"x" * 5_000_000 + b'"}\n',
        "longer than 4194304 bytes",
    ),
    "no id": (b'{"title":"Lamp"}\n', "without an id of Shopify's"),
    "a variant of nobody": (b'{"id":"gid://shopify/ProductVariant/5"}\n', "does not say which product"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("place", [0, 7, len(LAMPS)])
def test_a_line_that_cannot_be_read_is_rejected_with_its_place(world: BulkWorld, kind: str, place: int) -> None:
    world.served.piece = 100_000
    content, reason = UNREADABLE[kind]
    before = encoded(LAMPS[:place])
    run = world.read(before + content + encoded(LAMPS[place:]))
    [remark] = world.remarks()
    assert (remark.line, remark.severity) == (place + 1, "error")
    assert reason in remark.reason
    assert f"at byte {len(before)} of the file" in remark.reason
    assert len(remark.value) <= 200
    assert (run.status, run.totals.rejected, sorted(world.products())) == ("applying", 1, sorted(map(key, range(6))))
    assert (run.snapshot, {batch.header.complete for batch in world.batches()}) == (None, {False})


def test_a_file_that_ends_in_the_middle_of_a_line_loses_that_line_alone(world: BulkWorld) -> None:
    run = world.read(encoded(LAMPS) + CUT.rstrip(b"\n"), partial=True)
    assert (run.totals.lines, run.totals.rejected, run.totals.products, run.snapshot) == (len(LAMPS) + 1, 1, 6, None)


def test_a_partial_result_concludes_nothing_from_what_is_missing(world: BulkWorld) -> None:
    run = world.read(encoded(LAMPS), partial=True)
    assert (run.status, run.snapshot, {batch.header.complete for batch in world.batches()}) == (
        "applying",
        None,
        {False},
    )


def test_lines_of_other_kinds_are_counted_and_left_out(world: BulkWorld) -> None:
    others: list[dict[str, Any]] = [
        {"id": "gid://shopify/Order/1", "name": "#1001"},
        {"id": "gid://shopify/LineItem/2", "__parentId": "gid://shopify/Order/1"},
        {"id": "gid://shopify/Customer/3", "email": "someone@example.com"},
        {"id": "gid://shopify/Collection/4", "__parentId": product_line(1)["id"]},
        {"id": "gid://shopify/Video/5", "__parentId": product_line(1)["id"]},
        {"id": "gid://shopify/Metafield/6", "value": "x", "__parentId": variant_line(1, 1)["id"]},
        {"value": "no id, and no picture", "__parentId": product_line(1)["id"]},
    ]
    run = world.read(encoded([*LAMPS, *others]) + b"\n")
    assert (run.totals.ignored, run.totals.rejected, run.totals.products) == (8, 0, 6)
    assert world.snapshot() == sorted(map(key, range(6)))


def test_children_whose_parent_never_comes_are_rejected(world: BulkWorld) -> None:
    run = world.read(encoded([*LAMPS, variant_line(77, 1), media_line(77)]))
    assert [(row.line, row.column) for row in world.remarks()] == [
        (len(LAMPS) + 1, "__parentId"),
        (len(LAMPS) + 2, "__parentId"),
    ]
    assert f"gid://shopify/Product/{key(77)} is not in the file" in world.remarks()[0].reason
    assert run.totals.rejected == 2
    assert key(77) in world.snapshot(), "the shop has it, or it would have no children"


def test_a_line_that_comes_twice_counts_once(world: BulkWorld) -> None:
    run = world.read(encoded([*LAMPS, product_line(2), variant_line(2, 1)]))
    assert (run.totals.products, run.totals.variants, run.totals.ignored, run.totals.rejected) == (6, 18, 2, 0)


def test_of_two_products_with_one_id_the_first_is_taken(world: BulkWorld) -> None:
    world.read(encoded([*LAMPS, product_line(2, title="Another"), variant_line(2, 1, price="1.00")]))
    assert world.products()[key(2)].title == "Lamp 2"
    assert [(row.line, row.reason) for row in world.remarks()] == [
        (len(LAMPS) + 1, "the same product as on line 11, but otherwise"),
        (len(LAMPS) + 2, "the same variant as on line 12, but otherwise"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("price", "1e3", "not an amount of money"),
        ("price", "-4.00", "a price cannot be negative"),
        ("price", "19.999", "more decimals"),
        ("price", 1e400, "not an amount of money"),
        ("compareAtPrice", "twelve", "not an amount of money"),
        ("inventoryQuantity", 1.5, "not a count of pieces"),
        ("sku", "x" * 256, "not an SKU"),
    ],
)
def test_a_value_that_cannot_be_taken_rejects_its_variant_alone(
    world: BulkWorld, field: str, value: object, reason: str
) -> None:
    lines = [product_line(1), variant_line(1, 1), variant_line(1, 2, **{field: value}), *catalogue_lines([2])]
    content = encoded(lines).replace(b"Infinity", b"1e400")
    run = world.read(content)
    [remark] = world.remarks()
    assert (remark.line, remark.column, bool(remark.hint)) == (3, field, True)
    assert reason in remark.reason
    assert (run.totals.rejected, len(world.products()[key(1)].variants)) == (1, 1)
    covered = {batch.products[0].key: batch.header.complete for batch in world.batches()}
    assert covered == {key(1): False, key(2): True}, "a variant that was rejected is not gone"
    assert run.snapshot is not None


def test_a_barcode_that_is_none_costs_the_barcode(world: BulkWorld) -> None:
    world.read(
        encoded(
            [product_line(1), variant_line(1, 1, barcode="5012345678901"), variant_line(1, 2, barcode="5012345678900")]
        )
    )
    assert [variant.gtin for variant in world.products()[key(1)].variants] == [None, "5012345678900"]
    assert [(row.line, row.column, row.severity) for row in world.remarks()] == [(2, "barcode", "warning")]


def test_a_product_without_a_title_is_rejected_and_not_gone(world: BulkWorld) -> None:
    run = world.read(encoded([*LAMPS, product_line(8, title=" "), variant_line(8, 1)]))
    assert [(row.line, row.column) for row in world.remarks()] == [(len(LAMPS) + 1, "title")]
    assert (run.totals.rejected, key(8) in world.products(), key(8) in world.snapshot()) == (1, False, True)


def test_a_run_without_a_currency_fails_and_says_so(world: BulkWorld) -> None:
    run = world.read(encoded(LAMPS), currency="")
    assert (run.status, run.failure and run.failure.code) == ("failed", "invalid")

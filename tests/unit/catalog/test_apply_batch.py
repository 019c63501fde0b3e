"""A batch applied: what becomes of its rows."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from skuflow.catalog.apply_batch import apply_batch
from skuflow.catalog.change_product import Making, remove_product
from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.kernel.errors import Malformed, NotFound
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money
from tests.doubles import START, CountedIds
from tests.product_batches import CLIENT, Batch, part, product, variant
from tests.unit.catalog.catalogue import HAT, SHIRT, Catalogue


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


def test_a_first_import_creates_every_row(catalogue: Catalogue) -> None:
    outcome = catalogue.apply(Batch((SHIRT, HAT)))
    assert outcome == ProductBatchApplied("imp_00000000000000000000000000000001", 1, 2, 3, 0, 0, 2, 0, 0)
    assert catalogue.product("shirt").title == "Shirt"
    assert (catalogue.units("shirt", "s"), catalogue.units("hat", "h")) == (3, 1)


def test_the_same_file_again_writes_nothing(catalogue: Catalogue) -> None:
    first = Batch((SHIRT, HAT))
    catalogue.apply(first)
    writes = len(catalogue.products.writes)
    stock = catalogue.stock.get_many(CLIENT, [catalogue.product("shirt").product_id])
    assert catalogue.rows(first.later()) == (0, 0, 3, 0)
    assert len(catalogue.products.writes) == writes
    assert catalogue.stock.get_many(CLIENT, [catalogue.product("shirt").product_id]) == stock


def test_a_changed_price_updates_its_row_and_no_other(catalogue: Catalogue) -> None:
    first = Batch((SHIRT, HAT))
    catalogue.apply(first)
    cheaper = product("shirt", variant("s", 2, 1500, quantity=3), variant("m", 3, quantity=5))
    outcome = catalogue.apply(first.later(cheaper, HAT))
    assert outcome is not None
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 1, 2)
    assert (outcome.products_created, outcome.products_updated, outcome.products_unchanged) == (0, 1, 1)
    assert catalogue.product("shirt").version == 2
    assert catalogue.product("hat").version == 1


def test_a_changed_count_alone_updates_the_row_and_leaves_the_product_unwritten(catalogue: Catalogue) -> None:
    first = Batch((HAT,))
    catalogue.apply(first)
    assert catalogue.rows(first.later(product("hat", variant("h", 4, 500, quantity=9)))) == (0, 1, 0, 0)
    assert (catalogue.units("hat", "h"), catalogue.product("hat").version) == (9, 1)


def test_a_file_without_stock_leaves_stock_alone(catalogue: Catalogue) -> None:
    first = Batch((HAT,))
    catalogue.apply(first)
    later = replace(first.later(product("hat", variant("h", 4, 600))), variant_fields=("price",))
    assert catalogue.rows(later) == (0, 1, 0, 0)
    assert catalogue.units("hat", "h") == 1


def test_an_older_file_overwrites_neither_prices_nor_stock(catalogue: Catalogue) -> None:
    newer = Batch((product("hat", variant("h", 4, 600, quantity=9)),)).later()
    catalogue.apply(newer)
    assert catalogue.rows(Batch((HAT,))) == (0, 0, 1, 0)
    assert catalogue.product("hat").variants[0].price == Money(600, "CAD")
    assert catalogue.units("hat", "h") == 9


def test_an_older_count_does_not_overwrite_a_newer_one_of_a_product_that_is_otherwise_the_same(
    catalogue: Catalogue,
) -> None:
    first = Batch((HAT,))
    catalogue.apply(first)
    catalogue.apply(first.later(product("hat", variant("h", 4, 500, quantity=9)), minutes=60))
    between = replace(
        first.later(product("hat", variant("h", 4, 500, quantity=2)), minutes=30), import_id="imp_" + "9" * 32
    )
    assert catalogue.rows(between) == (0, 0, 1, 0)
    assert catalogue.units("hat", "h") == 9


def test_rows_that_break_a_rule_are_rejected_and_the_rest_is_applied(catalogue: Catalogue) -> None:
    bad = product("shirt", variant("s", 2), variant("m", 3, -5), title="Shirt")
    outcome = catalogue.apply(Batch((bad, product("nameless", variant("n", 5), title=""))))
    assert outcome is not None
    assert (outcome.products, outcome.created, outcome.products_created) == (2, 1, 1)
    assert [(r.lines, r.field, r.value) for r in outcome.rejected] == [((3,), "price", "-0.05"), ((5,), "title", "")]
    assert [v.key for v in catalogue.product("shirt").variants] == ["s"]


def test_rows_of_a_product_that_nobody_knows_are_rejected_where_the_file_has_no_titles(catalogue: Catalogue) -> None:
    prices = replace(Batch((part("shirt", variant("s", 2)),)), product_fields=())
    outcome = catalogue.apply(prices)
    assert outcome is not None
    assert [(r.lines, r.field, r.hint) for r in outcome.rejected] == [((2,), "key", "import it with a title first")]
    assert catalogue.products.writes == []


def test_a_product_that_is_too_large_is_rejected(catalogue: Catalogue) -> None:
    noise = hashlib.shake_256(b"noise").hexdigest(500_000)
    rows = [variant(f"v{n}", n + 2, options=(("Size", noise[n * 1000 : n * 1000 + 1000]),)) for n in range(1000)]
    outcome = catalogue.apply(Batch((product("huge", *rows), HAT)))
    assert outcome is not None
    assert (outcome.created, len(outcome.rejected[0].lines), outcome.rejected[0].field) == (1, 1000, "product")


def test_many_rejections_fit_into_an_event_and_lose_no_line(catalogue: Catalogue) -> None:
    rows = [variant(f"v{n}", n + 2, gtin=f"not a code {n} " + "x" * 150) for n in range(2000)]
    outcome = catalogue.apply(Batch((product("shirt", *rows),)))
    assert outcome is not None
    assert [r.lines for r in outcome.rejected] == [tuple(range(2, 2002))]


def test_rejections_that_fit_keep_their_values(catalogue: Catalogue) -> None:
    rows = [variant("a", 2, gtin="1"), variant("b", 3, gtin="2"), variant("c", 4, gtin="1")]
    outcome = catalogue.apply(Batch((product("shirt", *rows),)))
    assert outcome is not None
    assert [(r.value, r.lines) for r in outcome.rejected] == [("1", (2, 4)), ("2", (3,))]


def test_a_removed_product_is_revived_by_a_later_import_and_by_no_earlier_one(catalogue: Catalogue) -> None:
    first = Batch((SHIRT,))
    catalogue.apply(first)
    name = catalogue.product("shirt").product_id
    making = Making(CLIENT, START + timedelta(minutes=90), Cause("r"), CountedIds())
    remove_product(name, None, making, catalogue.products)
    assert catalogue.rows(first.later(minutes=60)) == (0, 0, 2, 0)
    assert catalogue.rows(first.later(minutes=60).later(minutes=60)) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"not json\n", "line 1"),
        (b'{"schema_version":1}\n', "line 1"),
        (Batch((SHIRT,)).content() + b'{"key":1}\n', "line 3"),
        (Batch((SHIRT,), client_id=CLIENT[:-1] + "9").content(), "another client"),
        (Batch((SHIRT,), number=2).content(), "another client, import or batch"),
        (Batch((SHIRT,)).content().replace(b'"schema_version":1', b'"schema_version":2', 1), "version 2"),
    ],
)
def test_a_file_that_is_not_the_batch_is_refused_and_nothing_is_written(
    content: bytes, reason: str, catalogue: Catalogue
) -> None:
    batch = Batch((SHIRT, HAT))
    catalogue.files.add(batch.key, content)
    with pytest.raises(Malformed, match=reason):
        apply_batch(CLIENT, batch.ready, batch.cause, catalogue.stores)
    assert catalogue.products.writes == []


def test_a_file_that_is_gone_is_refused(catalogue: Catalogue) -> None:
    batch = Batch((SHIRT,))
    with pytest.raises(NotFound, match="is gone"):
        apply_batch(CLIENT, batch.ready, batch.cause, catalogue.stores)


def test_files_of_several_sources_make_products_of_their_own(catalogue: Catalogue) -> None:
    catalogue.apply(Batch((SHIRT,)))
    catalogue.apply(Batch((SHIRT,), source="woocommerce", import_id="imp_" + "7" * 32))
    assert catalogue.product("shirt").product_id != catalogue.product("shirt", "woocommerce").product_id

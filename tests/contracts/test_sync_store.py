"""One suite for the sync stores, whatever they keep their records in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from skuflow.contracts.catalog import ProductBatchApplied, RejectedRows
from skuflow.kernel.errors import NotFound, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import bind
from skuflow.sync.column_mapping import SavedMapping
from skuflow.sync.import_store import DynamoImports, ImportStore
from skuflow.sync.mapping_store import DynamoMappings, MappingStore
from skuflow.sync.model import BatchFile, Import, Refusal, Slice, Tally, answered, asking, received, stopped
from skuflow.sync.progress_store import DynamoProgress, ProgressStore, Rejections
from skuflow.sync.reading.plan import Suggestion
from skuflow.sync.reading.source import Checkpoint
from skuflow.sync.store import SyncItem
from tests.doubles import START
from tests.fakes.sync import FakeImports, FakeMappings, FakeProgress
from tests.interleaving import interleaved

MINE = ClientId("cli_0000000000000001")
THEIRS = ClientId("cli_0000000000000002")
CAUSE = Cause("request-1", "call-1")


@dataclass(frozen=True, slots=True)
class Stores:
    imports: ImportStore
    progress: ProgressStore
    mappings: MappingStore


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        return Stores(FakeImports(), FakeProgress(), FakeMappings())
    tables: Callable[[str], str] = request.getfixturevalue("tables")
    table = bind(SyncItem, tables("sync"))
    return Stores(DynamoImports(table), DynamoProgress(table), DynamoMappings(table))


def an_import(number: int = 1, minutes: int = 0) -> Import:
    at = START + timedelta(minutes=minutes)
    return Import(
        import_id=f"imp_{number}",
        file_name="spring.csv",
        currency="CAD",
        status="awaiting_upload",
        created_at=at,
        updated_at=at,
        upload_key=f"uploads/{MINE}/imp_{number}/spring.csv",
        cause=CAUSE,
    )


def a_slice(number: int, *, done: bool = False) -> Slice:
    return Slice(
        number=number,
        next=Checkpoint(number * 1000, number * 10, number * 9),
        done=done,
        bucket="bucket",
        files=(BatchFile(number, f"batches/{number}", 3),),
        rejects_key=None,
        source="shopify",
        observed_at=START,
        read_at=START,
        batches=number,
        products=number * 3,
        rejected=number,
        warnings=0,
    )


def an_outcome(batch: int, *, rejected: tuple[RejectedRows, ...] = ()) -> ProductBatchApplied:
    return ProductBatchApplied(
        import_id="imp_1",
        batch=batch,
        products=4,
        created=batch,
        updated=2,
        unchanged=1,
        products_created=1,
        products_updated=1,
        products_unchanged=1,
        rejected=rejected,
    )


def a_mapping(number: int) -> SavedMapping:
    return SavedMapping(f"map_{number}", f"Supplier {number}", {"title": "Name", "price": "Our price"}, START, START)


def test_an_import_comes_back_as_it_was_saved(stores: Stores) -> None:
    suggestion = Suggestion({"title": "x" * 300_000}, {"title": 0.75}, ("price",), ("Größe",))
    item = received(an_import(), '"etag"', 1234, START + timedelta(seconds=1))
    first = stores.imports.save(MINE, asking(item, suggestion, START))
    second = stores.imports.save(MINE, answered(first, {"title": "Name"}, START + timedelta(milliseconds=7)))
    last = stores.imports.save(MINE, stopped(second, "refused", Refusal("empty", "d", "r"), START))
    assert (first.version, second.version, last.version) == (1, 2, 3)
    assert stores.imports.get(MINE, "imp_1") == last
    assert last.suggestion == suggestion


def test_an_import_of_another_client_is_not_there(stores: Stores) -> None:
    stores.imports.save(MINE, an_import())
    with pytest.raises(NotFound):
        stores.imports.get(THEIRS, "imp_1")
    assert stores.imports.page(THEIRS, 10, None) == ([], None)


def test_the_second_of_two_writers_is_refused(stores: Stores) -> None:
    read = stores.imports.save(MINE, an_import())
    stores.imports.save(MINE, received(read, "a", 1, START))
    with pytest.raises(VersionConflict):
        stores.imports.save(MINE, received(read, "b", 2, START))
    with pytest.raises(VersionConflict):
        stores.imports.save(MINE, an_import())
    assert stores.imports.get(MINE, "imp_1").etag == "a"


def test_imports_are_listed_newest_first_page_by_page(stores: Stores) -> None:
    for number in range(5):
        stores.imports.save(MINE, an_import(number, minutes=number))
    stores.imports.save(THEIRS, an_import(9, minutes=9))
    seen: list[str] = []
    position = None
    while True:
        items, position = stores.imports.page(MINE, 2, position)
        seen += [item.import_id for item in items]
        if position is None:
            break
    assert seen == ["imp_4", "imp_3", "imp_2", "imp_1", "imp_0"]


def test_a_slice_is_stored_once(stores: Stores) -> None:
    assert stores.progress.last_slice(MINE, "imp_1") is None
    stores.progress.add_slice(MINE, "imp_1", a_slice(1), CAUSE)
    with pytest.raises(VersionConflict):
        stores.progress.add_slice(MINE, "imp_1", replace(a_slice(1), done=True), CAUSE)
    assert stores.progress.last_slice(MINE, "imp_1") == a_slice(1)
    assert stores.progress.last_slice(THEIRS, "imp_1") is None


def test_slices_come_in_the_order_of_the_file(stores: Stores) -> None:
    for number in (1, 2, 11, 10, 9):
        stores.progress.add_slice(MINE, "imp_1", a_slice(number), CAUSE)
    stores.progress.add_slice(MINE, "imp_2", a_slice(99), CAUSE)
    assert [part.number for part in stores.progress.slices(MINE, "imp_1")] == [1, 2, 9, 10, 11]
    last = stores.progress.last_slice(MINE, "imp_1")
    assert last is not None
    assert last.number == 11


def test_an_outcome_is_counted_once_however_often_it_is_told(stores: Stores) -> None:
    rejected = (RejectedRows((4, 5), "price", "x", "not a price", "write 12.99"),)
    assert stores.progress.tally(MINE, "imp_1") == Tally()
    assert stores.progress.count_outcome(MINE, an_outcome(2, rejected=rejected), START)
    assert not stores.progress.count_outcome(MINE, an_outcome(2, rejected=rejected), START)
    assert stores.progress.count_outcome(MINE, an_outcome(1), START)
    products = {"products_created": 2, "products_updated": 2, "products_unchanged": 2}
    tally = Tally(batches=2, created=3, updated=4, unchanged=2, rejected=2, **products)
    assert stores.progress.tally(MINE, "imp_1") == tally
    assert stores.progress.tally(THEIRS, "imp_1") == Tally()
    assert stores.progress.tally(MINE, "imp_2") == Tally()


def test_many_outcomes_add_up_across_tallies(stores: Stores) -> None:
    for batch in range(1, 603, 67):
        assert stores.progress.count_outcome(MINE, an_outcome(batch), START)
        assert not stores.progress.count_outcome(MINE, an_outcome(batch), START)
    assert stores.progress.tally(MINE, "imp_1").batches == 9
    assert stores.progress.tally(MINE, "imp_1").created == sum(range(1, 603, 67))


@pytest.mark.parametrize("seed", range(3))
def test_twins_that_count_at_once_count_once(stores: Stores, seed: int) -> None:
    def counting(batch: int) -> Callable[[], bool]:
        return lambda: stores.progress.count_outcome(MINE, an_outcome(batch), START)

    counted = interleaved(seed, [counting(batch) for batch in (1, 2, 3) * 3])
    assert sum(counted) == 3
    tally = stores.progress.tally(MINE, "imp_1")
    assert tally == Tally(
        3, created=6, updated=6, unchanged=3, products_created=3, products_updated=3, products_unchanged=3
    )


def test_rejections_come_by_batch(stores: Stores) -> None:
    rows = tuple(RejectedRows((n,), "title", "", "is missing", "add it") for n in (7, 8))
    for batch in (12, 2, 3):
        stores.progress.count_outcome(MINE, an_outcome(batch, rejected=() if batch == 3 else rows), START)
    assert list(stores.progress.rejections(MINE, "imp_1")) == [Rejections(2, rows), Rejections(12, rows)]
    assert list(stores.progress.rejections(THEIRS, "imp_1")) == []


def test_a_mapping_is_kept_changed_and_forgotten(stores: Stores) -> None:
    saved = stores.mappings.save(MINE, a_mapping(1))
    changed = stores.mappings.save(MINE, replace(saved, name="Other"))
    assert stores.mappings.get(MINE, "map_1") == changed
    assert (saved.version, changed.version) == (1, 2)
    with pytest.raises(VersionConflict):
        stores.mappings.save(MINE, replace(saved, name="Late"))
    with pytest.raises(NotFound):
        stores.mappings.delete(THEIRS, "map_1")
    stores.mappings.delete(MINE, "map_1")
    with pytest.raises(NotFound):
        stores.mappings.get(MINE, "map_1")
    with pytest.raises(NotFound):
        stores.mappings.delete(MINE, "map_1")


def test_mappings_are_listed_page_by_page(stores: Stores) -> None:
    for number in range(5):
        stores.mappings.save(MINE, a_mapping(number))
    stores.mappings.save(THEIRS, a_mapping(9))
    first, position = stores.mappings.page(MINE, 3, None)
    second, end = stores.mappings.page(MINE, 3, position)
    everything, nothing_more = stores.mappings.page(MINE, None, None)
    assert [item.mapping_id for item in (*first, *second)] == [f"map_{n}" for n in range(5)]
    assert list(everything) == [*first, *second]
    assert (end, nothing_more) == (None, None)

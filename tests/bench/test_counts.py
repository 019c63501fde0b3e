"""What the benches count and no clock can disturb: writes, capacity units, requests. Times are never asserted."""

from __future__ import annotations

from functools import cache

import pytest

from tests.bench.bulk_result import Resync, resynced
from tests.bench.capacity import cost_of_write, read_units, size_of, write_units
from tests.bench.catalogue_costs import measured
from tests.bench.sample_catalogue import Sample
from tests.bench.webhooks import product, requests_per_webhook
from tests.tables import Layout

PLAIN = Layout()
LISTED = Layout(indexes=(("listing", "listing_pk", "listing_sk"),))
KEY = {"pk": {"S": "C#cli_1"}, "sk": {"S": "PRODUCT"}}


@cache
def figures() -> dict[str, float]:
    """Of a catalogue small enough for every run; a product weighs what it weighs in the full one."""
    return measured(products=60).figures()


@cache
def bulk_figures() -> Resync:
    return resynced(products=30)


def test_a_bulk_result_that_is_unchanged_writes_nothing_to_the_catalogue() -> None:
    found = bulk_figures()
    assert (found.first, found.second) == ((30, 0, 0), (0, 0, 30))
    assert found.figures()["bulk_resync_writes"] == 0


def test_a_bulk_result_is_kept_in_the_books_with_a_few_items() -> None:
    """The run (4: begun, read, compared, completed), two slices, its one batch, that batch counted for run and shop, and
    the search for products that are gone (3)."""
    assert bulk_figures().figures()["bulk_resync_bookkeeping_writes"] <= 12


def test_what_has_not_changed_is_not_written() -> None:
    assert figures()["unchanged_writes"] == 0
    assert figures()["write_units_per_unchanged_product"] == 0


def test_a_batch_is_kept_in_the_books_with_one_item() -> None:
    assert figures()["bookkeeping_writes_per_batch"] == 1


def test_a_changed_product_costs_hardly_more_than_its_size() -> None:
    """Write units of the product, its price point and its index entries, over the product's size in KB."""
    assert figures()["write_units_ratio"] <= 1.5


def test_the_measured_product_is_of_realistic_size() -> None:
    assert 4_000 <= figures()["stored_product_bytes"] <= 8_000


@pytest.mark.parametrize(("outcome", "most"), [("created", 5.5), ("updated", 4.0), ("unchanged", 0.75)])
def test_requests_per_product_stay_few(outcome: str, most: float) -> None:
    """Everything that leaves the functions, from the upload's notification to the completed import and the copies that others
    keep: one write for each product that changed."""
    assert figures()[f"requests_per_{outcome}_product"] <= most


def test_a_webhook_is_received_with_one_request_to_aws() -> None:
    assert requests_per_webhook() == 1
    assert 9_900 <= len(product()) <= 10_100


def test_the_sample_is_the_same_on_every_run() -> None:
    assert Sample(3).as_csv() == Sample(3).as_csv()
    assert Sample(3).as_csv() != Sample(3, cheaper=100).as_csv()


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "né"}, 3),
        ({"N": "1299"}, 3),
        ({"N": "-1299.50"}, 5),
        ({"B": "aGVsbG8="}, 5),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 8),
        ({"M": {"k": {"S": "ab"}}}, 7),
        ({"SS": ["ab", "c"]}, 3),
    ],
)
def test_an_attribute_weighs_what_dynamodb_says(value: dict[str, object], size: int) -> None:
    assert size_of({"a": value}) == size + 1


def test_units_are_rounded_up() -> None:
    assert [write_units(size) for size in (0, 1, 1024, 1025)] == [1, 1, 1, 2]
    assert read_units(4096, consistent=True) == 1
    assert read_units(4097, consistent=False) == 1


def test_a_write_costs_by_the_larger_of_before_and_after() -> None:
    small, large = {**KEY, "doc": {"S": "x"}}, {**KEY, "doc": {"S": "x" * 3_000}}
    assert cost_of_write(small, large, PLAIN).units == 3
    assert cost_of_write(large, small, PLAIN).units == 3
    assert cost_of_write(large, None, PLAIN).units == 3


def test_an_index_costs_when_its_entry_changes_and_only_then() -> None:
    entry = {**KEY, "listing_pk": {"S": "C#cli_1"}, "listing_sk": {"S": "2026"}}
    moved = {**entry, "listing_sk": {"S": "2027"}}
    other = {**entry, "doc": {"S": "another text"}}
    assert cost_of_write(None, entry, LISTED).indexes == 1
    assert cost_of_write(entry, other, LISTED).indexes == 0
    assert cost_of_write(entry, moved, LISTED).indexes == 2
    assert cost_of_write(None, KEY, LISTED).indexes == 0

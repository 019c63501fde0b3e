"""The rules of an import, without any store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.kernel.errors import Conflict, Invalid
from skuflow.kernel.events import Cause
from skuflow.sync.column_mapping import checked_mapping
from skuflow.sync.model import (
    FINISHED,
    MAX_UNUSED,
    UPLOAD_WAIT,
    Import,
    Slice,
    Status,
    Tally,
    all_applied,
    asking,
    moved,
    received,
    safe_file_name,
    shown_status,
    source_of,
    totals_of,
)
from skuflow.sync.reading.plan import Suggestion
from skuflow.sync.reading.source import Checkpoint
from tests.doubles import START

STATUSES: tuple[Status, ...] = get_args(Status)
WAITING = Import(
    import_id="imp_1",
    file_name="a.csv",
    currency="CAD",
    status="awaiting_upload",
    created_at=START,
    updated_at=START,
    upload_key="uploads/a.csv",
    cause=Cause("c"),
)
LAST = Slice(
    number=3,
    next=Checkpoint(900, 31, 30),
    done=True,
    bucket="b",
    files=(),
    rejects_key=None,
    source="shopify",
    observed_at=START,
    read_at=START,
    batches=2,
    products=9,
    rejected=4,
    warnings=1,
)


def leads_to(status: Status) -> set[Status]:
    item = replace(WAITING, status=status)
    found: set[Status] = set()
    for after in STATUSES:
        try:
            found.add(moved(item, after, START).status)
        except Conflict:
            continue
    return found


def test_an_import_goes_only_where_its_status_leads() -> None:
    assert leads_to("awaiting_upload") == {"inspecting", "cancelled"}
    assert leads_to("inspecting") == {"needs_mapping", "refused", "reading", "failed", "cancelled"}
    assert leads_to("needs_mapping") == {"inspecting", "failed", "cancelled"}
    assert leads_to("reading") == {"applying", "failed", "cancelled"}
    assert leads_to("applying") == {"completed", "failed", "cancelled"}


def test_nothing_leads_out_of_a_finished_import() -> None:
    assert {status for status in STATUSES if not leads_to(status)} == FINISHED


def test_an_import_waits_a_day_for_its_file_and_no_longer() -> None:
    almost = START + UPLOAD_WAIT - timedelta(milliseconds=1)
    assert shown_status(WAITING, almost) == "awaiting_upload"
    assert shown_status(WAITING, START + UPLOAD_WAIT) == "expired"
    assert shown_status(received(WAITING, "e", 1, START), START + timedelta(days=9)) == "inspecting"


def test_totals_put_the_reader_and_the_catalogue_together() -> None:
    totals = totals_of(LAST, Tally(batches=1, created=3, updated=2, unchanged=1, rejected=5))
    assert (totals.rows_read, totals.products, totals.rejected, totals.warnings) == (30, 9, 9, 1)
    assert totals.settled == 3 + 2 + 1 + 9
    assert totals_of(None, Tally()).rows_read == 0


@pytest.mark.parametrize(
    ("last", "batches", "done"),
    [(None, 0, False), (LAST, 1, False), (LAST, 2, True), (replace(LAST, done=False), 2, False), (LAST, 3, False)],
)
def test_all_is_applied_when_the_file_is_read_and_every_batch_answered(
    last: Slice | None, batches: int, done: bool
) -> None:
    assert all_applied(last, Tally(batches=batches)) is done


@pytest.mark.parametrize(
    ("file_format", "source"),
    [
        ("shopify", "shopify"),
        ("shopify_legacy", "shopify"),
        ("woocommerce", "woocommerce"),
        ("bigcommerce", "bigcommerce"),
        ("google_merchant", "google_merchant"),
        ("mapped", "file"),
    ],
)
def test_exports_of_one_shop_system_name_the_same_products(file_format: str, source: str) -> None:
    assert source_of(file_format) == source


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("spring.csv", "spring.csv"),
        ("C:\\Users\\me\\Été 2026.csv", "t-2026.csv"),
        ("../../etc/passwd", "passwd"),
        ("..", "upload"),
        ("製品.csv", "csv"),
        ("a" * 300 + ".csv", "a" * 116 + ".csv"),
    ],
)
def test_file_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


@given(st.text())
def test_a_safe_name_is_one_harmless_path_component(name: str) -> None:
    safe = safe_file_name(name)
    assert 0 < len(safe) <= 120
    assert safe.isascii()
    assert not set(safe) & set("/\\ \n%?#")
    assert safe_file_name(safe) == safe


def test_a_mapping_is_checked_against_fields_and_headers() -> None:
    known, headers = frozenset({"title", "price"}), frozenset({"Name", "Cost"})
    assert checked_mapping({"title": "Name", "price": ""}, known, headers) == {"title": "Name"}
    assert checked_mapping({"title": "Anything"}, known, None) == {"title": "Anything"}
    with pytest.raises(Invalid, match="does not fit"):
        checked_mapping({"price": "Cost"}, known, headers)
    with pytest.raises(Invalid) as caught:
        checked_mapping({"title": "Nom", "colour": "Cost"}, known, headers)
    assert [fault.field for fault in caught.value.problems] == ["mapping.colour", "mapping.title"]


def test_of_an_absurdly_long_header_the_end_is_not_offered() -> None:
    names = ("Name", "x" * MAX_UNUSED, "y")
    asked = asking(received(WAITING, "e", 1, START), Suggestion({}, {}, ("title",), names), START)
    assert asked.suggestion is not None
    assert asked.suggestion.unused == ("Name",)

"""Rows that are not taken: every one is told, none stops the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.sync.reading.reading import first_checkpoint, read_chunks
from skuflow.sync.reading.refusal import UploadRefused
from skuflow.sync.reading.source import Limits
from tests.unit.sync.reading.files import Memory, read, table

HEADER = [
    "Handle",
    "Title",
    "Variant SKU",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Inventory Qty",
    "Status",
]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Variant Price", "-5"),
        ("Variant Price", "free"),
        ("Variant Compare At Price", "n/a"),
        ("Variant Inventory Qty", "lots"),
        ("Status", "sleeping"),
        ("Title", "x" * 1_001),
        ("Variant SKU", "x" * 256),
        ("Handle", "x" * 256),
    ],
)
def test_a_bad_cell_rejects_its_row_by_line_column_value_reason_and_hint(column: str, value: str) -> None:
    good = ["mug", "Mug", "M", "5.00", "", "1", "active"]
    bad = ["bowl", "Bowl", "B", "6.00", "", "2", "active"]
    bad[HEADER.index(column)] = value
    outcome = read([HEADER, good, bad, ["plate", "Plate", "P", "7.00", "", "3", "active"]])
    reject = outcome.reject
    assert (reject.line, reject.column) == (3, column)
    assert reject.value == (value if len(value) <= 200 else value[:199] + "…")
    assert reject.reason
    assert reject.hint
    assert [product.key for product in outcome.products] == ["mug", "plate"]


def test_a_row_with_more_cells_than_the_header_is_rejected() -> None:
    outcome = read("Handle,Title,Vendor\nmug,Mug, large,Harbour\nbowl,Bowl,North,,\n")
    assert (outcome.reject.line, outcome.reject.value) == (2, "Harbour")
    assert outcome.product.key == "bowl"


def test_a_row_that_ends_early_is_taken_with_a_warning() -> None:
    outcome = read("Handle,Title,Vendor,Type\nmug,Mug\nbowl,Bowl,North,Bowls\n")
    assert [warning.line for warning in outcome.warnings] == [2]
    assert len(outcome.products) == 2


def test_a_record_over_the_limit_is_rejected_and_reading_goes_on_at_the_next_line() -> None:
    long = "x" * 3_000
    content = f'Handle,Title\na,A\nb,"{long}"\nc,C\nd,"never closed\n' + "".join(f"e{n},E{n}\n" for n in range(400))
    outcome = read(content, limits=Limits(max_record_bytes=2_000))
    assert [reject.line for reject in outcome.rejects] == [3, 5]
    assert "quotation mark" in outcome.rejects[1].reason
    assert len(outcome.products) == 402
    assert outcome.plan.rows_total == 404


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("step", [64, 100_000])
def test_a_line_far_over_the_limit_is_skipped_without_being_held(encoding: str, step: int) -> None:
    content = f"Handle,Title\na,A\nb,{'é' * 900_000}\nc,C\n".encode(encoding)
    outcome = read(content, limits=Limits(max_record_bytes=2_000), step=step)
    assert [product.key for product in outcome.products] == ["a", "c"]
    assert outcome.reject.line == 3


def test_a_barcode_that_a_spreadsheet_has_rounded_costs_the_barcode_only() -> None:
    outcome = read("Handle,Title,Variant Price,Variant Barcode\nmug,Mug,5.00,3.65275E+11\n")
    assert outcome.variants[0].gtin is None
    (warning,) = outcome.warnings
    assert (warning.line, warning.column, warning.value) == (2, "Variant Barcode", "3.65275E+11")
    assert outcome.rejects == []


def test_an_address_that_is_none_costs_the_address_only() -> None:
    outcome = read("Handle,Title,Image Src\nmug,Mug,javascript:alert(1)\n")
    assert outcome.product.images == ()
    assert outcome.warnings[0].column == "Image Src"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_overlong_last_line_without_an_end_is_rejected(encoding: str) -> None:
    content = f"Handle,Title\na,A\nb,{'é' * 400_000}".encode(encoding)
    outcome = read(content, limits=Limits(max_record_bytes=2_000))
    assert (outcome.reject.line, outcome.product.key) == (3, "a")


def test_a_weight_that_is_unclear_costs_the_weight_only() -> None:
    outcome = read("Handle,Title,Variant Price,Variant Grams\nmug,Mug,5.00,heavy\n")
    assert outcome.variants[0].weight_grams is None
    assert outcome.warnings[0].column == "Variant Grams"


def test_texts_and_lists_have_their_limits() -> None:
    header = "Handle,Title,Body (HTML),Tags\n"
    outcome = read(header + f"a,A,{'x' * 100_001},\n" + f'b,B,,"{",".join(map(str, range(251)))}"\n')
    assert [(reject.line, reject.column) for reject in outcome.rejects] == [(2, "Body (HTML)"), (3, "Tags")]


def test_images_beyond_the_limit_are_left_out_and_reported() -> None:
    rows = "".join(f"a,,https://i.example.com/{number}.jpg\n" for number in range(251))
    outcome = read("Handle,Title,Image Src\na,A,\n" + rows)
    assert (len(outcome.product.images), len(outcome.warnings)) == (250, 1)


def test_an_offer_needs_an_id_of_its_own_and_a_title() -> None:
    header = "id,title,price,item_group_id,availability\n"
    outcome = read(header + ",T,5.00,g,in_stock\n1,,5.00,,in_stock\n,T,5.00,,in_stock\n2,T,5.00,,in_stock\n")
    assert [(reject.line, reject.column) for reject in outcome.rejects] == [(2, "id"), (3, "title"), (4, "id")]


def test_a_file_that_changed_since_it_was_inspected_is_refused() -> None:
    plan = read("Handle,Title\na,A\nb,B\n").plan
    changed = Memory(b"Handle,Title\na,A\nb,\xff\n")
    with pytest.raises(UploadRefused, match="line 3"):
        list(read_chunks(changed, plan, start=first_checkpoint(plan), limits=Limits()))


def test_a_file_of_nothing_but_bad_rows_is_read_to_its_end() -> None:
    outcome = read("Handle,Title,Variant Price\na,A,free\nb,B,-1\n")
    assert (outcome.products, len(outcome.rejects), outcome.chunks[-1].done) == ([], 2, True)


CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "5.00",
        "mug",
        "bowl",
        "Size",
        "S",
        "shopify",
        "https://example.com/a.jpg",
        "active",
        "4006381333931",
        "x,y",
        'a"b',
        "=1",
    ]
)
COLUMNS = [
    "Handle", "Title", "Vendor", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Price", "Variant Barcode",
    "Variant Inventory Qty", "Image Src", "Status",
]  # fmt: skip


@given(st.lists(st.lists(CELLS, min_size=9, max_size=12), min_size=1, max_size=12))
def test_every_row_ends_in_exactly_one_place(rows: list[list[str]]) -> None:
    rows.append(["end", "End", *[""] * 9])
    outcome = read(table([COLUMNS, *rows]), limits=Limits(chunk_rows=3))
    lines = outcome.lines()
    assert len(lines) == len(set(lines)) == outcome.plan.rows_total
    assert {warning.line for warning in outcome.warnings} <= set(lines)

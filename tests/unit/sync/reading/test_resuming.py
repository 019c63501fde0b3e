"""Chunks: cut between products, the same from every start, the same however the file is cut."""

from __future__ import annotations

import codecs

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.sync.reading.inspection import inspect
from skuflow.sync.reading.outcome import Chunk
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.reading import first_checkpoint, read_chunks
from skuflow.sync.reading.source import Checkpoint, Limits
from tests.unit.sync.reading.files import Memory, read, table

SHOPIFY = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Option1 Name",
    "Option1 Value",
    "Variant SKU",
    "Variant Price",
    "Image Src",
]
PLAIN = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], max_codepoint=0x1F6FF), max_size=20)
BODIES = st.text(alphabet="ab é漢🍵,;\t|\"\n\r'<>", max_size=30)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["mug", "bowl", "plate", "vase", ""]),
        PLAIN,
        BODIES,
        st.sampled_from(["", "Size"]),
        st.sampled_from(["", "S", "M", "L"]),
        PLAIN,
        st.sampled_from(["", "5.00", "1,299", "free", "12.50 USD"]),
        st.sampled_from(["", "https://i.example.com/1.jpg", "no"]),
    ),
    min_size=1,
    max_size=25,
)


def one_go(source: Memory, plan: ReadingPlan, limits: Limits) -> list[Chunk]:
    return list(read_chunks(source, plan, start=first_checkpoint(plan), limits=limits))


def step_by_step(source: Memory, plan: ReadingPlan, limits: Limits) -> list[Chunk]:
    """Every chunk from a reader of its own, as if each run had been the last one's."""
    chunks, start = [], first_checkpoint(plan)
    while True:
        chunk = next(read_chunks(source, plan, start=start, limits=limits))
        chunks.append(chunk)
        if chunk.done:
            return chunks
        start = chunk.next


@given(
    rows=ROWS,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252"]),
    chunk_rows=st.integers(1, 6),
    step=st.integers(1, 80),
)
def test_reading_on_from_every_checkpoint_is_reading_in_one_go(
    *, rows: list[tuple[str, ...]], delimiter: str, end: str, encoding: str, chunk_rows: int, step: int
) -> None:
    if encoding == "cp1252":
        rows = [tuple("".join(char if char.isascii() else "é " for char in cell) for cell in row) for row in rows]
        rows.append(("café", "Café", "", "", "", "", "1.00", ""))
    content = table([SHOPIFY, *rows, ["end", "End", *[""] * 6]], delimiter=delimiter, end=end, encoding=encoding)
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    source = Memory(marks.get(encoding, b"") + content, step)
    limits = Limits(chunk_rows=chunk_rows)
    plan = inspect(source, currency="CAD", limits=limits)
    chunks = one_go(source, plan, limits)
    assert step_by_step(source, plan, limits) == chunks
    assert chunks[0].start == first_checkpoint(plan)
    assert [chunk.start for chunk in chunks[1:]] == [chunk.next for chunk in chunks[:-1]]
    assert chunks[-1].next.rows == plan.rows_total
    assert chunks[-1].next.offset == source.size


@given(rows=ROWS, chunk_rows=st.integers(1, 6))
def test_where_the_file_is_cut_changes_nothing_about_its_rows(rows: list[tuple[str, ...]], chunk_rows: int) -> None:
    content = table([SHOPIFY, *rows, ["end", "End", *[""] * 6]])
    whole, cut = read(content), read(content, limits=Limits(chunk_rows=chunk_rows))
    assert cut.lines() == whole.lines()
    described = {product.key: product.title for product in whole.products if product.defines}
    for product in cut.products:
        if product.defines:
            assert product.title == described[product.key]
    assert {product.key for product in cut.products if product.defines} == set(described)


def test_the_plan_survives_being_kept_as_json() -> None:
    plan = read("Handle;Title;Price\na;A;1,50\nb;B;2\na;A;3,50\n").plan
    assert plan.repeats
    kept = msgspec.json.encode(plan)
    assert msgspec.json.decode(kept, type=ReadingPlan) == plan


def test_rows_of_a_product_are_never_parted() -> None:
    rows = [[f"p{number // 4}", "T", "", "Size", str(number), "", "1.00", ""] for number in range(40)]
    outcome = read([SHOPIFY, *rows], limits=Limits(chunk_rows=5))
    assert [len(chunk.products) for chunk in outcome.chunks] == [2] * 5
    assert all(len(product.variants) == 4 for product in outcome.products)


def test_a_chunk_also_ends_by_its_bytes() -> None:
    rows = [[f"p{number}", "T", "x" * 1_000, "", "", "", "1.00", ""] for number in range(20)]
    outcome = read([SHOPIFY, *rows], limits=Limits(chunk_bytes=4_500))
    assert [len(chunk.products) for chunk in outcome.chunks] == [5, 5, 5, 5]


def test_a_product_without_end_is_cut_all_the_same() -> None:
    rows = [["p", "T" if number == 0 else "", "", "Size", str(number), "", "1.00", ""] for number in range(50)]
    limits = Limits(chunk_rows=5, max_product_rows=10)
    outcome = read([SHOPIFY, *rows], limits=limits)
    assert [len(product.variants) for product in outcome.products] == [15, 15, 15, 5]
    assert [product.defines for product in outcome.products] == [True, False, False, False]


def test_a_group_without_end_is_described_by_its_first_row_alone() -> None:
    header = ["id", "title", "price", "item_group_id", "availability", "gtin"]
    rows = [[f"v{number}", f"Name {number}", "5.00", "g", "in_stock", ""] for number in range(50)]
    outcome = read([header, *rows], limits=Limits(chunk_rows=5, max_product_rows=10))
    assert [product.title for product in outcome.products] == ["Name 0", "", "", ""]
    assert len(outcome.variants) == 50


def test_a_product_that_returns_in_a_later_chunk_does_not_describe_itself_again() -> None:
    header = ["id", "title", "price", "item_group_id", "availability", "color"]
    rows = [
        [f"v{number}", f"Name {number}", "5.00", f"g{number % 3}", "in_stock", f"c{number}"] for number in range(30)
    ]
    outcome = read([header, *rows], limits=Limits(chunk_rows=4))
    defining = [product for product in outcome.products if product.defines]
    assert [(product.key, product.title) for product in defining] == [
        ("g0", "Name 0"),
        ("g1", "Name 1"),
        ("g2", "Name 2"),
    ]
    assert len(outcome.variants) == 30


def test_an_id_that_returns_in_a_later_chunk_is_rejected_there() -> None:
    header = ["id", "title", "price", "availability", "gtin"]
    rows = [[f"v{number % 20}", "T", f"{number}.00", "in_stock", ""] for number in range(30)]
    outcome = read([header, *rows], limits=Limits(chunk_rows=4))
    assert [reject.line for reject in outcome.rejects] == list(range(22, 32))
    assert len(outcome.products) == 20


def test_starting_at_the_end_gives_one_empty_last_chunk() -> None:
    source = Memory(b"Handle,Title\na,A\n")
    plan = inspect(source, currency="CAD", limits=Limits())
    end = Checkpoint(source.size, 3, 1)
    (chunk,) = read_chunks(source, plan, start=end, limits=Limits())
    assert (chunk.products, chunk.done, chunk.next) == ((), True, end)


@pytest.mark.parametrize("step", [1, 3, 50])
def test_the_size_of_the_pieces_changes_nothing(step: int) -> None:
    content = table([SHOPIFY, *[[f"p{n}", f"T{n}", 'a\n"b"', "", "", "", "1.00", ""] for n in range(30)]], end="\r\n")
    limits = Limits(chunk_rows=7)
    assert read(content, limits=limits, step=step).chunks == read(content, limits=limits).chunks

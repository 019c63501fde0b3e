"""Cells of a delimited file are found where they lie, as Python's csv module reads them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.demo.cells import Cell, decode, records, replaced

CELL = st.text(alphabet='ab1 ,;\t"\r\n£é', max_size=8)
TABLE = st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=6)


def written(table: list[list[str]], delimiter: str, line_end: str, quoting: int = csv.QUOTE_MINIMAL) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    return buffer.getvalue()


@given(TABLE, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_cells_are_those_that_csv_reads(table: list[list[str]], delimiter: str, line_end: str, quote_all: bool) -> None:
    text = written(table, delimiter, line_end, csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    found = [
        [text[cell.start : cell.end].replace('""', '"') for cell in record.cells] for record in records(text, delimiter)
    ]
    # csv calls an empty line no cells, we call it one empty cell.
    assert found == [row or [""] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


@given(TABLE, st.sampled_from(",;"))
def test_replacing_cells_by_themselves_changes_nothing(table: list[list[str]], delimiter: str) -> None:
    text = written(table, delimiter, "\n")
    every = [cell for record in records(text, delimiter) for cell in record.cells]
    assert replaced(text, [(cell, text[cell.start : cell.end]) for cell in every]) == text


def test_a_record_is_known_by_the_physical_line_it_starts_on() -> None:
    text = 'a,b\n"two\nlines",1\r\n\nlast,2'
    assert [record.line for record in records(text, ",")] == [1, 2, 4, 5]


def test_a_quote_inside_a_cell_and_text_after_a_quote_belong_to_the_cell() -> None:
    text = 'pan 10",1\n"quoted" tail,2\n'
    found = [text[record.cells[0].start : record.cells[0].end] for record in records(text, ",")]
    assert found == ['pan 10"', '"quoted" tail']


def test_only_the_named_cells_change() -> None:
    text = 'a;"1,00";c\n'
    assert replaced(text, [(Cell(3, 7), "2,00")]) == 'a;"2,00";c\n'


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("é,1".encode("utf-8-sig"), "utf-8-sig"),
        ("é,1".encode("utf-8-sig"), "utf-8"),
        ("é,1".encode("utf-16"), "utf-16"),
        ("\ufeffé,1".encode("utf-16-be"), "utf-16-be"),
        ("é,1".encode("utf-16-le"), "utf-16-le"),
        ("é,1".encode("cp1252"), "cp1252"),
    ],
)
def test_decoding_and_encoding_gives_the_same_bytes(body: bytes, encoding: str) -> None:
    text, codec = decode(body, encoding)
    assert text.encode(codec) == body
    assert text.removeprefix("\ufeff") == "é,1"

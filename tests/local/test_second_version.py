"""The second version of a file differs from the first in some prices and in nothing else."""

from __future__ import annotations

import csv
import io

import pytest

from local.cli.demo_commands import SAMPLE
from local.demo.second_version import Layout, layout, second_version

PLAIN = Layout("utf-8", ",", ".", ("Variant Price",))


def table(body: bytes, encoding: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(encoding), newline=""), delimiter=delimiter))


def file(delimiter: str, decimal_mark: str, line_end: str = "\r\n") -> str:
    rows = [["Titre", "Prix", "Texte"]]
    rows += [[f"Pièce {n}", f"{n},50".replace(",", decimal_mark), f"a{delimiter}b\nc"] for n in range(10, 40)]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("decimal_mark", [",", "."])
def test_about_a_third_of_the_prices_falls_and_nothing_else_changes(
    encoding: str, delimiter: str, decimal_mark: str
) -> None:
    body = file(delimiter, decimal_mark).encode(encoding)
    second = second_version(body, Layout(encoding, delimiter, decimal_mark, ("Prix",)))
    before, after = table(body, encoding, delimiter), table(second.body, encoding, delimiter)
    assert [[*row[:1], *row[2:]] for row in before] == [[*row[:1], *row[2:]] for row in after]
    prices = [
        (float(old[1].replace(",", ".")), float(new[1].replace(",", ".")))
        for old, new in zip(before[1:], after[1:], strict=True)
    ]
    lowered = [new / old for old, new in prices if new < old]
    raised = [new / old for old, new in prices if new > old]
    assert (len(lowered), len(raised)) == (second.lowered, second.raised) == (10, 2)
    assert all(0.695 <= ratio <= 0.905 for ratio in lowered)
    assert all(1.0 < ratio <= 1.13 for ratio in raised)
    assert len(second.body) <= len(body) + 8


def test_a_byte_order_mark_stays_where_it_was() -> None:
    body = file(",", ".").encode("utf-8-sig")
    assert second_version(body, Layout("utf-8", ",", ".", ("Prix",))).body.startswith(b"\xef\xbb\xbfTitre")


def test_one_priced_row_is_enough_for_a_drop() -> None:
    second = second_version(b"Title,Variant Price\nMug,16.00\n", PLAIN)
    assert second.body == b"Title,Variant Price\nMug,14.40\n"
    assert (second.lowered, second.raised) == (1, 0)


def test_rows_that_were_not_accepted_are_left_alone() -> None:
    body = b"Title,Variant Price\nMug,16.00\nPen,20.00\n"
    assert second_version(body, PLAIN, rejected_lines={2}).body == b"Title,Variant Price\nMug,16.00\nPen,18.00\n"


def test_regular_and_sale_price_of_a_row_move_together() -> None:
    how = Layout("utf-8", ",", ".", ("Sale price", "Regular price"))
    second = second_version(b"Name,Regular price,Sale price\nMug,20.00,16.00\nCap,10.00,\nBag,5.00,\n", how)
    assert second.body == b"Name,Regular price,Sale price\nMug,18.00,14.40\nCap,10.00,\nBag,5.00,\n"


def test_a_file_without_prices_comes_back_as_it_was() -> None:
    body = b"Title,Variant Price\nMug,\nPen,free\n"
    second = second_version(body, PLAIN)
    assert (second.body, second.lowered, second.raised) == (body, 0, 0)


def test_the_layout_is_taken_from_what_the_import_says() -> None:
    seen = {
        "encoding": "cp1252",
        "delimiter": ";",
        "decimal_style": ",",
        "currency": "KWD",
        "mapping": {"title": "Name", "price": "Preis", "sale_price": ["Aktion"], "compare_at": "UVP"},
    }
    assert layout(seen) == Layout("cp1252", ";", ",", ("Preis", "Aktion"), 3)
    assert layout({"encoding": None, "mapping": None}) == Layout("utf-8", ",", ".", (), 0)


def test_our_sample_holds_several_variants_stock_sale_prices_and_one_bad_price() -> None:
    body = SAMPLE.read_bytes()
    rows = table(body, "utf-8", ",")
    header, records = rows[0], rows[1:]
    sold = [dict(zip(header, row, strict=True)) for row in records]
    priced = [row for row in sold if row["Variant SKU"]]
    bad = [row for row in priced if not row["Variant Price"].replace(".", "").isdigit()]
    assert len(records) >= 38
    assert len(bad) == 1
    assert len({row["Handle"] for row in sold}) >= 15
    assert any(row["Variant Compare At Price"] for row in priced)
    second = second_version(body, PLAIN)
    assert second.lowered == -(-(len(priced) - 1) // 3)
    assert second.raised >= 2

"""The rows of a file to mend: what is mended and uploaded again is taken."""

from __future__ import annotations

from skuflow.sync.reading.inspection import inspect
from skuflow.sync.reading.reading import rows_at
from skuflow.sync.reading.source import Limits
from skuflow.sync.reading.values.text import neutralise
from tests.unit.sync.reading.files import Memory, read, table


def repair(content: bytes, lines: set[int] | list[int]) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    source = Memory(content)
    plan = inspect(source, currency="CAD", limits=Limits())
    return plan.header, list(rows_at(source, plan, lines))


def test_rows_are_given_as_they_stood_in_the_order_of_the_file() -> None:
    content = b'Handle,Title,Variant Price\na,A,free\nb,B,2.00\nc,"C\nc",-3\nd,D\n'
    _, rows = repair(content, [2, 4, 6])
    assert rows == [(2, ["a", "A", "free"]), (4, ["c", "C\nc", "-3"]), (6, ["d", "D"])]


def test_a_neutralised_cell_is_given_as_the_import_understood_it() -> None:
    _, rows = repair(b"Handle,Title,Variant Price\na,'=1+1,free\n", {2})
    assert rows[0][1][1] == "=1+1"


def test_a_shopify_variant_comes_with_its_option_names_so_that_it_can_stand_alone() -> None:
    content = (
        b"Handle,Title,Option1 Name,Option1 Value,Variant Price\n"
        b"mug,Mug,Size,S,5.00\nmug,,,M,free\nbowl,Bowl,Finish,Matt,1.00\nbowl,,,Gloss,-1\n"
    )
    header, rows = repair(content, {3, 5})
    assert [cells for _, cells in rows] == [["mug", "", "Size", "M", "free"], ["bowl", "", "Finish", "Gloss", "-1"]]
    mended = [[neutralise(cell) for cell in cells[:4]] + ["9.00"] for _, cells in rows]
    outcome = read(table([header, *mended]))
    assert outcome.rejects == []
    assert [one.options for one in outcome.variants] == [(("Size", "M"),), (("Finish", "Gloss"),)]


def test_a_bigcommerce_variant_comes_with_the_row_of_its_product() -> None:
    content = (
        b"Item,ID,Name,SKU,Options,Inventory Tracking,Current Stock,Price\n"
        b"Product,1,Mug,MUG,,variant,,5.00\n"
        b"Variant,,,M-S,Type=Dropdown|Name=Size|Value=S,,1,\n"
        b"Variant,,,M-M,Type=Dropdown|Name=Size|Value=M,,lots,\n"
        b"Variant,,,M-L,Type=Dropdown|Name=Size|Value=L,,some,\n"
    )
    header, rows = repair(content, {4, 5})
    assert [line for line, _ in rows] == [2, 4, 5]
    mended = [[cell.replace("lots", "3").replace("some", "4") for cell in cells] for _, cells in rows]
    outcome = read(table([header, *mended]))
    assert [(one.sku, one.quantity) for one in outcome.variants] == [("M-M", 3), ("M-L", 4)]


def test_a_row_over_the_size_limit_is_not_given() -> None:
    source = Memory(b'Handle,Title\na,A\nb,"' + b"x" * 3_000 + b'"\nc,C\n')
    limits = Limits(max_record_bytes=2_000)
    plan = inspect(source, currency="CAD", limits=limits)
    assert [line for line, _ in rows_at(source, plan, {2, 3, 4}, limits=limits)] == [2, 4]

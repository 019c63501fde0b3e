"""Files that are turned away as a whole, each with its reason and its way out."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from skuflow.kernel.errors import Invalid
from skuflow.sync.reading.inspection import inspect
from skuflow.sync.reading.source import Limits
from tests.unit.sync.reading.files import Memory, read, refusal

GOOD = "Handle,Title,Variant Price\nmug,Mug,5.00\n"


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n  \r\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content).code == "empty"


@pytest.mark.parametrize("content", ["Handle,Title\n", "Handle,Title", "Handle,Title\n\n,,\n \n"])
def test_a_file_without_rows_is_refused(content: str) -> None:
    assert refusal(content).code == "no_rows"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (gzip.compress(b"0" * 10_000_000), "gzip"),
        (bz2.compress(GOOD.encode()), "bzip2"),
        (lzma.compress(GOOD.encode()), "xz"),
        (zipped("products.csv"), "zip archive"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel workbook"),
        (zipped("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"),
    ],
    ids=["gzip bomb", "bzip2", "xz", "zip", "xlsx", "ods"],
)
def test_a_compressed_file_is_never_unpacked_and_named(content: bytes, named: str) -> None:
    refused = refusal(content)
    assert refused.code == "compressed"
    assert named in refused.detail


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        b"\x00" * 5_000,
        bytes(range(256)) * 40,
        b"Handle,Title\n" + bytes(range(1, 9)) * 400,
    ],
    ids=["png", "pdf", "xls", "zeros", "every byte", "control characters"],
)
def test_a_binary_file_is_refused(content: bytes) -> None:
    assert refusal(content).code == "not_text"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("<!DOCTYPE html>\n<html><body>Sign in, please</body></html>", "HTML"),
        ("  <html lang='en'>,</html>", "HTML"),
        ('<?xml version="1.0"?>\n<rss><channel></channel></rss>', "XML"),
        ('[{"id": 1, "title": "Mug"}]', "JSON"),
        ('{"products": []}', "JSON"),
        ("\ufeff<?xml version='1.0'?><a/>", "XML"),
    ],
)
def test_a_file_in_another_language_is_refused_by_name(content: str, named: str) -> None:
    refused = refusal(content)
    assert refused.code == "not_csv"
    assert named in refused.detail


@pytest.mark.parametrize("content", ["Dear sir\nor madam\n", "word\n" * 50])
def test_a_file_without_columns_is_refused(content: str) -> None:
    assert refusal(content).code == "not_delimited"


def test_a_letter_is_refused_although_it_has_commas() -> None:
    letter = "Hello, dear reader of this file\n\nIt is text, nothing more, and no table.\nYours\nA friend, who writes, a lot\n"
    assert refusal(letter).code == "not_delimited"


def test_a_header_that_never_ends_is_refused() -> None:
    assert refusal("a," * 60_000 + "\n1,2\n", max_record_bytes=50_000).code == "not_delimited"


def test_columns_with_one_name_are_refused_and_named() -> None:
    refused = refusal("Handle,Title,Price, title \nmug,Mug,5.00,Other\n")
    assert refused.code == "duplicate_headers"
    assert "'title'" in refused.detail


def test_unnamed_columns_are_not_duplicates() -> None:
    assert read("Handle,Title,,\nmug,Mug,x,\n").product.title == "Mug"


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("Body (HTML),Vendor,Variant Price,Variant SKU\nx,Harbour,5,A\n", "handle or title"),
        ("id,link,image_link,availability,gtin,price\n1,x,y,in_stock,,5\n", "title"),
        ("Type,Name,Regular price,Visibility in catalog,In stock?\nsimple,Mug,5,visible,1\n", "sku or id"),
        ("Item,ID,Name,SKU,Options\nProduct,1,Mug,M,\n", "price"),
    ],
    ids=["shopify", "google", "woocommerce", "bigcommerce"],
)
def test_a_known_format_without_what_it_needs_is_refused_by_column(content: str, missing: str) -> None:
    refused = refusal(content)
    assert refused.code == "missing_columns"
    assert missing in refused.detail


def test_a_file_that_ends_inside_a_quotation_is_refused_with_the_line_it_opens_on() -> None:
    refused = refusal('Handle,Title,Body (HTML)\nmug,Mug,fine\nbowl,Bowl,"<p>It goes\non and\n')
    assert refused.code == "truncated"
    assert "line 3" in refused.detail


def test_a_header_that_ends_inside_a_quotation_is_refused() -> None:
    assert refusal('Handle,"Title\nmug,Mug\n').code == "truncated"


def test_a_file_that_ends_inside_a_row_is_refused_when_all_other_rows_are_whole() -> None:
    refused = refusal("Handle,Title,Vendor,Variant Price\na,A,V,1.00\nb,B,V,2.00\nc,C,V")
    assert refused.code == "truncated"
    assert "line 4" in refused.detail


def test_a_last_row_without_a_line_end_is_no_sign_of_truncation() -> None:
    assert len(read("Handle,Title,Variant Price\na,A,1.00\nb,B,2.00").products) == 2


def test_rows_that_leave_out_trailing_cells_are_no_sign_of_truncation() -> None:
    outcome = read("Handle,Title,Variant Price\na,A\nb,B,2.00\nc,C")
    assert len(outcome.products) == 3
    assert [warning.line for warning in outcome.warnings] == [2, 4]


def test_too_many_columns_are_refused() -> None:
    assert (
        refusal(",".join(f"c{number}" for number in range(1_001)) + "\n" + "x," * 1_000 + "\n").code
        == "too_many_columns"
    )


def test_a_file_over_the_size_limit_is_refused_unread() -> None:
    refused = refusal(GOOD, max_bytes=20)
    assert refused.code == "too_large"


def test_one_row_more_than_the_limit_is_refused() -> None:
    rows = "Handle,Title\n" + "".join(f"h{number},T\n" for number in range(11))
    assert refusal(rows, max_rows=10).code == "too_many_rows"
    assert len(read(rows, limits=Limits(max_rows=11)).products) == 11


def test_an_unknown_currency_is_invalid() -> None:
    with pytest.raises(Invalid):
        inspect(Memory(GOOD.encode()), currency="ZZZ", limits=Limits())

"""How fast a catalogue file is read, as a ratio to `csv.DictReader` alone, and how much memory 200 MB of it take.

Both read a generated Shopify export. The time is that of `inspect` and of reading every chunk: parsing, checking, building the
products; storing them is excluded. The memory is the peak of a fresh process that inspects and reads the file and encodes every
batch as `read_import` does, into nothing.
"""

from __future__ import annotations

import csv
import io
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from skuflow.sync.reading.inspection import inspect
from skuflow.sync.reading.reading import first_checkpoint, read_chunks
from skuflow.sync.reading.source import Limits
from tests.architecture.repository import ROOT
from tests.bench.memory import peak_mb

ROWS = 20_000
ROUNDS = 5
LARGE_BYTES = 200 * 1024 * 1024 - 1

_HEADER_LINE = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option1 Linked To,"
    "Option2 Name,Option2 Value,Option2 Linked To,Option3 Name,Option3 Value,Option3 Linked To,Variant SKU,Variant Grams,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,Variant Price,"
    "Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,"
    "Image Alt Text,Gift Card,SEO Title,SEO Description,Google Shopping / Gender,Google Shopping / Age Group,"
    "Google Shopping / MPN,Google Shopping / Condition,Variant Image,Variant Weight Unit,Variant Tax Code,Cost per item,"
    "Included / Canada,Price / Canada,Status"
)
_HEADER = _HEADER_LINE.split(",")
_AT = {name: index for index, name in enumerate(_HEADER)}
_WORDS = (
    *("linen", "cotton", "wool", "brushed", "organic", "lined", "hooded", "pocket"),
    *("maple", "cedar", "river", "granite", "field", "studio", "café", "été"),
)
_COLOURS, _SIZES = ("Black", "Navy", "Sand", "Moss"), ("XS", "S", "M", "L", "XL")


class FileOnDisk:
    """A `ByteSource` over a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def read_from(self, offset: int) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            file.seek(offset)
            while piece := file.read(256 * 1024):
                yield piece


def write_catalogue(path: Path, *, rows: int = sys.maxsize, size: int = sys.maxsize) -> None:
    """A Shopify export of about `rows` rows, or of just under `size` bytes; the same on every run."""
    chance = random.Random(20)
    written = count = number = 0
    with path.open("wb") as file:
        written += file.write(_encoded([_HEADER]))
        while count < rows:
            product = _product(number, chance)
            content = _encoded(product)
            if written + len(content) > size:
                return
            written += file.write(content)
            count += len(product)
            number += 1


def _product(number: int, chance: random.Random) -> list[list[str]]:
    """Up to twenty variants and three further images, as Shopify lays them out."""
    title = f"{' '.join(chance.sample(_WORDS, 3))} {number}".title()
    image = f"https://cdn.example.com/products/{number}"
    sentences = (f"<p>{' '.join(chance.choices(_WORDS, k=14))}.</p>\n" for _ in range(chance.randint(4, 14)))
    rows: list[list[str]] = []
    for colour in _COLOURS[: chance.randint(1, 4)]:
        price = chance.randint(900, 19_900)
        for size in _SIZES[: chance.randint(1, 5)]:
            rows.append(
                _row(
                    {
                        "Handle": f"product-{number}",
                        "Option1 Value": colour,
                        "Option2 Value": size,
                        "Variant SKU": f"P{number}-{colour[:2]}-{size}",
                        "Variant Grams": str(chance.randint(80, 1_900)),
                        "Variant Inventory Tracker": "shopify",
                        "Variant Inventory Qty": str(chance.randint(0, 90)),
                        "Variant Inventory Policy": "deny",
                        "Variant Fulfillment Service": "manual",
                        "Variant Price": f"{price / 100:.2f}",
                        "Variant Compare At Price": f"{price / 80:.2f}" if price % 3 == 0 else "",
                        "Variant Requires Shipping": "true",
                        "Variant Taxable": "true",
                        "Variant Barcode": _ean13(number * 20 + len(rows)),
                        "Variant Image": f"{image}/{colour}.jpg",
                        "Variant Weight Unit": "g",
                        "Cost per item": f"{price / 210:.2f}",
                    }
                )
            )
    rows += [_row({"Handle": f"product-{number}"}) for _ in range(3)]
    for position, row in enumerate(rows[-3:], start=1):
        row[_AT["Image Src"]] = f"{image}/{position}.jpg"
        row[_AT["Image Position"]] = str(position)
    described = {
        "Title": title,
        "Body (HTML)": "".join(sentences),
        "Vendor": f"Maker {number % 40}",
        "Product Category": "Apparel & Accessories > Clothing > Shirts & Tops",
        "Type": "Shirts",
        "Tags": ", ".join(chance.sample(_WORDS, 4)),
        "Published": "true",
        "Option1 Name": "Colour",
        "Option2 Name": "Size",
        "Gift Card": "false",
        "SEO Title": title,
        "Google Shopping / Gender": "unisex",
        "Google Shopping / Condition": "new",
        "Included / Canada": "true",
        "Status": "active",
    }
    for name, value in described.items():
        rows[0][_AT[name]] = value
    return rows


def _row(values: dict[str, str]) -> list[str]:
    row = [""] * len(_HEADER)
    for name, value in values.items():
        row[_AT[name]] = value
    return row


def _ean13(number: int) -> str:
    digits = f"20{number:010d}"
    return digits + str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10)


def _encoded(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def read_everything(path: Path, sink: Callable[[bytes], object] | None = None) -> int:
    """Inspect and read the whole file, hand every product to `sink` as a line of JSON; the number of variants."""
    source, limits, encoder = FileOnDisk(path), Limits(), msgspec.json.Encoder()
    plan = inspect(source, currency="CAD", limits=limits)
    variants = 0
    for chunk in read_chunks(source, plan, start=first_checkpoint(plan), limits=limits):
        variants += sum(len(product.variants) for product in chunk.products)
        if sink is not None:
            sink(encoder.encode_lines(chunk.products))
    return variants


def read_with_csv_alone(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def ratio_to_csv_reader(path: Path) -> float:
    """Median of interleaved runs of processor time: what else the machine does falls on both alike."""
    ratios = []
    for _ in range(ROUNDS):
        ratios.append(_seconds(lambda: read_everything(path)) / _seconds(lambda: read_with_csv_alone(path)))
    return round(statistics.median(ratios), 2)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def peak_megabytes(path: Path) -> float:
    """Peak resident memory of a fresh process that reads the file, in MiB."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.import_reader", str(path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.csv"
        write_catalogue(path, rows=ROWS)
        figures = {"import_ratio_to_csv_reader": ratio_to_csv_reader(path)}
        figures["import_rows_per_second"] = round(ROWS / _seconds(lambda: read_everything(path)))
        write_catalogue(path, size=LARGE_BYTES)
        figures["import_200mb_peak_mb"] = peak_megabytes(path)
    return figures


if __name__ == "__main__":
    read_everything(Path(sys.argv[1]), len)
    print(peak_mb())

"""A catalogue of realistic size, the same on every run: what the cost of a change is measured on.

The shape follows what shops export: two to nine variants, a description of one to four thousand characters of HTML, three to
eight images. Stored, such a product weighs about 5 KB.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass

_WORDS = (
    "woven",
    "soft",
    "linen",
    "cotton",
    "merino",
    "wool",
    "brushed",
    "organic",
    "lined",
    "hooded",
    "zip",
    "pocket",
    "collar",
    "sleeve",
    "hem",
    "cuff",
    "button",
    "washed",
    "heavy",
    "light",
    "everyday",
    "weekend",
    "trail",
    "harbour",
    "north",
    "maple",
    "cedar",
    "river",
    "granite",
    "field",
    "studio",
    "classic",
    "relaxed",
    "slim",
    "tapered",
)
_SIZES = ("XXS", "XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL")
_HEADER = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Price",
    "Variant Compare At Price",
    "Image Src",
    "Image Alt Text",
    "Status",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """`products` products; `cheaper` takes that many hundredths off each price."""

    products: int
    cheaper: int = 0

    def as_csv(self) -> bytes:
        """The catalogue as a Shopify export (legacy columns), UTF-8."""
        out = io.StringIO()
        writer = csv.DictWriter(out, _HEADER, restval="")
        writer.writeheader()
        for number in range(self.products):
            writer.writerows(_rows(number, self.cheaper))
        return out.getvalue().encode()


def _rows(number: int, cheaper: int) -> list[dict[str, str]]:
    chance = random.Random(number)
    variants = [_variant(number, size, chance, cheaper) for size in _SIZES[: chance.randint(2, 9)]]
    images = [_image(number, position) for position in range(chance.randint(3, 8))]
    described = {
        "Title": " ".join(chance.sample(_WORDS, 4)).title(),
        "Body (HTML)": _description(chance),
        "Vendor": f"{chance.choice(_WORDS).title()} & Sons",
        "Type": "Shirts",
        "Tags": ", ".join(chance.sample(_WORDS, 6)),
        "Published": "true",
        "Status": "active",
        "Option1 Name": "Size",
    }
    count = max(len(variants), len(images))
    rows = [{"Handle": f"product-{number}"} for _ in range(count)]
    rows[0] |= described
    for cells in (variants, images):
        for row, more in zip(rows, cells, strict=False):
            row.update(more)
    return rows


def _description(chance: random.Random) -> str:
    paragraphs = (" ".join(chance.choices(_WORDS, k=chance.randint(30, 90))) for _ in range(chance.randint(4, 8)))
    return "".join(f"<p>{text.capitalize()}.</p>" for text in paragraphs)


def _variant(number: int, size: str, chance: random.Random, cheaper: int) -> dict[str, str]:
    price = chance.randint(1_500, 20_000)
    return {
        "Option1 Value": size,
        "Variant SKU": f"SKU-{number:06d}-{size}",
        "Variant Grams": str(chance.randint(100, 900)),
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": str(chance.randint(0, 80)),
        "Variant Inventory Policy": "deny",
        "Variant Price": _decimal(price - cheaper),
        "Variant Compare At Price": _decimal(price + 1_000),
    }


def _image(number: int, position: int) -> dict[str, str]:
    address = f"https://images.example.com/catalogue/products/{number:06d}/view-{position}-2048x2048.jpg"
    return {"Image Src": address, "Image Alt Text": f"View {position + 1}"}


def _decimal(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"

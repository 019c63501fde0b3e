"""What `inspect` finds out about a file: all that any later slice of the reading needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Format = Literal["shopify", "shopify_legacy", "woocommerce", "bigcommerce", "google_merchant", "mapped"]
DecimalStyle = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """Plain data (strings, numbers, tuples, bytes): encode it as JSON with msgspec and keep it beside the import.

    `mapping` names the header that was taken for each canonical field (`price`, `sale_price`, `compare_at`, `title`, …).
    `decimal_style` is the decimal separator of the file's prices; `decimal_sure` is False when nothing in the file told.
    `data_offset` (bytes) and `data_line` (from 1) are where the first row after the header begins.
    `product_fields` and `variant_fields` are the fields of SourceProduct and SourceVariant that the columns cover.
    `repeats` marks the rows at which a product begins a second time after rows of others, or has gone on for longer than
    a chunk may: a zlib-compressed bitmap, bit `row % 8` of byte `row // 8`, empty when there is none.
    `parents` resolves `id:N` to the key of that product (WooCommerce).
    `as_of` (YYYY-MM-DD or "") is the day by which dated sale prices are judged.
    """

    encoding: str
    bom: int
    delimiter: str
    terminator: str
    format: Format
    header: tuple[str, ...]
    mapping: dict[str, str]
    decimal_style: DecimalStyle
    decimal_sure: bool
    currency: str
    rows_total: int
    data_offset: int
    data_line: int
    product_fields: tuple[str, ...]
    variant_fields: tuple[str, ...]
    repeats: bytes = b""
    parents: dict[str, str] = field(default_factory=dict)
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A guess at which header means which canonical field. `confidence` is 0 to 1 per field of `mapping`; `missing` are the
    required fields without a header, `unused` the headers without a field."""

    mapping: dict[str, str]
    confidence: dict[str, float]
    missing: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def headers(self) -> frozenset[str]:
        """All headers of the file."""
        return frozenset(self.mapping.values()) | frozenset(self.unused)

"""What sync tells the others, and the batch file that a `ProductBatchReady` points at."""

from __future__ import annotations

from dataclasses import dataclass, field

SOURCE = "skuflow.sync"


@dataclass(frozen=True, slots=True)
class ProductBatchReady:
    """A file of products was read and waits at `bucket`/`key` (claim check; layout: `BatchHeader`, then `SourceProduct` lines).

    `observed_at` is when the source showed this state: an older observation never overwrites a newer one.
    """

    import_id: str
    batch: int
    bucket: str
    key: str
    products: int
    source: str
    observed_at: str


@dataclass(frozen=True, slots=True)
class ImportCompleted:
    """Counts are rows of the file, except `products` (distinct product fragments applied)."""

    import_id: str
    file_name: str
    rows: int
    products: int
    created: int
    updated: int
    unchanged: int
    rejected: int


@dataclass(frozen=True, slots=True)
class ImportFailed:
    """The file was refused, or could not be finished. `code` is stable; `detail` and `remedy` are for people."""

    import_id: str
    file_name: str
    code: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class BatchHeader:
    """First line of a batch file. `product_fields` and `variant_fields` are the fields the source covers: those replace what
    is stored (None or empty clears), all others are left as they are."""

    schema_version: int
    import_id: str
    client_id: str
    batch: int
    source: str
    observed_at: str
    currency: str
    product_fields: tuple[str, ...]
    variant_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceVariant:
    """One sellable row. Money is (minor units, currency code). `line` is the row's line in the file, counted from 1."""

    key: str
    line: int
    sku: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    price: tuple[int, str] | None = None
    compare_at: tuple[int, str] | None = None
    cost: tuple[int, str] | None = None
    gtin: str | None = None
    mpn: str | None = None
    weight_grams: int | None = None
    tracked: bool | None = None
    quantity: int | None = None
    in_stock: bool | None = None
    backorder: bool | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class SourceImage:
    """A picture of a product; `alt` describes it in words."""

    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class SourceProduct:
    """All rows of one product within one chunk of the file.

    `defines` is True when the product-level fields were in these rows; a fragment without them only brings variants or images
    to a product that is described elsewhere. `key` identifies the product at its source (Shopify handle, WooCommerce parent
    SKU, Google item_group_id or id). `lines` are all rows it was read from, including rows that only carry an image.
    """

    key: str
    lines: tuple[int, ...]
    defines: bool
    title: str = ""
    description_html: str = ""
    brand: str = ""
    category: tuple[str, ...] = ()
    product_type: str = ""
    tags: tuple[str, ...] = ()
    status: str = "active"
    url: str = ""
    images: tuple[SourceImage, ...] = ()
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    external_ids: dict[str, str] = field(default_factory=dict)
    variants: tuple[SourceVariant, ...] = ()


EVENTS: dict[tuple[str, int], type] = {
    ("ProductBatchReady", 1): ProductBatchReady,
    ("ImportCompleted", 1): ImportCompleted,
    ("ImportFailed", 1): ImportFailed,
}
"""Every event of this context by name and schema version; `events/sync` is made from it."""

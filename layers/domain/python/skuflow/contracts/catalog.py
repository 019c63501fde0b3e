"""What the catalogue tells the others. Money is {"amount_minor": int, "currency": code}."""

from __future__ import annotations

from dataclasses import dataclass, field

SOURCE = "skuflow.catalog"


@dataclass(frozen=True, slots=True)
class Amount:
    """Whole minor units of a currency (ISO 4217)."""

    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class VariantRef:
    """A variant, and what the client asks for it."""

    variant_id: str
    sku: str | None
    price: Amount | None


@dataclass(frozen=True, slots=True)
class ProductAdded:
    """A product is in the catalogue that was not there before. `variants` may be cut to fit, `variants_total` counts all."""

    product_id: str
    product_version: int
    title: str
    brand: str
    category: tuple[str, ...]
    status: str
    source: str
    variants: tuple[VariantRef, ...]
    variants_total: int = 0


@dataclass(frozen=True, slots=True)
class ProductRemoved:
    """A product is no longer in the catalogue."""

    product_id: str
    product_version: int
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a product; `alt` describes it in words."""

    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class VariantState:
    """Everything that is said of one variant. `options` are (name, value) pairs in order; `image` is an address."""

    variant_id: str
    sku: str | None = None
    gtin: str | None = None
    mpn: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    price: Amount | None = None
    compare_at: Amount | None = None
    cost: Amount | None = None
    weight_grams: int | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class ProductChanged:
    """A product is new, or something visible of it is another than before: all of it, as it is now.

    In `parts` events of one version, of at most 100 variants and 200 KB each: `part` (from 1) says which. Part 1 carries the
    product's own fields and its first variants in order; the others carry variants, and of the rest only ids and `source`. Who
    needs the whole product waits for all parts of one `product_version`. Versions of a product only grow, with gaps.

    `cut` names the fields that are shorter than the product's, to fit: the end of `description_html` (beyond some 70 KB), or the
    last of `category`, `tags`, `images`, `attributes`. Times are RFC 3339; `observed_at` is when its source last showed something
    new, "" for a product made by hand."""

    product_id: str
    product_version: int
    source: str
    part: int = 1
    parts: int = 1
    title: str = ""
    description_html: str = ""
    brand: str = ""
    category: tuple[str, ...] = ()
    product_type: str = ""
    tags: tuple[str, ...] = ()
    status: str = ""
    url: str = ""
    images: tuple[Picture, ...] = ()
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    variants: tuple[VariantState, ...] = ()
    variants_total: int = 0
    cut: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    observed_at: str = ""


@dataclass(frozen=True, slots=True)
class PriceChanged:
    """The price or compare-at price of one variant is another than before. `offer_id` is "" for the client's own price."""

    product_id: str
    product_version: int
    variant_id: str
    offer_id: str
    sku: str | None
    title: str
    old_price: Amount | None
    new_price: Amount | None
    old_compare_at: Amount | None
    new_compare_at: Amount | None
    source: str


@dataclass(frozen=True, slots=True)
class PriceDropped:
    """The price fell. `drop_percent` is (old - new) / old × 100 as a decimal string with two places, rounded half up."""

    product_id: str
    product_version: int
    variant_id: str
    offer_id: str
    sku: str | None
    title: str
    old_price: Amount
    new_price: Amount
    drop_percent: str
    source: str


@dataclass(frozen=True, slots=True)
class StockChange:
    """Payload of `BackInStock` and `OutOfStock`; `available` is the sum over locations, None where stock is not counted."""

    product_id: str
    variant_id: str
    available: int | None
    inventory_version: int
    source: str


@dataclass(frozen=True, slots=True)
class StockRanLow:
    """What can be sold of a variant at a location fell to its threshold."""

    product_id: str
    variant_id: str
    location: str
    available: int
    threshold: int
    inventory_version: int


@dataclass(frozen=True, slots=True)
class RejectedRows:
    """Rows that the catalogue would not take, with the field, the offending value (cut to 200 characters) and the way out."""

    lines: tuple[int, ...]
    field: str
    value: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class ProductBatchApplied:
    """What became of one batch; the counts are rows of the file, `products` are fragments."""

    import_id: str
    batch: int
    products: int
    created: int
    updated: int
    unchanged: int
    products_created: int
    products_updated: int
    products_unchanged: int
    rejected: tuple[RejectedRows, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SourceProductsRemoved:
    """What came of a `SourceSnapshotRead`: products of the source that were `removed` because it no longer has them. `kept_back`
    counts those that were left because so many at once looked like a mistake."""

    run_id: str
    source: str
    removed: int
    kept_back: int


@dataclass(frozen=True, slots=True)
class SkippedFix:
    """A fix that was not applied. `reason` is `unknown_product`, `unknown_place` (no such variant, option or picture),
    `field_not_allowed`, `invalid_value`, `changed_since` (the field is no longer as it was seen) or `too_large`."""

    product_id: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProductFixesApplied:
    """What became of the fixes of one `ProductFixesDecided`: `applied` counts fixes, `products` the products with at least one of
    them. Every other fix of the batch is among `skipped`."""

    job_id: str
    batch: int
    applied: int
    products: int
    skipped: tuple[SkippedFix, ...] = ()


EVENTS: dict[tuple[str, int], type] = {
    ("ProductAdded", 1): ProductAdded,
    ("ProductChanged", 1): ProductChanged,
    ("ProductRemoved", 1): ProductRemoved,
    ("PriceChanged", 1): PriceChanged,
    ("PriceDropped", 1): PriceDropped,
    ("BackInStock", 1): StockChange,
    ("OutOfStock", 1): StockChange,
    ("StockRanLow", 1): StockRanLow,
    ("ProductBatchApplied", 1): ProductBatchApplied,
    ("SourceProductsRemoved", 1): SourceProductsRemoved,
    ("ProductFixesApplied", 1): ProductFixesApplied,
}
"""Every event of this context by name and schema version; `events/catalog` is made from it."""

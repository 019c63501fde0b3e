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
    is stored (None or empty clears), all others are left as they are. `complete`: each fragment is the whole product, so that
    variants which it does not mention are gone."""

    schema_version: int
    import_id: str
    client_id: str
    batch: int
    source: str
    observed_at: str
    currency: str
    product_fields: tuple[str, ...]
    variant_fields: tuple[str, ...]
    complete: bool = False


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
    `observed_at` is when the source showed this product's state, where products differ in that; "" means the header's.
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
    observed_at: str = ""


@dataclass(frozen=True, slots=True)
class SourceProductsGone:
    """A source has deleted these products; `keys` as in `SourceProduct.key`. What was seen later than `observed_at` stays."""

    source: str
    keys: tuple[str, ...]
    observed_at: str


@dataclass(frozen=True, slots=True)
class SourceSnapshotRead:
    """A source was read to its end: its products are the `products` keys that stand one a line in the file at `bucket`/`key` (claim
    check, sorted). Whatever else the catalogue has of it, and was seen no later than `observed_at`, is gone."""

    run_id: str
    source: str
    bucket: str
    key: str
    products: int
    observed_at: str


@dataclass(frozen=True, slots=True)
class ShopConnected:
    """A shop was connected, or connected again. `scopes` are what its owner granted."""

    shop: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShopDisconnected:
    """A shop is no longer connected. `reason` is `uninstalled` (by its owner) or `disconnected` (by the client)."""

    shop: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShopNeedsReauth:
    """The shop no longer accepts our credentials: its owner has to go through the installation again."""

    shop: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ShopSyncCompleted:
    """A shop's whole catalogue was read and applied. Counts are products, except `variants` and `rejected` (lines or products).
    `kind` is `first`, `reconciliation` or `manual`."""

    shop: str
    run_id: str
    kind: str
    products: int
    variants: int
    created: int
    updated: int
    unchanged: int
    removed: int
    rejected: int


@dataclass(frozen=True, slots=True)
class ShopSyncFailed:
    """A run ended without success. `code` is stable; `detail` and `remedy` are for people; `next_run_at` "" if there is none."""

    shop: str
    run_id: str
    code: str
    detail: str
    remedy: str
    next_run_at: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`product_key` and `variant_key` as in `SourceProduct.key` and `SourceVariant.key`, "" for what is not in the catalogue.
    `unit_price` is (minor units, currency code) before discounts."""

    product_key: str
    variant_key: str
    sku: str | None
    quantity: int
    unit_price: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class ShopOrderChanged:
    """An order of a shop is new, or another than before. Nothing in it tells who ordered. Times are RFC 3339."""

    shop: str
    order_id: str
    name: str
    created_at: str
    updated_at: str
    cancelled_at: str
    currency: str
    total: tuple[int, str] | None
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class PrivacyRequestReceived:
    """Somebody's personal data is to be shown or erased by `due_at`. `kind` is `customers/data_request`, `customers/redact` or
    `shop/redact`; `customer_id` is the shop's own id of the person, "" for a whole shop. The request itself holds the rest."""

    shop: str
    request_id: str
    kind: str
    customer_id: str
    due_at: str


EVENTS: dict[tuple[str, int], type] = {
    ("ProductBatchReady", 1): ProductBatchReady,
    ("ImportCompleted", 1): ImportCompleted,
    ("ImportFailed", 1): ImportFailed,
    ("SourceProductsGone", 1): SourceProductsGone,
    ("SourceSnapshotRead", 1): SourceSnapshotRead,
    ("ShopConnected", 1): ShopConnected,
    ("ShopDisconnected", 1): ShopDisconnected,
    ("ShopNeedsReauth", 1): ShopNeedsReauth,
    ("ShopSyncCompleted", 1): ShopSyncCompleted,
    ("ShopSyncFailed", 1): ShopSyncFailed,
    ("ShopOrderChanged", 1): ShopOrderChanged,
    ("PrivacyRequestReceived", 1): PrivacyRequestReceived,
}
"""Every event of this context by name and schema version; `events/sync` is made from it."""

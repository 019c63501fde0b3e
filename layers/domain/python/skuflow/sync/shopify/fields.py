"""Shopify's terms in ours: what a bulk operation, a query and a webhook have in common.

`built` makes a product of what any of them says, so that the same product has the same content whichever way it came. What a
source does not carry it must not cover: give `built` the fields that this one carries, and no others. Single values (ids, moments,
amounts) are read by `values`.

Two traps for whoever adds a source. A quantity without a word on tracking means to the catalogue that units are counted, so cover
`quantity` only together with `tracked`. And a bulk operation tells which picture is the first, but not the order of the others: so
the first is kept in its place and the others stand in order of their addresses, lest the same product seem changed every night.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from skuflow.contracts.sync import SourceImage, SourceProduct, SourceVariant
from skuflow.kernel.clock import parse_iso
from skuflow.sync.reading.outcome import BadCell, BadRow, RowReject, shown
from skuflow.sync.reading.values.quantities import gtin_of
from skuflow.sync.reading.values.text import one_line, web_address
from skuflow.sync.shopify.values import (
    Amount,
    category_of,
    grams_of,
    money,
    numeric_id,
    options_of,
    state_time,
    tags_of,
    text_of,
)

PRODUCT_FIELDS = (
    "title", "description_html", "brand", "category", "product_type", "tags", "status", "images", "external_ids",
)  # fmt: skip
"""Fields of a product that both a bulk operation and a webhook carry."""
VARIANT_FIELDS = (
    "sku", "options", "price", "compare_at", "gtin", "image", "quantity", "tracked", "backorder", "cost", "weight_grams",
)  # fmt: skip
"""Fields of a variant that we take; a webhook carries all but the last two, and `tracked` (and so `quantity`) not always."""

STATUSES = {"active": "active", "draft": "draft", "archived": "archived", "unlisted": "draft"}
"""Shopify's words in lower case. An unlisted product can be bought by those who have its address; here it is out of sight."""

CLOCKS_APART = timedelta(days=1)
"""A state may bear a time this much later than that at which it was seen."""

_MAX_COUNT = 10**9
_MAX_SKU = 255
_MAX_TITLE = 1000
_MAX_DESCRIPTION = 150_000
"""Characters; of a longer one the catalogue could not keep anything beside."""
_MAX_VARIANTS = 2048
"""As many as Shopify allows, and the catalogue."""


@dataclass(frozen=True, slots=True)
class RawProduct:
    """A product as Shopify says it. `line` is where it says so (of a file, from 1). `gid`: `gid://shopify/Product/…`, or the bare
    number. `tags`: a list, or one text with commas. `images`: address and alt text, the first picture first. `updated_at`: RFC
    3339."""

    line: int
    gid: object
    title: object = ""
    description_html: object = ""
    vendor: object = ""
    product_type: object = ""
    category: object = ""
    tags: object = ()
    status: object = "active"
    images: Sequence[tuple[str, str]] = ()
    handle: object = ""
    updated_at: object = ""


@dataclass(frozen=True, slots=True)
class RawVariant:
    """A variant as Shopify says it; amounts are decimal texts in major units (or {amount, currencyCode}). `policy` is the
    inventory policy: `continue` sells on when nothing is left."""

    line: int
    gid: object
    sku: object = None
    options: Sequence[tuple[object, object]] = ()
    price: object = None
    compare_at: object = None
    cost: object = None
    barcode: object = None
    image: object = None
    quantity: object = None
    tracked: object = None
    policy: object = None
    weight: object = None
    weight_unit: object = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a product. `product` is None if it could not be taken at all. `complete`: it came with all its variants, and
    every one was taken, so that what it does not mention is gone. A remark's `line` is the `line` of the raw record."""

    product: SourceProduct | None
    product_fields: tuple[str, ...]
    variant_fields: tuple[str, ...]
    complete: bool
    rejects: tuple[RowReject, ...]
    warnings: tuple[RowReject, ...]


def built(
    product: RawProduct,
    variants: Iterable[RawVariant],
    *,
    currency: str,
    seen_at: datetime,
    product_fields: tuple[str, ...],
    variant_fields: tuple[str, ...],
    complete: bool,
) -> Taken:
    """`product` with `variants`, which are in order. `currency` is the shop's; `seen_at` is when this state was seen (see
    `state_time`). A value that cannot be taken rejects its variant, or warns where the rest is good without it; a product is
    rejected for its id, and for what the catalogue could not keep."""
    rejects: list[RowReject] = []
    warnings: list[RowReject] = []
    taken: dict[str, SourceVariant] = {}
    for raw in variants:
        try:
            variant = _variant(raw, currency, warnings)
            if variant.key in taken:
                raise BadRow("id", variant.key, "the same variant twice in one product", "the first one was taken")
            taken[variant.key] = replace(variant, line=len(taken) + 1)
        except BadRow as fault:
            rejects.append(fault.at(raw.line))
    try:
        made = _product(product, tuple(taken.values()), "title" in product_fields, seen_at, warnings)
    except BadRow as fault:
        return Taken(None, product_fields, variant_fields, False, (fault.at(product.line), *rejects), tuple(warnings))
    whole = complete and bool(taken) and not rejects
    made = replace(made, defines=bool(product_fields))
    return Taken(made, product_fields, variant_fields, whole, tuple(rejects), tuple(warnings))


def _product(
    raw: RawProduct, variants: tuple[SourceVariant, ...], titled: bool, seen_at: datetime, warnings: list[RowReject]
) -> SourceProduct:
    number = numeric_id(raw.gid)
    title = one_line(text_of(raw.title))
    if titled and not title:
        raise BadRow("title", "", "the product has no title", "give it a title in the shop")
    description = text_of(raw.description_html).strip()
    for field, text, most in (("title", title, _MAX_TITLE), ("descriptionHtml", description, _MAX_DESCRIPTION)):
        if len(text) > most:
            raise BadRow(field, text, f"longer than {most} characters", "shorten it")
    if len(variants) > _MAX_VARIANTS:
        raise BadRow("variants", str(len(variants)), f"more than {_MAX_VARIANTS} variants", "split the product")
    handle = text_of(raw.handle).strip()
    return SourceProduct(
        key=number,
        lines=tuple(variant.line for variant in variants) or (1,),
        defines=True,
        title=title,
        description_html=description,
        brand=one_line(text_of(raw.vendor)),
        category=category_of(raw.category),
        product_type=one_line(text_of(raw.product_type)),
        tags=tags_of(raw.tags),
        status=STATUSES.get(text_of(raw.status).strip().lower(), "active"),
        images=tuple(_images(raw, warnings)),
        external_ids={"shopify": f"gid://shopify/Product/{number}", **({"shopify_handle": handle} if handle else {})},
        variants=variants,
        observed_at=_state(raw, seen_at, warnings),
    )


def _state(raw: RawProduct, seen_at: datetime, warnings: list[RowReject]) -> str:
    text = text_of(raw.updated_at)
    if not text:
        return ""
    try:
        updated_at = parse_iso(text)
        if updated_at > seen_at + CLOCKS_APART:
            raise ValueError("a state of the future would win over every real one until then")
        return state_time(updated_at, seen_at)
    except ValueError:
        warnings.append(
            RowReject(raw.line, "updatedAt", shown(text), "not a time", "the time of reading was taken instead")
        )
        return ""


def _images(raw: RawProduct, warnings: list[RowReject]) -> Iterable[SourceImage]:
    found: dict[str, SourceImage] = {}
    for url, alt in raw.images:
        address = web_address(url)
        if address is None:
            warnings.append(_no_address(raw.line, "images", url))
        else:
            found.setdefault(address, SourceImage(address, one_line(alt)))
    first, *others = found.values() or (None,)
    return [first, *sorted(others, key=lambda image: image.url)] if first else []


def _variant(raw: RawVariant, currency: str, warnings: list[RowReject]) -> SourceVariant:
    price = money(raw.price, currency, "price")
    compare_at = money(raw.compare_at, currency, "compareAtPrice")
    if price and compare_at and (compare_at[1] != price[1] or compare_at[0] <= price[0]):
        compare_at = None  # no reduction to show: shops repeat the price there
    return SourceVariant(
        key=numeric_id(raw.gid),
        line=raw.line,
        sku=_sku(raw.sku),
        options=options_of(raw.options),
        price=price,
        compare_at=compare_at,
        cost=_cost(raw, currency, warnings),
        gtin=_gtin(raw, warnings),
        weight_grams=grams_of(raw.weight, raw.weight_unit),
        tracked=raw.tracked if isinstance(raw.tracked, bool) else None,
        quantity=_quantity(raw.quantity),
        backorder=text_of(raw.policy).lower() == "continue" if raw.policy is not None else None,
        image=_image(raw, warnings),
    )


def _cost(raw: RawVariant, currency: str, warnings: list[RowReject]) -> Amount | None:
    try:
        return money(raw.cost, currency, "unitCost")
    except BadRow as fault:
        warnings.append(replace(fault.at(raw.line), reason=f"{fault.reason}; the variant was taken without it"))
        return None


def _sku(value: object) -> str | None:
    sku = text_of(value).strip()
    if len(sku) > _MAX_SKU or (sku and not sku.isprintable()):
        raise BadRow(
            "sku", sku, f"not an SKU: longer than {_MAX_SKU} characters, or not printable", "correct it in the shop"
        )
    return sku or None


def _gtin(raw: RawVariant, warnings: list[RowReject]) -> str | None:
    try:
        return gtin_of(text_of(raw.barcode))
    except BadCell as fault:
        reason = f"{fault.reason}; the variant was taken without it"
        warnings.append(RowReject(raw.line, "barcode", shown(text_of(raw.barcode)), reason, fault.hint))
        return None


def _quantity(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _MAX_COUNT:
        raise BadRow("inventoryQuantity", text_of(value), "not a count of pieces", "give a whole number")
    return value


def _image(raw: RawVariant, warnings: list[RowReject]) -> str | None:
    text = text_of(raw.image)
    address = web_address(text) if text else None
    if text and address is None:
        warnings.append(_no_address(raw.line, "image", text))
    return address


def _no_address(line: int, field: str, text: str) -> RowReject:
    return RowReject(
        line, field, shown(text), "not a web address; it was left out", "give an address that begins with https://"
    )

"""What a source says of a product, checked and put in our terms. A row that breaks a rule is refused alone, with the way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skuflow.catalog import codes
from skuflow.catalog.model import STATUSES, Image, digest
from skuflow.contracts.catalog import RejectedRows
from skuflow.contracts.sync import BatchHeader, SourceProduct, SourceVariant
from skuflow.kernel.clock import parse_iso
from skuflow.kernel.errors import Invalid, Malformed
from skuflow.kernel.money import Money

STOCK_FIELDS = frozenset({"tracked", "quantity", "in_stock", "backorder"})
PRODUCT_FIELDS = (
    "title",
    "description_html",
    "brand",
    "category",
    "product_type",
    "tags",
    "status",
    "url",
    "images",
    "attributes",
    "external_ids",
)
VARIANT_FIELDS = ("sku", "options", "price", "compare_at", "cost", "gtin", "mpn", "weight_grams", "image")

LIMITS = {"title": 1000, "brand": 255, "product_type": 255, "url": 2048, "description_html": 150_000}
"""Characters. A description longer than this would not leave room for anything else in the item."""
MAX_IMAGES = 250
MAX_TAGS = 250
MAX_LEVELS = 10
MAX_ATTRIBUTES = 100
MAX_TEXT = 1000
"""Characters of a tag, an attribute's value, a category's name, an option."""

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_SHOWN = 200


class Refused(Exception):
    """A value that cannot be taken: which field, the value itself, why, and what to do."""

    def __init__(self, field: str, value: object, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason, self.hint = field, str(value)[:_SHOWN], reason, hint

    def rows(self, lines: tuple[int, ...]) -> RejectedRows:
        return RejectedRows(lines, self.field, self.value, self.reason, self.hint)


@dataclass(frozen=True, slots=True)
class Row:
    """One variant as its row says it. `fields` are the covered fields of Variant, `stock` those of SourceCount."""

    key: str
    line: int
    fields: Mapping[str, Any]
    stock: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one SourceProduct says. `description`: the covered fields of Product, None if it does not describe it.
    `lines` are those not refused. `digest` is of the description, short: it only has to tell the few of one product apart."""

    key: str
    lines: tuple[int, ...]
    description: Mapping[str, Any] | None
    images: tuple[Image, ...]
    rows: tuple[Row, ...]
    digest: str = ""

    @property
    def line(self) -> int:
        return min(self.lines)


@dataclass(frozen=True, slots=True)
class Observation:
    """What holds for all fragments of one batch. `ref` names the batch: a mark of its import, and its number.
    `describes`: the file has titles, so that its fragments can bring a product into being."""

    ref: str
    source: str
    at: datetime
    describes: bool
    product_fields: frozenset[str]
    variant_fields: frozenset[str]

    @property
    def import_mark(self) -> str:
        return self.ref.partition(":")[0]

    @property
    def counts_stock(self) -> bool:
        return bool(STOCK_FIELDS & self.variant_fields)


def observation(header: BatchHeader, *, mark: str) -> Observation:
    """What `header` says; `mark` is a short name of its import. Raises Malformed."""
    try:
        at = parse_iso(header.observed_at)
    except ValueError:
        raise Malformed(f"observed_at is not a time: {header.observed_at[:_SHOWN]!r}") from None
    covered = frozenset(header.product_fields)
    ref = f"{mark}:{header.batch}"
    return Observation(ref, header.source, at, "title" in covered, covered, frozenset(header.variant_fields))


def fragment(
    said: SourceProduct, observed: Observation, sanitise: Callable[[str], str]
) -> tuple[Fragment | None, tuple[RejectedRows, ...]]:
    """`said` checked, with the rows that were refused; None if all of them were."""
    if not said.key:
        return None, (Refused("key", "", "the product has no key", "give it a handle or an SKU").rows(said.lines),)
    refused: list[RejectedRows] = []
    rows: list[Row] = []
    for variant in said.variants:
        try:
            rows.append(_row(variant, observed.variant_fields))
        except Refused as refusal:
            refused.append(refusal.rows((variant.line,)))
    gone = {line for rejection in refused for line in rejection.lines}
    left = tuple(line for line in said.lines if line not in gone)
    if not left:
        return None, tuple(refused)
    try:
        description = _description(said, observed.product_fields, sanitise) if said.defines else None
        images = _images(said) if not said.defines and "images" in observed.product_fields else ()
    except Refused as refusal:
        return None, (*refused, refusal.rows(left))
    mark = digest(_plain(description))[:12] if description is not None else ""
    return Fragment(said.key, left, description, images, tuple(rows), mark), tuple(refused)


def _plain(description: Mapping[str, Any]) -> dict[str, Any]:
    """`description` as JSON can hold it."""
    images = [(image.url, image.alt) for image in description.get("images", ())]
    return {**description, **({"images": images} if "images" in description else {})}


def _description(said: SourceProduct, covered: frozenset[str], sanitise: Callable[[str], str]) -> dict[str, Any]:
    made = {name: _PRODUCT[name](said) for name in PRODUCT_FIELDS if name in covered}
    if "title" in made and not made["title"]:
        raise Refused("title", "", "the product has no title", "give it a title")
    if "description_html" in made:
        made["description_html"] = sanitise(made["description_html"])
    return made


def _text(name: str) -> Callable[[SourceProduct], str]:
    def read(said: SourceProduct) -> str:
        text = str(getattr(said, name)).strip()
        if len(text) > LIMITS[name]:
            raise Refused(name, text, f"is longer than {LIMITS[name]} characters", "shorten it")
        return text

    return read


def _texts(name: str, values: tuple[str, ...], most: int) -> tuple[str, ...]:
    if len(values) > most:
        raise Refused(name, len(values), f"are more than {most}", "give fewer")
    for value in values:
        if len(value) > MAX_TEXT:
            raise Refused(name, value, f"is longer than {MAX_TEXT} characters", "shorten it")
    return values


def _status(said: SourceProduct) -> str:
    status = said.status.strip().lower() or "active"
    if status not in STATUSES:
        raise Refused("status", said.status, "is not a status", f"use one of {', '.join(STATUSES)}")
    return status


def _link(name: str, url: str) -> str:
    """`url` if a browser may be sent there: http, https, or relative to the shop."""
    url = url.strip()
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        raise Refused(name, url, "is not a web address", "give an address that begins with https://")
    if len(url) > LIMITS["url"]:
        raise Refused(name, url, f"is longer than {LIMITS['url']} characters", "shorten it")
    return url


def _images(said: SourceProduct) -> tuple[Image, ...]:
    if len(said.images) > MAX_IMAGES:
        raise Refused("images", len(said.images), f"are more than {MAX_IMAGES}", "give fewer")
    made = {image.url.strip(): Image(_link("images", image.url), image.alt.strip()[:MAX_TEXT]) for image in said.images}
    return tuple(image for url, image in made.items() if url)


def _attributes(said: SourceProduct) -> dict[str, tuple[str, ...]]:
    if len(said.attributes) > MAX_ATTRIBUTES:
        raise Refused("attributes", len(said.attributes), f"are more than {MAX_ATTRIBUTES}", "give fewer")
    named = sorted(
        (name.strip(), tuple(filter(None, map(str.strip, values)))) for name, values in said.attributes.items()
    )
    return {name: _texts("attributes", values, MAX_TAGS) for name, values in named if name and values}


def _external_ids(said: SourceProduct) -> dict[str, str]:
    ids = {name: value.strip() for name, value in sorted(said.external_ids.items()) if name and value.strip()}
    _texts("external_ids", tuple(ids.values()), MAX_ATTRIBUTES)
    if "asin" in ids:
        ids["asin"] = _code("asin", codes.asin, ids["asin"]) or ""
    return ids


_PRODUCT: dict[str, Callable[[SourceProduct], Any]] = {
    "title": _text("title"),
    "description_html": _text("description_html"),
    "brand": _text("brand"),
    "category": lambda said: _texts("category", tuple(filter(None, map(str.strip, said.category))), MAX_LEVELS),
    "product_type": _text("product_type"),
    "tags": lambda said: _texts("tags", tuple(dict.fromkeys(filter(None, map(str.strip, said.tags)))), MAX_TAGS),
    "status": _status,
    "url": lambda said: _link("url", said.url),
    "images": _images,
    "attributes": _attributes,
    "external_ids": _external_ids,
}


def _row(said: SourceVariant, covered: frozenset[str]) -> Row:
    fields = dict(_variant_fields(said, covered))
    price, compare_at = fields.get("price"), fields.get("compare_at")
    if price and compare_at and price.currency != compare_at.currency:
        hint = f"give it in {price.currency}, like the price"
        raise Refused("compare_at", said.compare_at, "is in another currency than the price", hint)
    stock = {name: getattr(said, name) for name in STOCK_FIELDS & covered}
    return Row(said.key, said.line, fields, stock)


def _variant_fields(said: SourceVariant, covered: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for name in VARIANT_FIELDS:
        if name in covered:
            yield name, _VARIANT[name](said)


def _code(name: str, check: Callable[[str], str], text: str | None) -> str | None:
    if not text or not text.strip():
        return None
    try:
        return check(text)
    except ValueError as error:
        raise Refused(name, text, str(error), "correct it, or leave it empty") from None


def _money(name: str, said: tuple[int, str] | None) -> Money | None:
    if said is None:
        return None
    try:
        money = Money(*said)
    except Invalid as error:
        raise Refused(name, said[1], error.detail, "use an ISO 4217 code such as CAD") from None
    if money.minor < 0:
        raise Refused(name, money.to_decimal(), "is negative", "give 0 or more")
    return money


def _options(said: SourceVariant) -> tuple[tuple[str, str], ...]:
    _texts("options", tuple(text for pair in said.options for text in pair), 2 * MAX_LEVELS)
    return tuple((name, value) for name, value in said.options)


def _weight(said: SourceVariant) -> int | None:
    if said.weight_grams is not None and said.weight_grams < 0:
        raise Refused("weight_grams", said.weight_grams, "is negative", "give 0 or more")
    return said.weight_grams


_VARIANT: dict[str, Callable[[SourceVariant], Any]] = {
    "sku": lambda said: _code("sku", codes.sku, said.sku),
    "options": _options,
    "price": lambda said: _money("price", said.price),
    "compare_at": lambda said: _money("compare_at", said.compare_at),
    "cost": lambda said: _money("cost", said.cost),
    "gtin": lambda said: _code("gtin", codes.gtin, said.gtin),
    "mpn": lambda said: _code("mpn", codes.mpn, said.mpn),
    "weight_grams": _weight,
    "image": lambda said: _link("image", said.image) if said.image else None,
}

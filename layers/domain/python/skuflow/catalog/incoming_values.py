"""Single values of what a source says of a product, checked and put in our terms; a value that breaks a rule is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from skuflow.catalog import codes
from skuflow.catalog.model import STATUSES, Image
from skuflow.contracts.catalog import RejectedRows
from skuflow.contracts.sync import SourceProduct, SourceVariant
from skuflow.kernel.errors import Invalid
from skuflow.kernel.money import Money

LIMITS = {"title": 1000, "brand": 255, "product_type": 255, "url": 2048, "description_html": 150_000}
"""Characters. A description longer than this would not leave room for anything else in the item."""
MAX_IMAGES = 250
MAX_TAGS = 250
MAX_LEVELS = 10
MAX_ATTRIBUTES = 100
MAX_TEXT = 1000
"""Characters of a tag, an attribute's value, a category's name, an option."""

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
SHOWN = 200
"""Characters of a refused value that are shown."""


class Refused(Exception):
    """A value that cannot be taken: which field, the value itself, why, and what to do."""

    def __init__(self, field: str, value: object, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason, self.hint = field, str(value)[:SHOWN], reason, hint

    def rows(self, lines: tuple[int, ...]) -> RejectedRows:
        return RejectedRows(lines, self.field, self.value, self.reason, self.hint)


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


def images(said: SourceProduct) -> tuple[Image, ...]:
    """The product's pictures, each address once. Raises Refused."""
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


PRODUCT_VALUES: dict[str, Callable[[SourceProduct], Any]] = {
    "title": _text("title"),
    "description_html": _text("description_html"),
    "brand": _text("brand"),
    "category": lambda said: _texts("category", tuple(filter(None, map(str.strip, said.category))), MAX_LEVELS),
    "product_type": _text("product_type"),
    "tags": lambda said: _texts("tags", tuple(dict.fromkeys(filter(None, map(str.strip, said.tags)))), MAX_TAGS),
    "status": _status,
    "url": lambda said: _link("url", said.url),
    "images": images,
    "attributes": _attributes,
    "external_ids": _external_ids,
}
"""Field -> its value in our terms. Each raises Refused."""


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


VARIANT_VALUES: dict[str, Callable[[SourceVariant], Any]] = {
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
"""Field -> its value in our terms. Each raises Refused."""

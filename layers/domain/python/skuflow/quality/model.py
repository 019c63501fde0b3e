"""A product as this context keeps it, and what is known of its pictures. The catalogue tells it; nothing here is changed by
hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from skuflow.kernel.money import Money

ImageStatus = Literal["ok", "unreachable", "not_an_image", "refused"]
"""`unreachable`: the server says that there is nothing (4xx). `refused`: an address that we do not call (no https, private)."""


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotVariant:
    """One sellable thing. `options` are pairs of name and value in the order of the shop."""

    variant_id: str
    sku: str | None = None
    gtin: str | None = None
    mpn: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    price: Money | None = None
    compare_at: Money | None = None
    cost: Money | None = None
    weight_grams: int | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole of a product in one version, with all its variants. `updated_at` is when the catalogue last changed it,
    `observed_at` when its source last showed it (None: it was made by hand). `category` goes from the root down. `cut` names
    fields of which only the beginning is known, because the whole was too long to tell."""

    product_id: str
    product_version: int
    updated_at: datetime
    observed_at: datetime | None = None
    source: str = ""
    title: str = ""
    description_html: str = ""
    brand: str = ""
    category: tuple[str, ...] = ()
    product_type: str = ""
    tags: tuple[str, ...] = ()
    status: str = "active"
    url: str = ""
    images: tuple[Picture, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variants: tuple[SnapshotVariant, ...] = ()
    created_at: datetime | None = None
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageFact:
    """What a look at an address showed. Width and height in pixels; 0: not known (the picture has none, as an SVG may)."""

    status: ImageStatus
    checked_at: datetime
    width: int = 0
    height: int = 0

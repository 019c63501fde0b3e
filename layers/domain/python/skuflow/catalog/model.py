"""A product and its variants, and the rules that hold for them wherever they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from skuflow.kernel.events import Cause
from skuflow.kernel.ids import derived_id
from skuflow.kernel.money import Money
from skuflow.kernel.tenancy import ClientId

Status = Literal["active", "draft", "archived", "removed"]
STATUSES: tuple[Status, ...] = ("active", "draft", "archived")
"""What a product may be set to; `removed` only comes of removing it."""

IMPORT = "import"
API = "api"
FIX = "fix"
"""Ways a change came in (`channel`); API is also the `source` of products that were made through it."""

MAX_VARIANTS = 2048

UNDESCRIBED = "-"
"""The mark of a variant that came without a description of its product."""


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One sellable thing. `key` names it at its source, `position` orders it within the product.

    `seen_at` and `seen_line` say which observation its content is from: no older one overwrites it. `added_at` is when an
    import brought it to a product that was there before; None: they came together, or it was made by hand. `described` is the
    digest of the product description that came with it: "" means the one that the product now has, UNDESCRIBED none.
    """

    variant_id: str
    key: str
    position: int = 0
    sku: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    price: Money | None = None
    compare_at: Money | None = None
    cost: Money | None = None
    gtin: str | None = None
    mpn: str | None = None
    weight_grams: int | None = None
    image: str | None = None
    seen_at: datetime | None = None
    seen_line: int = 0
    added_at: datetime | None = None
    described: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """Which observation the product-level fields are from: when, at which line of its file, and a digest of them. `before` is
    the digest of those that this import found."""

    at: datetime
    line: int = 0
    digest: str = ""
    before: str = ""

    @property
    def is_other(self) -> bool:
        """Whether the observation changed anything: a row that repeats what is known has the say too, if it stands first."""
        return self.digest != self.before


@dataclass(frozen=True, slots=True)
class Fixed:
    """A field that was fixed: digests of what its source said, and of what it was made."""

    source: str
    made: str


@dataclass(frozen=True, slots=True)
class Product:
    """`source` and `key` are where it comes from and its name there. `described` None: so far only parts of it came, which
    some other fragment describes; nobody is shown it until then. `more_images` are those that such parts brought.

    `version` counts writes, and `updated_at` never goes back, whatever the clocks say. `created_by` and `changed_by` are the
    batches (`import mark:number`) that made it and that changed it lately, `pictured_by` the fragments (`import mark:line`) that
    brought images without a description: a batch applied twice says the same twice. `channel` and `cause` are those of the last
    write. `fixed` tells the paths of fields that are not as the source has them but as a fix made them (see `kept_fixes`),
    `fixed_by` the last batches of fixes, each with what it applied (see `fixes`).
    """

    product_id: str
    source: str
    key: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    title: str = ""
    description_html: str = ""
    brand: str = ""
    category: tuple[str, ...] = ()
    product_type: str = ""
    tags: tuple[str, ...] = ()
    status: Status = "active"
    url: str = ""
    images: tuple[Image, ...] = ()
    more_images: tuple[Image, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    external_ids: Mapping[str, str] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    described: Description | None = None
    observed_at: datetime | None = None
    created_by: str = ""
    changed_by: tuple[str, ...] = ()
    pictured_by: tuple[str, ...] = ()
    fixed: Mapping[str, Fixed] = field(default_factory=dict)
    fixed_by: tuple[str, ...] = ()
    channel: str = ""
    cause: Cause = Cause("")  # noqa: RUF009 - frozen

    def variant(self, variant_id: str) -> Variant | None:
        return next((v for v in self.variants if v.variant_id == variant_id), None)

    @property
    def is_visible(self) -> bool:
        """Whether there is such a product for anybody outside: described, and not removed."""
        return self.described is not None and self.status != "removed"

    @property
    def all_images(self) -> tuple[Image, ...]:
        shown = {image.url for image in self.images}
        return self.images + tuple(image for image in self.more_images if image.url not in shown)


def product_id(client_id: ClientId, source: str, key: str) -> str:
    """The id of the product called `key` at `source`: whoever meets it first, it is the same."""
    return derived_id("prd", client_id, source, key)


def variant_id(product: str, key: str) -> str:
    """The id of the variant called `key` within the product with this id."""
    return derived_id("var", product, key)


def visible(product: Product | None) -> Product | None:
    """`product` if it exists for anybody outside."""
    return product if product is not None and product.is_visible else None


def removed(product: Product, now: datetime, channel: str, cause: Cause) -> Product:
    """The trace that a removed product leaves, one version on: an import that saw less than this removal does not revive it."""
    return Product(
        product_id=product.product_id,
        source=product.source,
        key=product.key,
        created_at=product.created_at,
        updated_at=max(now, product.updated_at),
        version=product.version + 1,
        title=product.title,
        status="removed",
        described=Description(now),
        observed_at=product.observed_at,
        channel=channel,
        cause=cause,
    )


def vanished(product: Product, seen_until: datetime, now: datetime, cause: Cause, mark: str) -> Product | None:
    """The trace of a product that its source no longer had at `seen_until`, one version on; None if the source showed it later, or
    if it is known that it was gone then. `mark` names what found it gone, in `changed_by`."""
    if product.status == "removed":
        if product.described is not None and product.described.at >= seen_until:
            return None
        return replace(product, described=Description(seen_until), version=product.version + 1)
    if product.observed_at is not None and product.observed_at > seen_until:
        return None
    return replace(removed(product, now, IMPORT, cause), described=Description(seen_until), changed_by=(mark,))


def never_met(product_id: str, source: str, key: str, *, gone_at: datetime, now: datetime, cause: Cause) -> Product:
    """The trace of a product that was gone before anybody heard of it, so that older news does not bring it into being."""
    return Product(
        product_id,
        source,
        key,
        created_at=now,
        updated_at=now,
        status="removed",
        described=Description(gone_at),
        channel=IMPORT,
        cause=cause,
    )


def ordered(variants: Mapping[str, Variant]) -> tuple[Variant, ...]:
    """Variants in the order in which they are shown."""
    return tuple(sorted(variants.values(), key=lambda v: (v.position, v.key)))


def edited(product: Product, now: datetime, cause: Cause, changes: Mapping[str, Any]) -> Product:
    """`product` with `changes` (fields of Product) made by hand at `now`, one version on. Files seen before do not undo them;
    the next file that says something else does, because it is news."""
    at = max(now, product.updated_at)
    new = replace(product, **changes, updated_at=at, version=product.version + 1, channel=API, cause=cause)
    if not set(changes) - {"variants"}:
        return new
    variants = tuple(replace(v, described=UNDESCRIBED) for v in new.variants)
    return replace(new, variants=variants, described=Description(now))


def content_hash(product: Product) -> str:
    """A digest of everything that is said about the product; not of when, by whom, or in which version."""
    p = product
    said = [
        p.title,
        p.description_html,
        p.brand,
        p.category,
        p.product_type,
        p.tags,
        p.status,
        p.url,
        [(image.url, image.alt) for image in p.images],
        [(image.url, image.alt) for image in p.more_images],
        sorted((name, tuple(values)) for name, values in p.attributes.items()),
        sorted(p.external_ids.items()),
        [_said(v) for v in p.variants],
        p.is_visible,
    ]
    return digest(said)


def _said(v: Variant) -> list[Any]:
    prices = [(money.minor, money.currency) if money else None for money in (v.price, v.compare_at, v.cost)]
    return [v.key, v.sku, v.options, prices, v.gtin, v.mpn, v.weight_grams, v.image]


def digest(value: object) -> str:
    """128 bits of SHA-256 over `value` (anything JSON can hold), in hexadecimal."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]

"""What a source says of a product, checked and put in our terms. A row that breaks a rule is refused alone, with the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from skuflow.catalog.incoming_values import PRODUCT_VALUES, SHOWN, VARIANT_VALUES, Refused, images
from skuflow.catalog.model import Image, digest
from skuflow.contracts.catalog import RejectedRows
from skuflow.contracts.sync import BatchHeader, SourceProduct, SourceVariant
from skuflow.kernel.clock import parse_iso
from skuflow.kernel.errors import Malformed

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
    `lines` are those not refused. `digest` is of the description, short: it only has to tell the few of one product apart.

    `at`: this is a state that the source showed then, ordered by that time alone (see `newest_state`); None: it is a part of a
    file (see `merge`). `mentioned` are the keys of all its variants in order, refused ones too."""

    key: str
    lines: tuple[int, ...]
    description: Mapping[str, Any] | None
    images: tuple[Image, ...]
    rows: tuple[Row, ...]
    digest: str = ""
    at: datetime | None = None
    mentioned: tuple[str, ...] = ()

    @property
    def line(self) -> int:
        return min(self.lines)


@dataclass(frozen=True, slots=True)
class Observation:
    """What holds for all fragments of one batch. `ref` names the batch: a mark of its import, and its number.
    `describes`: the file has titles, so that its fragments can bring a product into being. `whole`: each fragment is all that
    there is of its product."""

    ref: str
    source: str
    at: datetime
    describes: bool
    product_fields: frozenset[str]
    variant_fields: frozenset[str]
    whole: bool = False

    @property
    def import_mark(self) -> str:
        return self.ref.partition(":")[0]

    @property
    def counts_stock(self) -> bool:
        return bool(STOCK_FIELDS & self.variant_fields)

    @property
    def only_counts(self) -> bool:
        """Whether the file speaks of stock and of nothing else."""
        return not self.product_fields and self.counts_stock and self.variant_fields <= STOCK_FIELDS

    def at_time_of(self, said: Fragment) -> Observation:
        """This observation, made when the fragment's state was shown."""
        return replace(self, at=said.at) if said.at is not None else self


def observation(header: BatchHeader, *, mark: str) -> Observation:
    """What `header` says; `mark` is a short name of its import. Raises Malformed."""
    try:
        at = parse_iso(header.observed_at)
    except ValueError:
        raise Malformed(f"observed_at is not a time: {header.observed_at[:SHOWN]!r}") from None
    covered = frozenset(header.product_fields)
    ref = f"{mark}:{header.batch}"
    described = "title" in covered
    return Observation(ref, header.source, at, described, covered, frozenset(header.variant_fields), header.complete)


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
        at = _shown_at(said, observed)
        description = _description(said, observed.product_fields, sanitise) if said.defines else None
        pictures = images(said) if not said.defines and "images" in observed.product_fields else ()
    except Refused as refusal:
        return None, (*refused, refusal.rows(left))
    mark = digest(_plain(description))[:12] if description is not None else ""
    mentioned = tuple(dict.fromkeys(variant.key for variant in said.variants))
    return Fragment(said.key, left, description, pictures, tuple(rows), mark, at, mentioned), tuple(refused)


def _shown_at(said: SourceProduct, observed: Observation) -> datetime | None:
    """When the source showed this state of the product; None for a part of a file, which is older or newer as a whole."""
    if observed.whole and not said.variants:
        raise Refused("variants", "", "a whole product without any variant", "give all its variants")
    if not said.observed_at:
        return observed.at if observed.whole else None
    try:
        return parse_iso(said.observed_at)
    except ValueError:
        raise Refused(
            "observed_at", said.observed_at, "is not a time", "give it in RFC 3339, with its offset"
        ) from None


def _plain(description: Mapping[str, Any]) -> dict[str, Any]:
    """`description` as JSON can hold it."""
    pictures = [(image.url, image.alt) for image in description.get("images", ())]
    return {**description, **({"images": pictures} if "images" in description else {})}


def _description(said: SourceProduct, covered: frozenset[str], sanitise: Callable[[str], str]) -> dict[str, Any]:
    made = {name: PRODUCT_VALUES[name](said) for name in PRODUCT_FIELDS if name in covered}
    if "title" in made and not made["title"]:
        raise Refused("title", "", "the product has no title", "give it a title")
    if "description_html" in made:
        made["description_html"] = sanitise(made["description_html"])
    return made


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
            yield name, VARIANT_VALUES[name](said)

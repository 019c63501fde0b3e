"""Many observations of one product, in any order, made into one product.

Covered fields replace what is stored, others are left alone; variants that are not mentioned stay. Newer observations win over
older ones. Within one import the fragments of a product may come in any order and the result is the same:

- a variant that stands in the file twice is as its last row says;
- a product that is described by several rows (feeds repeat a product's title on each of its variants) has the description that
  is news, the first row's if several are. A description is known, not news, if its variants last came with the same one. So
  reading a file again changes nothing, even where the titles in it differ from row to row;
- images that come without a description are added to the described ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from skuflow.catalog.incoming import Fragment, Observation, Row
from skuflow.catalog.incoming_values import Refused
from skuflow.catalog.model import (
    MAX_VARIANTS,
    UNDESCRIBED,
    Description,
    Product,
    Variant,
    content_hash,
    ordered,
    variant_id,
)

Verdict = Literal["takes over", "loses", "tells nothing new"]

_MARKS_KEPT = 16


def merge(stored: Product | None, product_id: str, said: Fragment, observed: Observation, now: datetime) -> Product:
    """`stored` (None: nothing is) with what the fragment says. Its version is not counted up: see `signed`.

    Raises Refused if there is nothing to add it to, or if the product would have too many variants."""
    product = stored
    if product is None or product.status == "removed":
        if product is not None and product.described is not None and observed.at <= product.described.at:
            return product
        if not observed.describes:
            raise Refused("key", said.key, "there is no such product", "import it with a title first")
        product = blank(product_id, said, observed, now)
    named = {variant_id(product.product_id, row.key): row for row in sorted(said.rows, key=lambda row: row.line)}
    verdict = _verdict(product, said, named, observed)
    if verdict == "takes over":
        product = _described(product, said, named, observed)
    return _with_rows(_with_images(product, said, observed), said, named, verdict, observed)


def signed(
    stored: Product | None, merged: Product, observed: Observation, now: datetime, **written: Any
) -> Product | None:
    """`merged` as it is to be written: one version on, signed by its batch, with the fields of `written` set. None if there is
    nothing to write: the same is said of the product as before, and the same is known of its descriptions and its fixes."""
    if stored is not None and _same(stored, merged):
        return None
    before = stored.changed_by if stored is not None else ()
    marks = _recent((*(mark for mark in before if mark != observed.ref), observed.ref), observed.import_mark)
    seen = max(at for at in (merged.observed_at, observed.at) if at is not None)
    at = max(now, stored.updated_at) if stored else now
    version = (stored.version if stored else 0) + 1
    return replace(merged, version=version, updated_at=at, observed_at=seen, changed_by=marks, **written)


def _same(stored: Product, merged: Product) -> bool:
    known = {v.variant_id: v.described for v in stored.variants}
    same_marks = all(known.get(v.variant_id) == v.described for v in merged.variants)
    return same_marks and stored.fixed == merged.fixed and content_hash(stored) == content_hash(merged)


def _recent(marks: tuple[str, ...], current: str) -> tuple[str, ...]:
    """Marks of the current import and of the one before it; nobody delivers an older one's batch again."""
    imports = [mark.partition(":")[0] for mark in marks]
    kept = {current, *[name for name in imports if name != current][-1:]}
    return tuple(mark for mark, name in zip(marks, imports, strict=True) if name in kept)[-_MARKS_KEPT:]


def blank(product_id: str, said: Fragment, observed: Observation, now: datetime) -> Product:
    """A product of which nothing is known but that `said` is its first part."""
    return Product(product_id, observed.source, said.key, now, now, version=0, created_by=observed.ref)


def _verdict(product: Product, said: Fragment, named: Mapping[str, Row], observed: Observation) -> Verdict:
    """What the fragment's description is to the product's. `digest` "" never equals a digest: an edit by hand is no news known."""
    known = product.described
    if said.description is None:
        return "tells nothing new"
    if known is None:
        return "takes over"
    own = {v.variant_id: v.described or known.digest for v in product.variants}
    if all(own.get(name) == said.digest for name in named) if named else said.digest == known.digest:
        return "tells nothing new"
    if said.digest != known.digest and all(getattr(product, k) == v for k, v in fields(product, said).items()):
        return "tells nothing new"
    if observed.at == known.at:
        return "takes over" if said.line < known.line else "loses"
    return "takes over" if observed.at > known.at else "tells nothing new"


def _described(product: Product, said: Fragment, named: Mapping[str, Row], observed: Observation) -> Product:
    """`product` with the fragment's description; the other variants remember the one that they came with."""
    old = product.described.digest if product.described else ""

    def marked(v: Variant) -> Variant:
        return replace(v, described="" if v.variant_id in named else _mark(v.described or old, said.digest))

    variants = tuple(marked(v) for v in product.variants)
    described = Description(observed.at, said.line, said.digest, _found(product.described, observed))
    return replace(product, **fields(product, said), variants=variants, described=described)


def _found(known: Description | None, observed: Observation) -> str:
    """The digest of the description that this import found."""
    if known is None:
        return ""
    return known.before if known.at == observed.at else known.digest


def _mark(own: str, current: str) -> str:
    return "" if own == current else own


def fields(product: Product, said: Fragment) -> Mapping[str, Any]:
    """The described fields as they are to be. External ids replace those of the same name only: another system may have given
    the product its own."""
    fields = said.description or {}
    if "external_ids" not in fields:
        return fields
    return {**fields, "external_ids": {**product.external_ids, **fields["external_ids"]}}


def _with_images(product: Product, said: Fragment, observed: Observation) -> Product:
    known = {image.url: image for image in product.more_images}
    images = {**known, **{image.url: image for image in said.images}}
    if images == known:
        return product
    marks = _recent((*product.pictured_by, picture_mark(said, observed)), observed.import_mark)
    return replace(product, more_images=tuple(images[url] for url in sorted(images)), pictured_by=marks)


def picture_mark(said: Fragment, observed: Observation) -> str:
    """What a fragment that brought images signs with: no other one of its import begins at this line."""
    return f"{observed.import_mark}:{said.line}"


def _with_rows(
    product: Product, said: Fragment, named: Mapping[str, Row], verdict: Verdict, observed: Observation
) -> Product:
    before = {v.variant_id: v for v in product.variants}
    after = dict(before)
    added_at = observed.at if not is_born_of(product, observed) else None
    for row in sorted(said.rows, key=lambda row: row.line):
        name = variant_id(product.product_id, row.key)
        after[name] = _row(after[name], row, observed) if name in after else _first(name, row, observed, added_at)
    if said.description is not None and product.described is not None:
        mark = _mark(said.digest, product.described.digest)
        for name in named:
            if name not in before or verdict != "tells nothing new":
                after[name] = replace(after[name], described=mark)
    if len(after) > MAX_VARIANTS:
        raise Refused("variants", len(after), f"are more than {MAX_VARIANTS}", "split the product")
    return replace(product, variants=ordered(after))


def _first(name: str, row: Row, observed: Observation, added_at: datetime | None) -> Variant:
    new = Variant(name, row.key, row.line, seen_at=observed.at, seen_line=row.line, described=UNDESCRIBED)
    return replace(new, **row.fields, added_at=added_at)


def _row(old: Variant, row: Row, observed: Observation) -> Variant:
    """`old` as the row has it, unless something newer is known. A variant that came in this import stands where its first row
    does."""
    if old.seen_at == observed.at and row.line < old.position == old.seen_line:
        old = replace(old, position=row.line)
    if _is_newer(old, observed.at, row.line):
        same = says_the_same(old, row)
        if not same or old.seen_at == observed.at:
            return replace(old, **row.fields, seen_at=observed.at, seen_line=row.line)
    return old


def is_born_of(product: Product, observed: Observation) -> bool:
    """Whether it was this import that made the product."""
    return product.created_by.partition(":")[0] == observed.import_mark


def counting(product: Product, said: Iterable[Fragment], observed: Observation) -> dict[str, Row]:
    """Variant id -> the row that is the last word on the variant, so that its stock is too."""
    variants = {v.variant_id: v for v in product.variants}
    found: dict[str, Row] = {}
    for row in sorted((row for one in said for row in one.rows), key=lambda row: row.line):
        name = variant_id(product.product_id, row.key)
        variant = variants.get(name)
        if variant is not None and (_is_newer(variant, observed.at, row.line) or says_the_same(variant, row)):
            found[name] = row
    return found


def _is_newer(variant: Variant, at: datetime, line: int) -> bool:
    return variant.seen_at is None or (at, line) >= (variant.seen_at, variant.seen_line)


def says_the_same(variant: Variant, row: Row) -> bool:
    """Whether `variant` is as the row has it."""
    return all(getattr(variant, name) == value for name, value in row.fields.items())

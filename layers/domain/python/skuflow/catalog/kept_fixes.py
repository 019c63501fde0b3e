"""A fix outlives the next reading of its source, as long as the source says what it said before.

Sources are read again and again: a shop every night, a file whenever somebody uploads it. They know nothing of fixes, so each
reading would undo them. So a product remembers of each fixed field what its source said. Where a source says the same as then,
the fix is what it says now; where it says something else, that is news, and wins. It is decided field by field: a new price does
not bring a mended barcode's mistake back.

What was set by hand after the fix is no fix any more, and goes the way of all edits by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from skuflow.catalog.fixes import Standing, standing
from skuflow.catalog.incoming import Fragment, Row
from skuflow.catalog.model import Image, Product, variant_id
from skuflow.catalog.places import Value, in_variant, option, with_alt, with_attribute


def reconciled(product: Product | None, said: Fragment) -> tuple[Product | None, Fragment]:
    """`product` and `said` as they are to be merged. Where `said` repeats what was fixed, it says what the fix made of it; its
    digest stays that of what the source said. Where it says by itself what the fix made, the product forgets the fix, and which
    description it had from the source: if the source goes back on that, it is news."""
    if product is None or not product.fixed:
        return product, said
    rows: dict[str, list[Row]] = {}
    for row in said.rows:
        rows.setdefault(variant_id(product.product_id, row.key), []).append(row)
    own: list[Standing] = []
    by_variant: dict[str, list[Standing]] = {}
    adopted: set[str] = set()
    for fix in standing(product):
        (by_variant.setdefault(fix.place.name, []) if fix.place.field == "variants" else own).append(fix)
        if fix.value in _values(said, rows.get(fix.place.name, ()), fix):
            adopted.add(fix.path)
    changed = tuple(_in_row(row, by_variant.get(variant_id(product.product_id, row.key), ())) for row in said.rows)
    told = replace(_in_own_fields(said, own), rows=changed)
    return _without(product, adopted), told


def _without(product: Product, adopted: Set[str]) -> Product:
    """`product` without these fixes, which its source has made its own."""
    if not adopted:
        return product
    fixed = {path: known for path, known in product.fixed.items() if path not in adopted}
    described = product.described
    if described is not None and not all(path.startswith("variants.") for path in adopted):
        described = replace(described, digest="")
    return replace(product, fixed=fixed, described=described)


def _values(said: Fragment, rows: Sequence[Row], fix: Standing) -> list[Value | None]:
    """What `said` says of the fixed field; nothing if it does not cover it. `rows` are those of the fix's variant."""
    field, name = fix.place.field, fix.place.name
    if field == "variants":
        return [_in(row.fields[fix.place.inner], fix) for row in rows if fix.place.inner in row.fields]
    described = said.description or {}
    if field == "images":
        return [image.alt for image in (*described.get(field, ()), *said.images) if image.url == name]
    if field not in described:
        return []
    return [described[field].get(name, ()) if field == "attributes" else described[field]]


def _in(field: Any, fix: Standing) -> Value | None:
    """A variant's field, or the option of it that was fixed."""
    return option(field, fix.place.option) if fix.place.inner == "options" else field or ""


def _in_own_fields(said: Fragment, fixes: Iterable[Standing]) -> Fragment:
    description, images = said.description, said.images
    for fix in fixes:
        description = _in_description(description, fix)
        images = _in_images(images, fix)
    return replace(said, description=description, images=images)


def _in_description(description: Mapping[str, Any] | None, fix: Standing) -> Mapping[str, Any] | None:
    field = fix.place.field
    if description is None or field not in description:
        return description
    said = description[field]
    if field == "images":
        return {**description, field: _in_images(said, fix)}
    if field == "attributes":
        if not fix.answers(said.get(fix.place.name, ())):
            return description
        return {**description, field: with_attribute(said, fix.place.name, fix.value)}
    return {**description, field: fix.value} if fix.answers(said) else description


def _in_images(images: tuple[Image, ...], fix: Standing) -> tuple[Image, ...]:
    if fix.place.field != "images":
        return images
    change = with_alt(fix.place.name, str(fix.value))
    return tuple(change(image) if fix.answers(image.alt) else image for image in images)


def _in_row(row: Row, fixes: Iterable[Standing]) -> Row:
    for fix in fixes:
        inner = fix.place.inner
        if inner not in row.fields:
            continue
        said = _in(row.fields[inner], fix)
        if said is not None and fix.answers(said):
            row = replace(row, fields={**row.fields, inner: in_variant(row.fields[inner], fix.place, str(fix.value))})
    return row

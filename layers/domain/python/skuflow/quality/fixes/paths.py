"""Where a fix is made: paths into a product, and the text that stands at one.

title  description_html  brand  product_type        texts
category  tags  attributes.<name>                   lists, as JSON arrays without blanks
variants.<variant_id>.gtin  .sku  .mpn              texts, "" where there is none
variants.<variant_id>.options.<name>                texts
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from skuflow.quality.model import Snapshot, SnapshotVariant

_TEXTS = frozenset({"title", "description_html", "brand", "product_type"})
_LISTS = frozenset({"category", "tags"})
_CODES = frozenset({"gtin", "sku", "mpn"})
_ATTRIBUTE = "attributes."
_OPTION = "options."
_VARIANT = "variants."


class NoSuchPlace(LookupError):
    """There is nothing at the path, or nothing that a fix may change."""


def listed(texts: Iterable[str]) -> str:
    """Several texts as one."""
    return json.dumps(list(texts), ensure_ascii=False, separators=(",", ":"))


def texts_of(value: str) -> tuple[str, ...]:
    """The inverse of `listed`. Raises ValueError."""
    read = json.loads(value)
    if not isinstance(read, list) or not all(isinstance(one, str) for one in read):
        raise ValueError("not a list of texts")
    return tuple(read)


def value_at(product: Snapshot, path: str) -> str:
    """The text at `path`. Raises NoSuchPlace."""
    if path in _TEXTS:
        return str(getattr(product, path))
    if path in _LISTS:
        return listed(getattr(product, path))
    if path.startswith(_ATTRIBUTE):
        return listed(_found(product.attributes.get(path.removeprefix(_ATTRIBUTE)), path))
    variant, rest = _variant(product, path)
    if rest in _CODES:
        return getattr(variant, rest) or ""
    name = _option(variant, rest, path)
    return next(value for option, value in variant.options if option == name)


def with_value(product: Snapshot, path: str, value: str) -> Snapshot:
    """`product` with `value` at `path`. Raises NoSuchPlace, or ValueError for a list that is none."""
    if path in _TEXTS:
        return replace(product, **{path: value})  # type: ignore[arg-type]
    if path in _LISTS:
        return replace(product, **{path: texts_of(value)})  # type: ignore[arg-type]
    if path.startswith(_ATTRIBUTE):
        name = path.removeprefix(_ATTRIBUTE)
        _found(product.attributes.get(name), path)
        return replace(product, attributes={**product.attributes, name: texts_of(value)})
    variant, rest = _variant(product, path)
    new = _with_code(variant, rest, value) if rest in _CODES else _with_option(variant, rest, path, value)
    return replace(product, variants=tuple(new if one is variant else one for one in product.variants))


def option_paths(product: Snapshot) -> Iterator[tuple[str, str]]:
    """Path and name of every option. A variant that has two options of one name is left out: a path could mean either."""
    for variant in product.variants:
        names = [name for name, _ in variant.options]
        if len(set(names)) == len(names):
            yield from ((f"{_VARIANT}{variant.variant_id}.{_OPTION}{name}", name) for name in names)


def variant_path(variant: SnapshotVariant, name: str) -> str:
    return f"{_VARIANT}{variant.variant_id}.{name}"


def place_of(path: str) -> tuple[str, str]:
    """The variant ("" for the product) and the field that `path` leads into: `("var_1", "options")`."""
    if not path.startswith(_VARIANT):
        return "", path.partition(".")[0]
    variant_id, _, rest = path.removeprefix(_VARIANT).partition(".")
    return variant_id, rest.partition(".")[0]


def _variant(product: Snapshot, path: str) -> tuple[SnapshotVariant, str]:
    variant_id, _, rest = path.removeprefix(_VARIANT).partition(".")
    found = next((one for one in product.variants if one.variant_id == variant_id), None)
    return _found(found if path.startswith(_VARIANT) else None, path), rest


def _option(variant: SnapshotVariant, rest: str, path: str) -> str:
    name = rest.removeprefix(_OPTION)
    there = rest.startswith(_OPTION) and any(option == name for option, _ in variant.options)
    return str(_found(name if there else None, path))


def _with_code(variant: SnapshotVariant, name: str, value: str) -> SnapshotVariant:
    return replace(variant, **{name: value or None})  # type: ignore[arg-type]


def _with_option(variant: SnapshotVariant, rest: str, path: str, value: str) -> SnapshotVariant:
    name = _option(variant, rest, path)
    options = tuple((option, value if option == name else old) for option, old in variant.options)
    return replace(variant, options=options)


def _found(value: Any, path: str) -> Any:
    if value is None:
        raise NoSuchPlace(f"there is no {path[:100]!r} that a fix could change")
    return value

"""A guess at what the columns of an unknown file mean: by their names, checked against what stands in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from skuflow.sync.reading.formats.flat_columns import IDENTITY
from skuflow.sync.reading.formats.headers import comparable, currency_in, words
from skuflow.sync.reading.outcome import BadCell
from skuflow.sync.reading.plan import Suggestion
from skuflow.sync.reading.synonyms import NOISE, SYNONYMS
from skuflow.sync.reading.values.currency_signs import currency_of
from skuflow.sync.reading.values.prices import dissect
from skuflow.sync.reading.values.quantities import gtin_of, quantity_of
from skuflow.sync.reading.values.text import web_address

ACCEPTABLE = 0.7
"""A required field below this confidence is not acted on without a person."""

OURS = "skuflow_"
"""How the columns begin that a repair file has beside the uploaded ones."""

_WORTH_SHOWING = 0.4
_REQUIRED = ("key", "title", "price")


def suggest_mapping(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> Suggestion:
    """The likeliest field for each header. `sample` is some rows (of any length) from the file; none at all will do.

    Each header is used for one field and each field has one header; the surest pairs are made first.
    """
    columns = [
        [row[index] for row in sample if index < len(row) and row[index].strip()] for index in range(len(headers))
    ]
    pairs = [
        (_confidence(field, header, columns[index], len(sample)), field, index)
        for index, header in enumerate(headers)
        if header.strip() and not header.startswith(OURS)
        for field in SYNONYMS
    ]
    order = {field: rank for rank, field in enumerate(SYNONYMS)}
    chosen: dict[str, int] = {}
    confidence: dict[str, float] = {}
    for score, field, index in sorted(pairs, key=lambda pair: (-pair[0], pair[2], order[pair[1]])):
        if score >= _WORTH_SHOWING and field not in chosen and index not in chosen.values():
            chosen[field] = index
            confidence[field] = round(score, 2)
    mapping = {field: headers[chosen[field]] for field in SYNONYMS if field in chosen}
    return Suggestion(
        mapping=mapping,
        confidence={field: confidence[field] for field in mapping},
        missing=missing_fields(mapping, confidence),
        unused=tuple(header for index, header in enumerate(headers) if header.strip() and index not in chosen.values()),
    )


def missing_fields(mapping: dict[str, str], confidence: dict[str, float]) -> tuple[str, ...]:
    """The required fields that no header stands for surely enough; anything that tells offers apart will do as the key."""
    sure = {field for field in mapping if confidence[field] >= ACCEPTABLE}
    missing = set(_REQUIRED) - sure
    if sure & set(IDENTITY):
        missing.discard("key")
    if sure & {"sale_price"}:
        missing.discard("price")
    return tuple(field for field in _REQUIRED if field in missing)


def _confidence(field: str, header: str, values: Sequence[str], rows: int) -> float:
    score = max(_by_name(field, _plain(name)) for name in {words(header), comparable(header)})
    check = _SHAPES.get(field)
    if not values or score == 0:
        return score * 0.9
    if check is not None:
        share = sum(map(check, values)) / len(values)
        score *= 1.02 if share > 0.8 else 0.2 if share < 0.5 else 0.8
    if field in {"key", "sku", "gtin"} and rows > 2 and len(set(values)) == 1:
        score *= 0.3  # the same in every row: it tells no product from another
    return min(score, 1.0)


def _by_name(field: str, name: str) -> float:
    names = SYNONYMS[field]
    if name in names:
        return 1.0 - 0.005 * names[name]
    core = " ".join(word for word in name.split() if word not in NOISE and not currency_in(word))
    if core and core in names:
        return 0.92 - 0.005 * names[core]
    parts = set(name.split())
    inside = [rank for known, rank in names.items() if len(known) > 2 and parts.issuperset(known.split())]
    return 0.6 - 0.002 * min(inside) - 0.02 * len(parts) if inside else 0.0


def _plain(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))


def _reads(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            return parse(value) is not None
        except BadCell:
            return False

    return check


def _has_letters(value: str) -> bool:
    return any(char.isalpha() for char in value)


_is_address = _reads(web_address)
_SHAPES: dict[str, Callable[[str], bool]] = {
    "title": _has_letters,
    "description": _has_letters,
    "category": _has_letters,
    "url": _is_address,
    "image": _is_address,
    "additional_images": lambda value: _is_address(value.split(",")[0]),
    "gtin": _reads(gtin_of),
    "currency": _reads(lambda value: currency_of([value.strip()], "CAD")),
    "quantity": _reads(lambda value: quantity_of(value, ".")),
    "weight": lambda value: value[:1].isdigit(),
    **dict.fromkeys(("price", "sale_price", "compare_at", "cost"), _reads(dissect)),
}

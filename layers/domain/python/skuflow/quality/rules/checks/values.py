"""Checks that any field can have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit

from skuflow.quality.rules.checks.complaint import Case, Complaint, about
from skuflow.quality.rules.fields import FIELDS, SEPARATOR, Value, money_of
from skuflow.quality.rules.flaws import FLAWS
from skuflow.quality.rules.normal.markup import junk_in
from skuflow.quality.rules.normal.plain import plain_text
from skuflow.quality.rules.normal.whitespace import key
from skuflow.quality.rules.patterns import matches
from skuflow.quality.rules.rule import ValueType

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_BOOLEANS = frozenset({"true", "false", "yes", "no", "1", "0"})


def required(case: Case) -> Complaint | None:
    return None if any(_reads(case)) else Complaint("", "is missing")


def _reads(case: Case) -> Iterator[bool]:
    """Whether a value says anything: a description that has only tags does not, but a picture in it does."""
    for value in case.values:
        html = isinstance(value, str) and _is_html(case)
        yield not html or bool(plain_text(str(value))) or "<img" in str(value).lower()


def of_type(case: Case) -> Complaint | None:
    wanted = case.rule.params.value_type or "text"
    for value in case.values:
        if not _TYPES[wanted](str(value)):
            return about(value, f"is not {_ARTICLE[wanted]} {wanted}")
    return None


def _is_date(text: str) -> bool:
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            read(text)
        except ValueError:
            continue
        return True
    return False


def is_address(text: str) -> bool:
    """Whether `text` is an absolute address of the web."""
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in host and " " not in text.strip()


_TYPES: Mapping[ValueType, Callable[[str], bool]] = {
    "text": lambda text: not text.isspace(),
    "integer": lambda text: _INTEGER.fullmatch(text) is not None,
    "number": lambda text: _NUMBER.fullmatch(text) is not None,
    "boolean": lambda text: text.lower() in _BOOLEANS,
    "date": _is_date,
    "url": is_address,
}
_ARTICLE: Mapping[ValueType, str] = {
    "integer": "an",
    "text": "a",
    "number": "a",
    "boolean": "a",
    "date": "a",
    "url": "a",
}


def formatted(case: Case) -> Complaint | None:
    for value in case.values:
        if not matches(case.rule.params.pattern, _read(case, value)):
            return about(value, "does not have the form that is asked for")
    return None


def in_range(case: Case) -> Complaint | None:
    """Texts count as the number that they are; what is none is for a rule of the kind `type`."""
    params = case.rule.params
    if params.currency and _currency(case) != params.currency:
        return None
    for value in case.values:
        number = value if isinstance(value, Decimal) else _number(value)
        if number is None:
            continue
        if params.minimum is not None and number < params.minimum:
            return about(value, f"is below {params.minimum}")
        if params.maximum is not None and number > params.maximum:
            return about(value, f"is above {params.maximum}")
    return None


def _currency(case: Case) -> str:
    money = money_of(case.subject, case.rule.field)
    return money.currency if money is not None else ""


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def of_length(case: Case) -> Complaint | None:
    params, counted = case.rule.params, _is_counted(case)
    sizes = [len(case.values)] if counted else [len(_read(case, value)) for value in case.values]
    unit = "entries" if counted else "characters"
    for place, size in enumerate(sizes):
        shown = "" if counted else case.values[place]
        if params.minimum is not None and size < params.minimum and case.values:
            return about(shown, f"has {size} {unit}, fewer than {params.minimum}")
        if params.maximum is not None and size > params.maximum:
            return about(shown, f"has {size} {unit}, more than {params.maximum}")
    return None


def one_of(case: Case) -> Complaint | None:
    params = case.rule.params
    allowed = _folded(params.values) if params.ignore_case else frozenset(params.values)
    for value in case.values:
        if (key(str(value)) if params.ignore_case else str(value)) not in allowed:
            return about(value, "is none of the values that are allowed")
    return None


def refers(case: Case) -> Complaint | None:
    """To a picture of the product, a category or a brand that there is."""
    target = case.rule.params.target
    if target == "own_images":
        strange = next((value for value in case.values if value not in case.siblings.pictures), None)
        return about(strange, "is none of the product's pictures") if strange is not None else None
    if target == "known_categories":
        path = case.subject.product.category
        known = _folded_paths(case.known.categories or frozenset())
        return about(SEPARATOR.join(path), "is not a category") if path and tuple(map(key, path)) not in known else None
    brands = _folded(case.known.brands or frozenset())
    strange = next((value for value in case.values if key(str(value)) not in brands), None)
    return about(strange, "is not a brand") if strange is not None else None


@lru_cache(maxsize=64)
def _folded(values: frozenset[str] | tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(key, values))


@lru_cache(maxsize=4)
def _folded_paths(paths: frozenset[tuple[str, ...]]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(map(key, path)) for path in paths)


def without_flaw(case: Case) -> Complaint | None:
    find = FLAWS[case.rule.params.flaw]
    for value in case.values:
        found = find(str(value), case.known.colours)
        if found:
            return about(value, found)
    return None


def without_junk(case: Case) -> Complaint | None:
    for value in case.values:
        junk = junk_in(str(value))
        if junk:
            return about(value, f"has {', '.join(junk)}")
    return None


def _is_html(case: Case) -> bool:
    field = FIELDS[case.subject.entity].get(case.rule.field)
    return field is not None and field.shape == "html"


def _is_counted(case: Case) -> bool:
    field = FIELDS[case.subject.entity].get(case.rule.field)
    return field is not None and (field.shape == "texts" or case.rule.field == "images")


def _read(case: Case, value: Value) -> str:
    return plain_text(str(value)) if _is_html(case) else str(value)

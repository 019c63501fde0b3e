"""Parameters of a client's rule: which a kind needs, which it may have, and whether each is as it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from skuflow.kernel.currency import MINOR_DIGITS
from skuflow.kernel.errors import Invalid, Problem
from skuflow.quality.rules.patterns import MAX_PATTERN, BadPattern, check_pattern
from skuflow.quality.rules.rule import TARGETS, VALUE_TYPES, Params

MAX_VALUES = 1000
"""Values of an enumeration."""
MAX_VALUE = 200
"""Characters of one."""
_MOST = Decimal(10**12)

PARAMS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "required": (frozenset(), frozenset()),
    "type": (frozenset({"value_type"}), frozenset()),
    "format": (frozenset({"pattern"}), frozenset()),
    "range": (frozenset(), frozenset({"minimum", "maximum", "currency"})),
    "length": (frozenset(), frozenset({"minimum", "maximum"})),
    "enumeration": (frozenset({"values"}), frozenset({"ignore_case"})),
    "unique": (frozenset(), frozenset({"ignore_case", "across_sources"})),
    "reference": (frozenset({"target"}), frozenset()),
}
"""Kind of rules that clients define -> parameters that it needs, and others that it reads."""


def read_params(kind: str, given: Mapping[str, object]) -> Params:
    """Raises Invalid with a Problem for each fault; the empty Params for a kind that there is not (somebody else says so)."""
    if kind not in PARAMS:
        return Params()
    needed, others = PARAMS[kind]
    present = {name: value for name, value in given.items() if value is not None}
    faults = [_missing(name, kind) for name in sorted(needed - set(present))]
    read: dict[str, Any] = {}
    for name, value in present.items():
        if name not in needed | others:
            known = ", ".join(sorted(needed | others)) or "none"
            faults.append(
                Problem(f"params.{name}"[:100], f"is nothing that a rule of the kind {kind} reads", f"use {known}")
            )
            continue
        try:
            read[name] = _READERS[name](value)
        except _Refused as refused:
            faults.append(Problem(f"params.{name}", *refused.args))
    faults += _together(kind, read, present)
    if faults:
        raise Invalid("the parameters of the rule are not right", problems=faults)
    return Params(**read)


class _Refused(Exception):
    """What is wrong, and what to do."""


def _missing(name: str, kind: str) -> Problem:
    return Problem(f"params.{name}", "is missing", f"a rule of the kind {kind} needs it")


def _together(kind: str, read: Mapping[str, Any], present: Mapping[str, object]) -> Iterator[Problem]:
    low, high = read.get("minimum"), read.get("maximum")
    if low is not None and high is not None and low > high:
        yield Problem("params.minimum", "is above the maximum", "give a smaller one")
    if kind in {"range", "length"} and not present.keys() & {"minimum", "maximum"}:
        yield Problem("params", "has no limit", "give minimum, maximum or both")
    if kind == "length" and any(limit is not None and limit != int(limit) for limit in (low, high)):
        yield Problem("params", "counts whole characters", "give whole numbers")


def _limit(value: object) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, int | str | Decimal) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) > _MOST or len(number.as_tuple().digits) > 18:
        raise _Refused("is not a number", "give a plain number, at most 1,000,000,000,000")
    return number


def _currency(value: object) -> str:
    if value not in MINOR_DIGITS:
        raise _Refused("is not a currency we know", "use an ISO 4217 code such as CAD")
    return str(value)


def _pattern(value: object) -> str:
    if not isinstance(value, str):
        raise _Refused("is not a text", "give a pattern in RE2 syntax")
    try:
        check_pattern(value)
    except BadPattern as bad:
        remedy = f"use RE2 syntax (no look-around, no back-references), at most {MAX_PATTERN} characters"
        raise _Refused(str(bad), remedy) from None
    return value


def _values(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value or len(value) > MAX_VALUES:
        raise _Refused(f"is not a list of 1 to {MAX_VALUES} texts", "list the values that are allowed")
    for one in value:
        if not isinstance(one, str) or not one.strip() or len(one) > MAX_VALUE:
            raise _Refused(f"has a value that is no text of 1 to {MAX_VALUE} characters", "correct or remove it")
    return tuple(dict.fromkeys(value))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Refused("is neither true nor false", "give true or false")
    return value


def _among(allowed: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in allowed:
            raise _Refused("is not one that there is", f"use one of {', '.join(allowed)}")
        return str(value)

    return read


_READERS: Mapping[str, Callable[[object], Any]] = {
    "minimum": _limit,
    "maximum": _limit,
    "currency": _currency,
    "pattern": _pattern,
    "values": _values,
    "ignore_case": _flag,
    "across_sources": _flag,
    "value_type": _among(VALUE_TYPES),
    "target": _among(TARGETS),
}

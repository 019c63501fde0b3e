"""Reading the inputs of a billing case, under the names that the suites of different billing systems give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

Inputs = Mapping[str, Any]


class NotUnderstood(Exception):
    """The case asks for something in words that we do not know. The case fails with this as the reason."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine says. `exact` and `cents` by name: before and after rounding to minor units; `exact` in minor units but
    for `amount` (major units) and ratios. `note`: why it may differ from a peer's."""

    exact: Mapping[str, Fraction] = field(default_factory=dict)
    cents: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


def given(inputs: Inputs, *names: str) -> Any:
    """The first of `names` that is there; raises NotUnderstood if none is."""
    for name in names:
        if inputs.get(name) is not None:
            return inputs[name]
    raise NotUnderstood(f"the case gives none of {', '.join(names)}")


def number(inputs: Inputs, *names: str, default: str | None = None) -> Decimal:
    if default is not None and all(inputs.get(name) is None for name in names):
        return Decimal(default)
    return as_number(given(inputs, *names))


def as_number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise NotUnderstood(f"{value!r} is not a number")
    try:
        return Decimal(value)
    except ArithmeticError:
        raise NotUnderstood(f"{value!r} is not a number") from None


def optional(inputs: Inputs, *names: str) -> Decimal | None:
    found = [inputs[name] for name in names if inputs.get(name) is not None]
    return as_number(found[0]) if found else None

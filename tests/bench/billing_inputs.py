"""Reading the inputs of a billing case, under the names that the suites of different billing systems give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

Inputs = Mapping[str, Any]
MOST_DIGITS = 40


class NotUnderstood(Exception):
    """The case asks for something in words that we do not know. The case fails with this as the reason."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine says. `exact` and `cents` by name: before and after rounding to minor units; `exact` in minor units but
    for `amount` (major units) and ratios. `note`: why it may differ from a peer's."""

    exact: Mapping[str, Fraction] = field(default_factory=dict)
    cents: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


class Watched(dict[str, Any]):
    """Inputs that remember which of them were asked for."""

    def __init__(self, inputs: Inputs) -> None:
        super().__init__(inputs)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


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
        raise NotUnderstood(f"{str(value)[:40]!r} is not a number")
    try:
        told = Decimal(value)
    except ArithmeticError:
        raise NotUnderstood(f"{str(value)[:40]!r} is not a number") from None
    if not told.is_finite() or abs(told.adjusted()) > MOST_DIGITS:
        raise NotUnderstood(f"{str(value)[:40]!r} is no amount, and no quantity")
    return told


def optional(inputs: Inputs, *names: str) -> Decimal | None:
    found = [inputs[name] for name in names if inputs.get(name) is not None]
    return as_number(found[0]) if found else None


def whole(inputs: Inputs, *names: str, default: str | None = None) -> int:
    """A number of days or events."""
    told = number(inputs, *names, default=default)
    if not 0 <= told <= 100_000 or told % 1:
        raise NotUnderstood(f"{told} is no number of days or events")
    return int(told)


def rows(inputs: Inputs, *names: str) -> Sequence[Inputs]:
    """A list of objects that is not empty."""
    told = given(inputs, *names)
    if not isinstance(told, list) or not told or not all(isinstance(one, Mapping) for one in told):
        raise NotUnderstood(f"{names[0]} is no list of objects")
    return told

"""What a check is given, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from skuflow.quality.rules.fields import Subject, Value
from skuflow.quality.rules.known import Known
from skuflow.quality.rules.rule import Rule
from skuflow.quality.rules.siblings import Siblings

SHOWN = 200
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Case:
    """One field of one subject, to be held against a rule. `values` are what is there."""

    rule: Rule
    subject: Subject
    values: tuple[Value, ...]
    siblings: Siblings
    known: Known


@dataclass(frozen=True, slots=True)
class Complaint:
    """`value` is the offending one, `message` what is wrong with it: it goes on after the field's name."""

    value: str
    message: str


Check = Callable[[Case], Complaint | None]


def about(value: Value, message: str) -> Complaint:
    return Complaint(str(value)[:SHOWN], message)

"""Exact amounts become whole minor units."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor


def half_up(exact: Fraction) -> int:
    """The nearest whole number; a half goes away from zero, so that a credit mirrors what it takes back."""
    whole = floor(abs(exact) + Fraction(1, 2))
    return whole if exact >= 0 else -whole


def shared_out(total: int, worth: Sequence[Fraction], names: Sequence[str]) -> list[int]:
    """Whole parts of `total`, each as near to its `worth` as their sum allows: floors, then one unit each to the largest
    remainders (Hamilton), equal ones in the order of `names`. `worth` sums to `total` but for the rounding of taxes."""
    parts = [floor(one) for one in worth]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - worth[at], names[at]))
    turns, left = divmod(total - sum(parts), len(parts))
    for rank, at in enumerate(order):
        parts[at] += turns + (1 if rank < left else 0)
    return parts

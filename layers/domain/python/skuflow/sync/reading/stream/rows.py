"""Rows against their header."""

from __future__ import annotations


def fit(cells: list[str], width: int) -> bool:
    """Makes the row as long as the header, and one blank cell longer: where fields without a column look.

    False, and the row as it was, if it has more cells than the header and not just blank ones: its values stand under the
    wrong names then.
    """
    surplus = len(cells) - width
    if surplus > 0:
        if any(cells[width:]):
            return False
        del cells[width:]
        surplus = 0
    cells.extend([""] * (1 - surplus))
    return True

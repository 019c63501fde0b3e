"""Fixes made, previewed and taken back. A fix holds for the value that it was decided on: where another stands by now, it is
skipped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from skuflow.quality.fixes.fix import Fix
from skuflow.quality.fixes.paths import NoSuchPlace, value_at, with_value
from skuflow.quality.model import Snapshot


def applied(product: Snapshot, fixes: Iterable[Fix]) -> tuple[Snapshot, tuple[Fix, ...]]:
    """`product` as it is with `fixes`, and those that were skipped, because their old value no longer stands or the place is
    gone."""
    skipped: list[Fix] = []
    for fix in fixes:
        try:
            stands = value_at(product, fix.path) == fix.old
            new = with_value(product, fix.path, fix.new) if stands else None
        except (NoSuchPlace, ValueError):
            new = None
        if new is None:
            skipped.append(fix)
        else:
            product = new
    return product, tuple(skipped)


def inverse(fixes: Sequence[Fix]) -> tuple[Fix, ...]:
    """What takes `fixes` back, the last first."""
    return tuple(replace(fix, old=fix.new, new=fix.old, reason=f"taken back: {fix.reason}") for fix in reversed(fixes))

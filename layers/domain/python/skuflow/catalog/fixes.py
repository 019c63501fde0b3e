"""Fixes that somebody else decided on, applied to a product: those whose field is still as it was seen.

A product remembers of each field that was fixed what its source said (see `kept_fixes`), and which batches of fixes it has taken.
A batch that comes again finds itself there and says of each fix what it said the first time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from skuflow.catalog.incoming_values import MAX_ATTRIBUTES, Refused
from skuflow.catalog.model import FIX, Fixed, Product, digest
from skuflow.catalog.places import Place, Value, place_of, read, read_variant, value_of, written
from skuflow.contracts.quality import Fix
from skuflow.kernel.events import Cause

APPLIED = ""
"""What stands in the place of a reason where there is none. The reasons are those of `SkippedFix`."""

_BATCHES_KEPT = 16
"""Batches of fixes that a product remembers. Messages that come again are minutes old, jobs on one product are hours apart."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A fix that holds: where, what the product remembers of it, and what stands there now."""

    path: str
    place: Place
    known: Fixed
    value: Value

    def answers(self, said: Value) -> bool:
        """Whether it is what the source said before the fix."""
        return short(said) == self.known.source


@dataclass(frozen=True, slots=True)
class Attempt:
    """What fixes come to: the product as it is to be written, None if it stays as it is, and of each fix in order APPLIED or why
    not."""

    product: Product | None
    reasons: tuple[str, ...]


def attempt(stored: Product, fixes: Sequence[Fix], mark: str, now: datetime, cause: Cause) -> Attempt:
    """`fixes` applied to `stored`; `mark` names their batch, in letters and digits."""
    before = _applied_by(stored, mark)
    if before is not None:
        return Attempt(None, tuple(_again(stored, fix, before >> n & 1) for n, fix in enumerate(fixes)))
    product, reasons = stored, []
    for fix in fixes:
        product, reason = _one(product, fix)
        reasons.append(reason)
    if product == stored:
        return Attempt(None, tuple(reasons))
    applied = sum(1 << n for n, reason in enumerate(reasons) if reason == APPLIED)
    new = replace(
        product,
        version=stored.version + 1,
        updated_at=max(now, stored.updated_at),
        channel=FIX,
        cause=cause,
        fixed={one.path: one.known for one in standing(product) if one.known.source != one.known.made},
        fixed_by=(*stored.fixed_by, f"{mark}:{applied:x}")[-_BATCHES_KEPT:],
    )
    return Attempt(new, tuple(reasons))


def mark(job_id: str, batch: int) -> str:
    """The short name of a batch of fixes; it has to be another than those of the few others that a product remembers."""
    return digest([job_id, batch])[:12]


def short(value: Value) -> str:
    """A digest of a field's value, long enough to tell the few that it has had from each other."""
    return digest(value)[:12]


def standing(product: Product) -> Iterator[Standing]:
    """The fixes that hold: whose field is still as they made it."""
    variants = {v.variant_id: v for v in product.variants}
    for path, known in product.fixed.items():
        place = place_of(path)
        if place is None:
            continue
        variant = variants.get(place.name)
        of_variant = read_variant(variant, place) if variant is not None else None
        value = of_variant if place.field == "variants" else read(product, place)
        if value is not None and short(value) == known.made:
            yield Standing(path, place, known, value)


def _applied_by(product: Product, mark: str) -> int | None:
    """Which fixes of the batch the product has taken, a bit for each; None if it has not met the batch."""
    return next(
        (int(bits, 16) for name, _, bits in (one.partition(":") for one in product.fixed_by) if name == mark), None
    )


def _again(product: Product, fix: Fix, was_applied: int) -> str:
    if was_applied:
        return APPLIED
    _, reason = _one(product, fix)
    return reason if reason != APPLIED else "changed_since"


def _one(product: Product, fix: Fix) -> tuple[Product, str]:
    """`product` with the fix, or as it was and why."""
    place = place_of(fix.path)
    if place is None:
        return product, "field_not_allowed"
    current = read(product, place)
    if current is None:
        return product, "unknown_place"
    try:
        wanted = value_of(place, fix.new)
    except Refused:
        return product, "invalid_value"
    if not _is(place, current, fix.old):
        return product, "changed_since"
    if wanted == current:
        return product, APPLIED
    new = written(product, place, wanted)
    if len(new.attributes) > max(len(product.attributes), MAX_ATTRIBUTES):
        return product, "invalid_value"
    known = product.fixed.get(fix.path)
    source = known.source if known is not None and known.made == short(current) else short(current)
    return replace(new, fixed={**product.fixed, fix.path: Fixed(source, short(wanted))}), APPLIED


def _is(place: Place, current: Value, text: str) -> bool:
    """Whether `text` is what stands there: as it was told, or put the way in which the catalogue stores it."""
    told = current if isinstance(current, str) else msgspec.json.encode(current).decode()
    if told == text:
        return True
    try:
        return value_of(place, text) == current
    except Refused:
        return False

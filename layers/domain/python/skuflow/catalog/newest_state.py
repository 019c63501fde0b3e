"""A product as its source showed it last, whatever order its states come in.

A source that tells when each product looked as it says (a shop) is not merged row by row like a file (see `merge`): a state is
older or newer as a whole.

- The newest state has the say over the fields that it covers. An older one changes nothing, not even what the newer one left alone.
- A state that is the whole product takes away the variants that it does not mention, except those that somebody set since.
- What was set by hand after a state was shown stays, field by field of the product's description and variant by variant.
- Two states of one moment that differ end alike in any order: the one with the greater digest wins.
- A state that tells nothing new is noted if it is newer: otherwise one from in between, come late, would look like news. A look at
  the same state somewhat later within its second is not worth that, so reading a shop again writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from skuflow.catalog.incoming import Fragment, Observation, Row
from skuflow.catalog.incoming_values import Refused
from skuflow.catalog.merge import blank, fields, is_born_of, says_the_same
from skuflow.catalog.model import IMPORT, MAX_VARIANTS, Description, Product, Variant, content_hash, ordered, variant_id
from skuflow.contracts.catalog import RejectedRows
from skuflow.kernel.events import Cause

NOTED_FROM = timedelta(milliseconds=10)
"""How much newer a state must be for its time to be noted where it tells nothing new. Sources put the moment of looking into the
fraction of a second of a state's time, so looks at one state that are hours apart are closer together than this."""

_MARKS_KEPT = 8


def taken_over(
    stored: Product | None, product_id: str, said: Fragment, observed: Observation, now: datetime
) -> Product:
    """`stored` (None: nothing is) as the state `said` leaves it; `observed.at` is when it was shown. The version is not counted up:
    see `signed`.

    Raises Refused if there is nothing that it could be a state of, or if the product would have too many variants."""
    product = stored
    if product is None or product.status == "removed":
        if product is not None and product.described is not None and observed.at <= product.described.at:
            return product
        if not observed.describes or said.description is None:
            raise Refused("key", said.key, "there is no such product", "read the whole product first")
        product = blank(product_id, said, observed, now)
    elif product.observed_at is not None and observed.at < product.observed_at:
        return product
    new = replace(_described(product, said, observed), variants=_variants(product, said, observed))
    if stored is not None and stored.observed_at == observed.at and content_hash(new) < content_hash(stored):
        return stored
    return replace(new, observed_at=observed.at)


def signed(stored: Product | None, new: Product, observed: Observation, now: datetime, cause: Cause) -> Product | None:
    """`new` as it is to be written, one version on; None if there is nothing to write. What is only noted is no change: the product
    stays signed by the batch that made the last one, at that time."""
    if stored is None:
        return replace(new, version=1, updated_at=now, changed_by=(observed.ref,), channel=IMPORT, cause=cause)
    if content_hash(stored) == content_hash(new):
        known, seen = stored.observed_at, new.observed_at
        is_newer = seen is not None and (known is None or seen - known >= NOTED_FROM)
        worth_noting = is_newer or new.fixed != stored.fixed
        return replace(new, version=stored.version + 1) if worth_noting else None
    others = tuple(mark for mark in stored.changed_by if mark != observed.ref)
    return replace(
        new,
        version=stored.version + 1,
        updated_at=max(now, stored.updated_at),
        changed_by=(*others, observed.ref)[-_MARKS_KEPT:],
        channel=IMPORT,
        cause=cause,
    )


def of_known_variants(product: Product | None, said: Fragment) -> tuple[Fragment | None, tuple[RejectedRows, ...]]:
    """The rows of `said` (which bring counts of stock and nothing else) that are of variants of `product`, None if none are; and
    the others, refused. A count that came before its variant is not lost: reading the whole product brings it."""
    known = {v.variant_id for v in product.variants} if product is not None and product.is_visible else set()
    name = product.product_id if product is not None else ""
    rows = tuple(row for row in said.rows if variant_id(name, row.key) in known)
    if not known:
        what = Refused("key", said.key, "there is no such product", "its stock comes with it when it is read")
        return None, (what.rows(said.lines),)
    missing = [
        Refused("variants", row.key, "the product has no such variant", "its stock comes with it when it is read").rows(
            (row.line,)
        )
        for row in said.rows
        if row not in rows
    ]
    lines = tuple(row.line for row in rows)
    return (replace(said, rows=rows, lines=lines) if rows else None), tuple(missing)


def _described(product: Product, said: Fragment, observed: Observation) -> Product:
    """`product` with the state's description, unless it was described by hand since."""
    known = product.described
    if said.description is None or (known is not None and known.at > observed.at):
        return product
    changes = dict(fields(product, said))
    if "images" in changes:
        changes["more_images"] = ()
    if known is not None and all(getattr(product, name) == value for name, value in changes.items()):
        return product
    described = Description(observed.at, said.line, said.digest, known.digest if known else "")
    return replace(product, **changes, described=described)


def _variants(product: Product, said: Fragment, observed: Observation) -> tuple[Variant, ...]:
    places = {variant_id(product.product_id, key): place for place, key in enumerate(said.mentioned, start=1)}
    rows = {variant_id(product.product_id, row.key): row for row in said.rows}
    after: dict[str, Variant] = {}
    for variant in product.variants:
        name = variant.variant_id
        if name in places or not observed.whole or _set_since(variant, observed):
            after[name] = _as_shown(variant, rows.get(name), observed)
    for name, row in rows.items():
        if name not in after:
            after[name] = _first(name, row, product, observed)
    if len(after) > MAX_VARIANTS:
        raise Refused("variants", len(after), f"are more than {MAX_VARIANTS}", "split the product")
    return _placed(after, places, observed)


def _placed(variants: Mapping[str, Variant], places: Mapping[str, int], observed: Observation) -> tuple[Variant, ...]:
    """`variants` in the order that a whole state has them in; other states do not know it."""
    if not observed.whole:
        return ordered(variants)
    return ordered({name: replace(v, position=places.get(name, v.position)) for name, v in variants.items()})


def _as_shown(variant: Variant, row: Row | None, observed: Observation) -> Variant:
    if row is None or _set_since(variant, observed) or says_the_same(variant, row):
        return variant
    return replace(variant, **row.fields, seen_at=observed.at, seen_line=row.line)


def _first(name: str, row: Row, product: Product, observed: Observation) -> Variant:
    last = max((v.position for v in product.variants), default=0)
    added_at = None if is_born_of(product, observed) else observed.at
    new = Variant(name, row.key, last + row.line, seen_at=observed.at, seen_line=row.line, added_at=added_at)
    return replace(new, **row.fields)


def _set_since(variant: Variant, observed: Observation) -> bool:
    return variant.seen_at is not None and variant.seen_at > observed.at

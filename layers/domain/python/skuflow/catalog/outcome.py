"""What became of the rows of a batch: each ends as created, updated, unchanged or rejected, and as one of them only.

It is read off the product and its stock as they stand after the write, never compared with what was there before: a batch that
a second delivery finishes says of each row what the first one would have said. What somebody else changed in between counts
as having come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from skuflow.catalog import merge
from skuflow.catalog.incoming import Fragment, Observation
from skuflow.catalog.inventory import ProductStock, in_ms
from skuflow.catalog.model import Product, variant_id
from skuflow.contracts.catalog import ProductBatchApplied, RejectedRows
from skuflow.contracts.sync import BatchHeader

State = Literal["created", "updated", "unchanged", "rejected"]

MAX_REJECTED_CHARACTERS = 100_000
"""An event takes 256 KB; in JSON a character takes two bytes where it must be escaped."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One product of a batch: the states of its rows that were taken, and those that were not. `product` is the state of the
    product itself: of several parts of a new product only one made it."""

    product: State
    rows: tuple[State, ...] = ()
    rejected: tuple[RejectedRows, ...] = ()


def product_outcome(
    product: Product,
    stock: ProductStock | None,
    taken: Sequence[Fragment],
    rejected: tuple[RejectedRows, ...],
    observed: Observation,
) -> Outcome:
    """What became of the rows of `taken`, now that the product and its stock are as given.

    Rows that helped a new product into being are created, whichever part of it came first, and so is the first row of a
    variant that a known product did not have. A row is updated if it changed its variant or the variant's stock, if the
    product's description is its own and another than before, or if it brought an image. Of several rows of one variant the
    last counts. Images that come without a description belong to the rows that carry nothing else or, if there is no such
    row, to the first one."""
    if merge.is_born_of(product, observed):
        return Outcome(birth(product, observed), tuple("created" for one in taken for _ in one.lines), rejected)
    variants = {v.variant_id: v for v in product.variants}
    said = [(row.line, variants.get(variant_id(product.product_id, row.key))) for one in taken for row in one.rows]
    added = {line for line, variant in said if variant and (variant.added_at, variant.position) == (observed.at, line)}
    changed = {
        line for line, variant in said if variant and (variant.seen_at, variant.seen_line) == (observed.at, line)
    }
    changed.update(
        _described(product, observed), _pictured(product, taken, observed), _counted(product, stock, taken, observed)
    )
    rows = tuple(_state(line, added, changed) for one in taken for line in one.lines)
    return Outcome("unchanged" if set(rows) == {"unchanged"} else "updated", rows, rejected)


def birth(product: Product, observed: Observation) -> State:
    """What a batch that belongs to a product's making did to it."""
    if product.created_by == observed.ref:
        return "created"
    return "updated" if observed.ref in product.changed_by else "unchanged"


def _state(line: int, added: set[int], changed: set[int]) -> State:
    if line in added:
        return "created"
    return "updated" if line in changed else "unchanged"


def _described(product: Product, observed: Observation) -> Iterator[int]:
    """The line whose description the product now has because of this import."""
    known = product.described
    if known is not None and known.at == observed.at and known.is_other:
        yield known.line


def _pictured(product: Product, taken: Iterable[Fragment], observed: Observation) -> Iterator[int]:
    """The lines that brought images to what other rows describe."""
    for one in taken:
        if merge.picture_mark(one, observed) in product.pictured_by:
            yield from set(one.lines) - {row.line for row in one.rows} or {one.line}


def _counted(
    product: Product, stock: ProductStock | None, taken: Iterable[Fragment], observed: Observation
) -> Iterator[int]:
    """The lines whose count of a variant's stock is another than the one before."""
    at = in_ms(observed.at)
    counted = {v.variant_id for v in stock.variants if v.seen_ms == at} if stock else set()
    if counted:
        rows = merge.counting(product, taken, observed)
        yield from (row.line for name, row in rows.items() if name in counted)


def batch_outcome(header: BatchHeader, outcomes: Sequence[Outcome]) -> ProductBatchApplied:
    """The sum of `outcomes`."""

    def rows(state: State) -> int:
        return sum(outcome.rows.count(state) for outcome in outcomes)

    def products(state: State) -> int:
        return sum(1 for outcome in outcomes if outcome.product == state)

    return ProductBatchApplied(
        import_id=header.import_id,
        batch=header.batch,
        products=len(outcomes),
        created=rows("created"),
        updated=rows("updated"),
        unchanged=rows("unchanged"),
        products_created=products("created"),
        products_updated=products("updated"),
        products_unchanged=products("unchanged"),
        rejected=_bounded([rejection for outcome in outcomes for rejection in outcome.rejected]),
    )


def _bounded(rejected: list[RejectedRows]) -> tuple[RejectedRows, ...]:
    """`rejected`, like cases together. Where even that is too much for an event, cases that differ only in their value are one,
    and show the first value."""
    exact = _together(rejected, lambda r: (r.field, r.value, r.reason, r.hint))
    if sum(map(_characters, exact)) <= MAX_REJECTED_CHARACTERS:
        return exact
    return _together(rejected, lambda r: (r.field, r.reason, r.hint))


def _together(rejected: Iterable[RejectedRows], likeness: Callable[[RejectedRows], object]) -> tuple[RejectedRows, ...]:
    groups: dict[object, RejectedRows] = {}
    for rejection in rejected:
        like = likeness(rejection)
        known = groups.get(like)
        groups[like] = replace(known, lines=known.lines + rejection.lines) if known else rejection
    return tuple(replace(group, lines=tuple(sorted(set(group.lines)))) for group in groups.values())


def _characters(rejection: RejectedRows) -> int:
    texts = (rejection.field, rejection.value, rejection.reason, rejection.hint)
    return sum(map(len, texts)) + 9 * len(rejection.lines) + 60

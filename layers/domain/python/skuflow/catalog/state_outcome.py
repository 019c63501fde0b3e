"""What became of the rows of a state that a source showed, read off the product as it stands after the write (see `outcome`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skuflow.catalog import merge
from skuflow.catalog.incoming import Fragment, Observation
from skuflow.catalog.inventory import ProductStock, in_ms
from skuflow.catalog.model import Product, variant_id
from skuflow.catalog.outcome import Outcome, State, birth
from skuflow.contracts.catalog import RejectedRows
from skuflow.kernel.events import Cause


def state_outcome(
    product: Product,
    stock: ProductStock | None,
    taken: Sequence[Fragment],
    rejected: tuple[RejectedRows, ...],
    *,
    observed: Observation,
    cause: Cause,
) -> Outcome:
    """What became of the rows of `taken`, now that the product and its stock are as given; `cause` is that of this batch's writes.

    Rows of a product that this batch made are created, and so is the row of a variant that a known product did not have. A row is
    updated if its variant or the variant's stock is as this state shows it and was not so before; the product's own fields belong
    to the first row. A state that a newer one made pointless changed nothing, nor did one that another batch brought before."""
    if merge.is_born_of(product, observed):
        return Outcome(birth(product, observed), tuple("created" for one in taken for _ in one.lines), rejected)
    changed = observed.ref in product.changed_by
    own_stock = stock if stock is not None and stock.cause == cause else None
    rows: list[State] = []
    for one in taken:
        rows += _states(product if changed else None, own_stock, one, observed.at_time_of(one), product.product_id)
    updated = changed or set(rows) != {"unchanged"}
    return Outcome("updated" if updated else "unchanged", tuple(rows), rejected)


def _states(
    product: Product | None, stock: ProductStock | None, said: Fragment, observed: Observation, product_id: str
) -> Iterator[State]:
    """`product` and `stock` None: this batch did not change them."""
    variants = {v.variant_id: v for v in product.variants} if product else {}
    shown_at = in_ms(observed.at)
    counted = {v.variant_id for v in stock.variants if v.seen_ms == shown_at} if stock else set()
    known = product.described if product else None
    described = known is not None and known.at == observed.at and known.is_other
    names = {row.line: variant_id(product_id, row.key) for row in said.rows}
    for line in said.lines:
        name = names.get(line, "")
        variant = variants.get(name)
        if variant is not None and variant.added_at == observed.at:
            yield "created"
        elif name in counted or (described and line == said.line):
            yield "updated"
        else:
            yield "updated" if variant is not None and variant.seen_at == observed.at else "unchanged"

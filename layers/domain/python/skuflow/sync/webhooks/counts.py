"""The stock of a product's variants, which Shopify is asked for apart from the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from skuflow.contracts.sync import SourceVariant
from skuflow.sync.shopify.fields import Taken

STOCK_FIELDS = ("quantity", "tracked", "backorder")


def counts_stock(taken: Taken) -> bool:
    return set(STOCK_FIELDS) <= set(taken.variant_fields)


def counted(taken: Taken, totals: Mapping[str, SourceVariant]) -> Taken:
    """`taken` with the stock of its variants from `totals`, by their keys; as it is if one is missing there: half a word on stock
    would pass for the whole."""
    if taken.product is None or any(one.key not in totals for one in taken.product.variants):
        return taken
    variants = tuple(_with(one, totals[one.key]) for one in taken.product.variants)
    fields = (*(field for field in taken.variant_fields if field not in STOCK_FIELDS), *STOCK_FIELDS)
    return replace(taken, product=replace(taken.product, variants=variants), variant_fields=fields)


def _with(variant: SourceVariant, total: SourceVariant) -> SourceVariant:
    return replace(variant, tracked=total.tracked, quantity=total.quantity, backorder=total.backorder)

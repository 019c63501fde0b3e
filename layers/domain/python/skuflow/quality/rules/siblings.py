"""What the variants of one product say about each other. Worked out once per product."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from skuflow.kernel.money import Money
from skuflow.quality.model import Snapshot, SnapshotVariant
from skuflow.quality.rules.normal.whitespace import key

ENOUGH = 4
"""Prices of which a median says something."""

OptionKey = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Siblings:
    """`medians`: the middle price (the lower of two) by currency, where there are at least ENOUGH. `shared` are the choices that
    more than one variant offers. `pictures` are the product's own addresses."""

    medians: tuple[Money, ...]
    shared: frozenset[OptionKey]
    pictures: frozenset[str]

    def median(self, currency: str) -> Money | None:
        return next((money for money in self.medians if money.currency == currency), None)


def siblings_of(product: Snapshot) -> Siblings:
    groups: dict[str, list[int]] = {}
    for variant in product.variants:
        if variant.price is not None:
            groups.setdefault(variant.price.currency, []).append(variant.price.minor)
    medians = tuple(
        Money(sorted(group)[(len(group) - 1) // 2], currency)
        for currency, group in groups.items()
        if len(group) >= ENOUGH
    )
    counted = Counter(option_key(variant) for variant in product.variants)
    shared = frozenset(choice for choice, times in counted.items() if times > 1)
    return Siblings(medians, shared, frozenset(image.url for image in product.images))


def option_key(variant: SnapshotVariant) -> OptionKey:
    """The choice that a shopper makes to get this variant."""
    return tuple(sorted((key(name), key(value)) for name, value in variant.options))

"""The difference between two states of a product's or an offer's prices, as facts to tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from skuflow.catalog.model import Product, Variant
from skuflow.contracts.catalog import Amount, PriceChanged, PriceDropped
from skuflow.kernel.money import Money

PriceEvent = tuple[str, PriceChanged | PriceDropped]
"""The event's name and its payload."""

Prices = tuple[Money | None, Money | None]
"""A price and the price that it is compared with."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose prices they are: a variant's (`offer_id` "") or an offer's. `version` is the product's or the offer's."""

    product_id: str
    version: int
    variant_id: str
    offer_id: str
    sku: str | None
    title: str
    source: str


def amount(money: Money | None) -> Amount | None:
    """`money` as events carry it."""
    return Amount(money.minor, money.currency) if money else None


def drop_percent(old: Money, new: Money) -> str:
    """(old - new) / old × 100 with two decimals, rounded half up. `old` is above zero, both are of one currency."""
    share = Decimal(old.minor - new.minor) * 100 / Decimal(old.minor)
    return str(share.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def fell(old: Money, new: Money) -> bool:
    """Whether `new` is the lower price; another currency is no lower price."""
    return old.currency == new.currency and new < old


def price_events(old: Product, new: Product) -> Iterator[PriceEvent]:
    """`told` of each variant, in order of variant. A variant that comes or goes has no price on the other side."""
    before = {v.variant_id: v for v in old.variants}
    after = {v.variant_id: v for v in new.variants}
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        known = now or was
        sku = known.sku if known else None
        yield from told(
            _prices(was), _prices(now), Subject(new.product_id, new.version, name, "", sku, new.title, new.channel)
        )


def _prices(variant: Variant | None) -> Prices:
    return (variant.price, variant.compare_at) if variant else (None, None)


def told(old: Prices, new: Prices, subject: Subject) -> Iterator[PriceEvent]:
    """That a price or a compare-at price is another than before and, if the price fell, that it dropped."""
    if old == new:
        return
    (old_price, old_compare_at), (new_price, new_compare_at) = old, new
    yield (
        "PriceChanged",
        PriceChanged(
            product_id=subject.product_id,
            product_version=subject.version,
            variant_id=subject.variant_id,
            offer_id=subject.offer_id,
            sku=subject.sku,
            title=subject.title,
            old_price=amount(old_price),
            new_price=amount(new_price),
            old_compare_at=amount(old_compare_at),
            new_compare_at=amount(new_compare_at),
            source=subject.source,
        ),
    )
    if old_price is not None and new_price is not None and fell(old_price, new_price):
        yield (
            "PriceDropped",
            PriceDropped(
                product_id=subject.product_id,
                product_version=subject.version,
                variant_id=subject.variant_id,
                offer_id=subject.offer_id,
                sku=subject.sku,
                title=subject.title,
                old_price=Amount(old_price.minor, old_price.currency),
                new_price=Amount(new_price.minor, new_price.currency),
                drop_percent=drop_percent(old_price, new_price),
                source=subject.source,
            ),
        )

"""What a catalogue has to make of what it hears of a shop, written down without looking at how ours does it.

Time decides: of each product the state with the latest time counts, of each variant the count of units that was made last. What
comes later than something newer than itself changes nothing, and what changes something is told once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.scenarios.shopify_shop import Article, Goods, Webhook

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

Fact = tuple[str, int, int]
"""Name of an event, the product's number, the variant's number (0: it is about the product)."""
Price = tuple[int, int | None]


@dataclass(slots=True)
class Known:
    """One product. `told_at` is the time of the newest news of it, a deletion's too. `units` by variant, each with the time at
    which it was counted; they stay when the product goes."""

    told_at: datetime = _LONG_AGO
    article: Article | None = None
    units: dict[int, tuple[int, datetime]] = field(default_factory=dict)


@dataclass(slots=True)
class ShopModel:
    """`facts` counts what was told. `courses` are the prices of each variant through time (None: it has none any more), `supply`
    its availability through time; neighbours differ."""

    products: dict[int, Known] = field(default_factory=lambda: defaultdict(Known))
    facts: Counter[Fact] = field(default_factory=Counter)
    courses: dict[int, list[Price | None]] = field(default_factory=lambda: defaultdict(list))
    supply: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))

    def hears(self, webhook: Webhook, truth: dict[int, Article], asked_at: datetime) -> None:
        """`truth` is what the shop has when it is asked, at `asked_at`."""
        if webhook.topic == "inventory_levels/update":
            self._counts(webhook.number, truth.get(webhook.number), asked_at)
        elif webhook.topic == "products/delete":
            self._loses(webhook.number, webhook.triggered_at)
        elif webhook.about is not None:
            self._sees(webhook.about)

    def catalogue(self) -> dict[str, Any]:
        """Product key -> what is shown of it."""
        return {
            str(number): (
                known.article.title,
                known.article.status,
                [self._shown(known, goods) for goods in known.article.goods],
            )
            for number, known in self.products.items()
            if known.article is not None
        }

    def _shown(self, known: Known, goods: Goods) -> tuple[str, int, int | None, int]:
        return f"SKU-{goods.number}", goods.price, goods.compare_at, known.units[goods.number][0]

    def _sees(self, article: Article) -> None:
        known = self.products[article.number]
        if article.at <= known.told_at:
            return
        before, known.article, known.told_at = known.article, article, article.at
        self._tell_prices(before, article)
        if before is None or _visible(before) != _visible(article):
            self.facts["ProductChanged", article.number, 0] += 1
        for number in known.units.keys() - {goods.number for goods in article.goods}:
            self._supplied(article.number, number, known.units.pop(number)[0], None)
        for goods in article.goods:
            self._counted(known, article.number, goods, article.at)

    def _loses(self, number: int, at: datetime) -> None:
        known = self.products[number]
        if at < known.told_at:
            return
        if known.article is not None:
            self.facts["ProductRemoved", number, 0] += 1
            for goods in known.article.goods:
                self.courses[goods.number].append(None)
        known.article, known.told_at = None, at

    def _counts(self, number: int, truth: Article | None, at: datetime) -> None:
        known = self.products[number]
        if known.article is None or truth is None:
            return
        listed = {goods.number for goods in known.article.goods}
        for goods in truth.goods:
            if goods.number in listed:
                self._counted(known, number, goods, at)

    def _counted(self, known: Known, number: int, goods: Goods, at: datetime) -> None:
        units, counted_at = known.units.get(goods.number, (None, _LONG_AGO))
        if at >= counted_at:
            known.units[goods.number] = (goods.units, at)
            self._supplied(number, goods.number, units, goods.units)

    def _supplied(self, number: int, variant: int, before: int | None, after: int | None) -> None:
        """`before` None: nothing was known of it. `after` None: the variant is gone."""
        was, is_there = (before or 0) > 0, (after or 0) > 0
        if before is not None and was != is_there:
            self.facts["BackInStock" if is_there else "OutOfStock", number, variant] += 1
        if before is None or was != is_there:
            self.supply[variant].append(is_there)

    def _tell_prices(self, before: Article | None, after: Article) -> None:
        was = {goods.number: (goods.price, goods.compare_at) for goods in before.goods} if before else {}
        now = {goods.number: (goods.price, goods.compare_at) for goods in after.goods}
        if before is None:
            self.facts["ProductAdded", after.number, 0] += 1
        for number in was.keys() | now.keys():
            old, new = was.get(number), now.get(number)
            if old == new:
                continue
            self.courses[number].append(new)
            if before is not None:
                self.facts["PriceChanged", after.number, number] += 1
            if old is not None and new is not None and new[0] < old[0]:
                self.facts["PriceDropped", after.number, number] += 1


def _visible(article: Article) -> tuple[Any, ...]:
    """What is said of a product; units are no part of it."""
    goods = [(one.number, one.price, one.compare_at) for one in article.goods]
    return article.title, article.status, goods

"""What happens in a shop, and how the news of it comes in: twice, late, spoiled. Drawn from a seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from tests.scenarios.shopify_shop import Article, Goods, ShopifyShop, Webhook, moved
from tests.scenarios.stage_time import StageTime

SPOILED: dict[str, tuple[str, bytes, str]] = {
    "no JSON": ("products/update", b"{", "malformed: the body is not JSON"),
    "empty": ("products/create", b"", "malformed: the body is not JSON"),
    "no UTF-8": ("products/update", b'{"id": 5, "title": "\xff\xfe"}', "malformed: the body is not JSON"),
    "a list": ("products/update", b"[]", "invalid: body"),
    "no id": ("products/update", b'{"title": "x"}', "invalid: id"),
    "a rounded id": ("products/update", b'{"id": 1.152921504606847e18, "title": "x"}', "invalid: id"),
    "no title": ("products/update", b'{"id": 5, "title": ""}', "invalid: title"),
    "variants that are none": ("products/update", b'{"id": 5, "title": "x", "variants": 7}', "invalid: variants"),
    "nothing deleted": ("products/delete", b"{}", "invalid: id"),
    "no item": ("inventory_levels/update", b"{}", "invalid: inventory_item_id"),
    "an unknown topic": ("carts/update", b"{}", "invalid: X-Shopify-Topic"),
    "no topic": ("", b"{}", "invalid: X-Shopify-Topic"),
}
"""Topic, body, and how the reason begins with which it is put aside."""

BURSTS = 0.3
"""Of the changes that are heard of late, those that another follows at once, within the second: it is heard of first."""
REVIVED = 0.3
"""Of the new articles, those that were there before."""


@dataclass(frozen=True, slots=True)
class Act:
    """The news of one moment in the shop: what comes `at_once` (in this order), and what comes only when all of that is settled."""

    at_once: tuple[Webhook, ...]
    late: tuple[Webhook, ...]


@dataclass(slots=True)
class Plot:
    """At least `webhooks` deliveries about `articles` products. Of all, a share of `twice` are repetitions and `spoiled` are
    malformed; a share of `late` of the changes is heard of only after what followed. `reasons`: id of a spoiled webhook -> why it
    is to be put aside. `counts` says how much of what there was."""

    shop: ShopifyShop
    time: StageTime
    chance: random.Random
    articles: int = 500
    webhooks: int = 10_000
    twice: float = 0.2
    late: float = 0.11
    spoiled: float = 0.02
    per_act: int = 560
    reasons: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    _deleted: list[Article] = field(default_factory=list)
    _deleted_now: list[Article] = field(default_factory=list)

    def acts(self) -> Iterator[Act]:
        """Each has to be played before the next is asked for: the shop changes when its act begins."""
        told: list[Webhook] = []
        overdue: list[Webhook] = []
        while self.counts["deliveries"] < self.webhooks:
            self.time.advance(5 + self.chance.random())
            self._deleted += self._deleted_now
            self._deleted_now.clear()
            news, late, overdue = *self._news(), overdue
            yield self._act(news, told, overdue)
            told += news + overdue
            overdue = late
        yield self._act([], told, overdue)

    def _act(self, news: list[Webhook], told: list[Webhook], overdue: list[Webhook]) -> Act:
        of_all = (len(news) + len(overdue)) / (1 - self.twice - self.spoiled)
        known = (told + news)[-2_000:]
        again = [self.chance.choice(known) for _ in range(ceil(of_all * self.twice))]
        spoiled = [self._spoil() for _ in range(ceil(of_all * self.spoiled))]
        at_once = [*news, *again, *spoiled]
        self.chance.shuffle(at_once)
        self.counts += Counter(
            deliveries=len(at_once) + len(overdue), twice=len(again), spoiled=len(spoiled), late=len(overdue)
        )
        return Act(tuple(at_once), tuple(overdue))

    def _news(self) -> tuple[list[Webhook], list[Webhook]]:
        """What is heard at once, and what is not."""
        wanted = round(self.per_act * (1 - self.twice - self.spoiled))
        known = sorted(self.shop.articles)
        new = min(self.articles - len(known), wanted)
        numbers: list[int | None] = [None] * new
        numbers += self.chance.sample(known, min(len(known), wanted - new))
        here: list[Webhook] = []
        overdue: list[Webhook] = []
        for number in numbers:
            if len(here) + len(overdue) >= wanted:
                break
            before = self.shop.articles.get(number) if number is not None else None
            state, signals = self._change(number)
            here += signals
            if self.chance.random() >= self.late:
                here.append(state)
                continue
            overdue.append(state)
            if state.about is not None and self.chance.random() < BURSTS:
                here += self._follow_up(state.about, before)
        return here, overdue

    def _follow_up(self, article: Article, before: Article | None) -> list[Webhook]:
        """What happens to the article next, and is heard of first: it is as it was, it is gone, or something else."""
        way = self.chance.choice(("as it was", "gone", "else"))
        self.time.advance(0.01)
        self.counts["changes"] += 1
        if way == "gone":
            self._deleted_now.append(article)
            return [self.shop.deletes(article.number)]
        if way == "as it was" and before is not None:
            return self._becomes(moved(before, self.time()))
        return self._becomes(moved(_priced(article, self), self.time()))

    def _spoil(self) -> Webhook:
        topic, body, reason = SPOILED[self.chance.choice(sorted(SPOILED))]
        webhook = self.shop.sends(topic, body)
        self.reasons[webhook.webhook_id] = reason
        return webhook

    def _change(self, number: int | None) -> tuple[Webhook, list[Webhook]]:
        """One thing happens: the news of the product, and of its stock."""
        self.time.advance(self.chance.uniform(0.001, 0.05))
        if number is None:
            self.counts["changes"] += 1
            return self.shop.has(self._new()), []
        article = self.shop.articles[number]
        change = self.chance.choices(_CHANGES, _WEIGHTS)[0]
        self.counts["changes"] += 1
        if change is None:
            self._deleted_now.append(article)
            return self.shop.deletes(number), []
        state, *signals = self._becomes(moved(change(article, self), self.time()))
        return state, signals

    def _becomes(self, after: Article) -> list[Webhook]:
        """The news of an article that is there already, and of its stock."""
        before = {goods.number: goods.units for goods in self.shop.articles[after.number].goods}
        changed = [goods for goods in after.goods if before.get(goods.number, goods.units) != goods.units]
        return [self.shop.has(after), *(self.shop.signals(after, goods) for goods in changed)]

    def _new(self) -> Article:
        if self._deleted and self.chance.random() < REVIVED:
            return moved(self._deleted.pop(self.chance.randrange(len(self._deleted))), self.time())
        goods = tuple(self.new_goods() for _ in range(self.chance.randint(1, 3)))
        return Article(self.shop.new_number(), f"Article {self.chance.randint(1, 999)}", self.time(), goods)

    def new_goods(self) -> Goods:
        return Goods(self.shop.new_number(), self.price(), self.chance.choice((0, 0, 1, 5)), None)

    def price(self) -> int:
        """One of few, so that prices come back."""
        return self.chance.choice((500, 999, 1500, 1999, 2500))


def _priced(article: Article, plot: Plot) -> Article:
    return _with_one(article, plot, lambda goods: replace(goods, price=plot.price(), compare_at=None))


def _reduced(article: Article, plot: Plot) -> Article:
    return _with_one(article, plot, lambda goods: replace(goods, compare_at=goods.price + 1000))


def _sold(article: Article, plot: Plot) -> Article:
    return _with_one(article, plot, lambda goods: replace(goods, units=plot.chance.choice((0, 1, 2, 9))))


def _renamed(article: Article, plot: Plot) -> Article:
    return replace(article, title=f"Article {plot.chance.randint(1, 999)}")


def _touched(article: Article, _plot: Plot) -> Article:
    return article


def _shelved(article: Article, _plot: Plot) -> Article:
    return replace(article, status="draft" if article.status == "active" else "active")


def _extended(article: Article, plot: Plot) -> Article:
    return replace(article, goods=(plot.new_goods(), *article.goods))


def _shortened(article: Article, plot: Plot) -> Article:
    return replace(article, goods=article.goods[:-1]) if len(article.goods) > 1 else _priced(article, plot)


def _with_one(article: Article, plot: Plot, change: Callable[[Goods], Goods]) -> Article:
    place = plot.chance.randrange(len(article.goods))
    goods = [change(one) if n == place else one for n, one in enumerate(article.goods)]
    return replace(article, goods=tuple(goods))


_CHANGES: list[Any] = [_priced, _reduced, _sold, _renamed, _touched, _shelved, _extended, _shortened, None]
_WEIGHTS = [30, 8, 30, 8, 8, 3, 5, 5, 3]
"""None: it is deleted."""

"""Observing offers: what a newer look changes, and what it tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.offers import Offer, Seen, Terms, observe, offer_events, offer_point
from skuflow.contracts.catalog import Amount, PriceChanged, PriceDropped
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def terms(minor: int = 2000, *, original: int | None = None, currency: str = "CAD", available: bool = True) -> Terms:
    was = Money(original, currency) if original is not None else None
    return Terms("Nord", Money(minor, currency), "v1", original_price=was, is_available=available)


def look(what: Terms, *, hours: int = 0, source: str = "feed") -> Seen:
    return Seen("prd_1", "nord-1", "Boots", "B-1", what, source, NOON + timedelta(hours=hours), Cause(f"c{hours}"))


def seen(*looks: Seen) -> Offer:
    offer: Offer | None = None
    for one in looks:
        offer = observe(offer, one) or offer
    assert offer is not None
    return offer


class TestObserving:
    def test_the_first_look_makes_the_offer(self) -> None:
        offer = seen(look(terms()))
        assert (offer.version, offer.first_seen_at, offer.last_seen_at) == (
            1,
            "2026-05-01T12:00:00.000Z",
            "2026-05-01T12:00:00.000Z",
        )

    def test_the_same_terms_only_move_last_seen(self) -> None:
        first = seen(look(terms()))
        assert observe(first, look(terms(), hours=3)) == replace(first, last_seen_at="2026-05-01T15:00:00.000Z")

    def test_other_terms_make_a_version(self) -> None:
        offer = seen(look(terms()), look(terms(1500), hours=1, source="webhook"))
        assert (offer.version, offer.terms.price.minor, offer.source, offer.cause) == (2, 1500, "webhook", Cause("c1"))
        assert (offer.first_seen_at, offer.changed_at) == ("2026-05-01T12:00:00.000Z", "2026-05-01T13:00:00.000Z")

    def test_an_older_or_repeated_look_changes_nothing(self) -> None:
        offer = seen(look(terms(), hours=2))
        assert observe(offer, look(terms(1500), hours=1)) is None
        assert observe(offer, look(terms(1500), hours=2)) is None

    @given(looks=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3)), min_size=1))
    def test_terms_are_those_of_the_newest_look_in_any_order(self, looks: list[tuple[int, int]]) -> None:
        by_hour = dict(reversed(looks))
        offer = seen(*(look(terms(by_hour[hour]), hours=hour) for hour, _ in looks))
        newest = max(by_hour)
        assert offer.terms.price.minor == by_hour[newest]
        assert offer.last_seen_at == f"2026-05-01T{12 + newest}:00:00.000Z"


class TestHistory:
    def test_the_first_look_and_each_change_of_price_add_a_point(self) -> None:
        first = seen(look(terms(2000, original=2500)))
        second = observe(first, look(terms(1500, original=2500), hours=1))
        assert second is not None
        point = offer_point(first, second)
        assert offer_point(None, first) is not None
        assert point is not None
        assert (point.price, point.compare_at, point.available) == (Money(1500, "CAD"), Money(2500, "CAD"), True)
        assert (point.at, point.version) == ("2026-05-01T13:00:00.000Z", 2)

    def test_availability_adds_a_point_too(self) -> None:
        point = offer_point(seen(look(terms())), seen(look(terms(available=False))))
        assert point is not None
        assert not point.available

    def test_another_look_another_link_or_a_removal_adds_none(self) -> None:
        offer = seen(look(terms()))
        assert offer_point(offer, observe(offer, look(terms(), hours=1))) is None
        assert offer_point(offer, observe(offer, look(replace(terms(), url="https://n.example/2"), hours=1))) is None
        assert offer_point(offer, None) is None


class TestEvents:
    def test_a_lower_price_is_a_change_and_a_drop(self) -> None:
        old = seen(look(terms(2999)))
        new = seen(look(terms(2999)), look(terms(2000, original=2999), hours=1))
        was, now = Amount(2999, "CAD"), Amount(2000, "CAD")
        assert offer_events(old, new) == [
            ("PriceChanged", PriceChanged("prd_1", 2, "v1", "nord-1", "B-1", "Boots", was, now, None, was, "feed")),
            ("PriceDropped", PriceDropped("prd_1", 2, "v1", "nord-1", "B-1", "Boots", was, now, "33.31", "feed")),
        ]

    def test_a_higher_price_or_another_currency_is_no_drop(self) -> None:
        old = seen(look(terms(2000)))
        assert [n for n, _ in offer_events(old, seen(look(terms(2500))))] == ["PriceChanged"]
        assert [n for n, _ in offer_events(old, seen(look(terms(1500, currency="USD"))))] == ["PriceChanged"]

    def test_an_original_price_alone_is_a_change(self) -> None:
        assert [n for n, _ in offer_events(seen(look(terms(2000))), seen(look(terms(2000, original=2500))))] == [
            "PriceChanged"
        ]

    def test_coming_going_and_selling_out_are_no_price_changes(self) -> None:
        offer = seen(look(terms()))
        assert offer_events(None, offer) == []
        assert offer_events(offer, None) == []
        assert offer_events(offer, seen(look(terms(available=False)))) == []

    @given(prices=st.lists(st.integers(0, 400), min_size=2, max_size=8))
    def test_each_difference_is_told_once(self, prices: list[int]) -> None:
        offers = [seen(*(look(terms(p), hours=h) for h, p in enumerate(prices[: n + 1]))) for n in range(len(prices))]
        told = [name for old, new in pairwise(offers) for name, _ in offer_events(old, new)]
        assert told.count("PriceChanged") == sum(a != b for a, b in pairwise(prices))
        assert told.count("PriceDropped") == sum(a > b for a, b in pairwise(prices))

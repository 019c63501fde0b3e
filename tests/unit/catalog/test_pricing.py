"""What is shown of a product's prices."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.distance import Place
from skuflow.catalog.pricing import Listing, Saving, display_prices, saving
from skuflow.kernel.money import Money

MONTREAL, TORONTO, VANCOUVER = Place(45.5019, -73.5674), Place(43.6532, -79.3832), Place(49.2827, -123.1207)


def listing(
    offer_id: str,
    minor: int,
    currency: str = "CAD",
    *,
    compare_at: int | None = None,
    available: bool = True,
    rating: int | None = None,
    place: Place | None = None,
) -> Listing:
    was = Money(compare_at, currency) if compare_at is not None else None
    return Listing(offer_id, "v1", "Shop", "", Money(minor, currency), was, available, rating, place)


CAD = ("CAD",)


class TestDisplay:
    def test_nothing_in_stock_is_out_of_stock(self) -> None:
        assert display_prices([], currencies=CAD) == ()
        assert display_prices([listing("a", 5000, available=False)], currencies=CAD) == ()

    def test_one_price_is_no_range(self) -> None:
        (display,) = display_prices([listing("", 5000), listing("a", 5000)], currencies=CAD)
        assert not display.is_range
        assert (display.lowest, display.listings) == (Money(5000, "CAD"), 2)

    def test_several_prices_are_a_range_over_what_is_in_stock(self) -> None:
        offers = [
            listing("", 5000),
            listing("a", 7500),
            listing("b", 9900, available=False),
            listing("c", 100, available=False),
        ]
        (display,) = display_prices(offers, currencies=CAD)
        assert display.is_range
        assert (display.lowest.minor, display.highest.minor, display.listings) == (5000, 7500, 2)

    def test_at_the_same_price_the_clients_own_is_the_cheapest(self) -> None:
        (display,) = display_prices([listing("a", 5000, rating=500), listing("", 5000)], currencies=CAD)
        assert display.cheapest.offer_id == ""

    def test_the_best_rated_is_the_cheapest_of_the_best(self) -> None:
        offers = [
            listing("", 100),
            listing("a", 900, rating=480),
            listing("b", 800, rating=480),
            listing("c", 1, rating=479),
        ]
        (display,) = display_prices(offers, currencies=CAD)
        assert display.best_rated is not None
        assert display.best_rated.offer_id == "b"
        (unrated,) = display_prices([listing("", 100)], currencies=CAD)
        assert unrated.best_rated is None

    def test_the_nearest_needs_a_buyer_and_a_place(self) -> None:
        offers = [listing("a", 900, place=VANCOUVER), listing("b", 950, place=TORONTO), listing("c", 800)]
        (display,) = display_prices(offers, currencies=CAD, buyer=MONTREAL)
        assert display.nearest is not None
        assert display.nearest.listing.offer_id == "b"
        assert 500_000 < display.nearest.metres < 508_000
        assert display_prices(offers, currencies=CAD)[0].nearest is None
        assert display_prices([listing("c", 800)], currencies=CAD, buyer=MONTREAL)[0].nearest is None


class TestCurrencies:
    def test_each_currency_is_shown_by_itself_the_wanted_first(self) -> None:
        offers = [
            listing("a", 100, "USD"),
            listing("b", 900, "INR"),
            listing("c", 500, "CAD"),
            listing("d", 700, "AUD"),
        ]
        displays = display_prices(offers, currencies=("INR", "CAD"))
        assert [display.currency for display in displays] == ["INR", "CAD", "AUD", "USD"]

    @given(
        offers=st.lists(
            st.builds(
                listing,
                st.sampled_from("abcd"),
                st.integers(0, 10**9),
                st.sampled_from(["CAD", "JPY", "KWD"]),
                available=st.booleans(),
            )
        )
    )
    def test_ranges_hold_every_price_in_stock_and_no_other(self, offers: list[Listing]) -> None:
        displays = display_prices(offers, currencies=CAD)
        in_stock = [offer for offer in offers if offer.available]
        assert {d.currency for d in displays} == {offer.price.currency for offer in in_stock}
        for display in displays:
            prices = [offer.price for offer in in_stock if offer.price.currency == display.currency]
            assert (display.lowest, display.highest, display.listings) == (min(prices), max(prices), len(prices))
            assert display.cheapest.price == display.lowest


class TestSavings:
    def test_percentages_are_rounded_down(self) -> None:
        assert saving(Money(2999, "CAD"), Money(2000, "CAD")) == Saving(Money(999, "CAD"), 33)
        assert saving(Money(10000, "CAD"), Money(9999, "CAD")) == Saving(Money(1, "CAD"), 0)

    def test_no_higher_price_or_another_currency_is_no_saving(self) -> None:
        assert saving(None, Money(5, "CAD")) is None
        assert saving(Money(5, "CAD"), Money(5, "CAD")) is None
        assert saving(Money(9, "USD"), Money(5, "CAD")) is None

    def test_they_are_those_of_the_cheapest_listing(self) -> None:
        offers = [listing("", 5000, compare_at=7500), listing("a", 6000, compare_at=12000)]
        lows = {("", "v1"): Money(5500, "CAD"), ("a", "v1"): Money(9000, "CAD")}
        (display,) = display_prices(offers, currencies=CAD, lows=lows)
        assert display.saving_on_compare_at == Saving(Money(2500, "CAD"), 33)
        assert display.saving_on_30_day_low == Saving(Money(500, "CAD"), 9)

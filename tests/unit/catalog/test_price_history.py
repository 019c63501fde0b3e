"""Points in, whole courses out: filled forward, day by day, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.inventory import Level, ProductStock, VariantStock
from skuflow.catalog.model import Description, Product, Variant, removed
from skuflow.catalog.price_history import Moment, PricePoint, Shift, State, moved_on, product_point, stock_point
from skuflow.catalog.price_statistics import statistics
from skuflow.catalog.projections import Projection
from skuflow.catalog.read_prices import Position, PriceReader, Range, Series
from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money
from skuflow.kernel.tenancy import ClientId
from tests.fakes.catalog import FakePrices

CLIENT = ClientId("cli_0000000000000001")
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def cad(minor: int) -> Money:
    return Money(minor, "CAD")


def a_product(version: int = 1, **prices: Any) -> Product:
    """Variant name -> cents, or (cents, compare-at cents)."""
    pairs = {name: price if isinstance(price, tuple) else (price, None) for name, price in prices.items()}
    variants = tuple(
        Variant(name, name, n, price=cad(a) if a is not None else None, compare_at=cad(b) if b is not None else None)
        for n, (name, (a, b)) in enumerate(pairs.items())
    )
    at = NOON + timedelta(minutes=version)
    seen = Description(NOON)
    return Product("prd_1", "shopify", "p", NOON, at, version, "P", variants=variants, described=seen, channel="import")


# -- what a write does ------------------------------------------------------------------------------------------------------


def test_a_new_product_begins_the_history_of_all_its_variants() -> None:
    assert product_point(None, a_product(s=100, m=(200, 300))) == PricePoint(
        NOON + timedelta(minutes=1),
        "P0000000001",
        "import",
        {"s": Shift(True, cad(100)), "m": Shift(True, cad(200), cad(300))},
    )


def test_only_variants_whose_prices_changed_are_in_a_point() -> None:
    point = product_point(a_product(s=100, m=200, l=300), a_product(2, s=100, m=(200, 250), xl=400))
    assert point is not None
    assert point.shifts == {"l": Shift(True), "m": Shift(True, cad(200), cad(250)), "xl": Shift(True, cad(400))}


def test_a_write_that_leaves_prices_alone_adds_no_point() -> None:
    assert product_point(a_product(s=100), replace(a_product(2, s=100), title="New")) is None


def test_history_begins_when_a_product_is_described_and_ends_when_it_is_removed() -> None:
    whole = a_product(2, s=100)
    assert product_point(None, replace(a_product(s=100), described=None)) is None
    begun = product_point(replace(a_product(s=100), described=None), whole)
    ended = product_point(whole, removed(whole, NOON + DAY, "api", Cause("")))
    assert begun is not None
    assert ended is not None
    assert (begun.shifts, ended.shifts) == ({"s": Shift(True, cad(100))}, {"s": Shift(True)})
    assert (ended.at, ended.mark, ended.source) == (NOON + DAY, "P0000000003", "api")


def test_a_compare_at_price_in_another_currency_is_no_part_of_the_history() -> None:
    variant = Variant("s", "s", price=cad(100), compare_at=Money(200, "USD"))
    point = product_point(None, replace(a_product(), variants=(variant,)))
    assert point is not None
    assert point.shifts == {"s": Shift(True, cad(100), None)}


def test_stock_adds_a_point_when_a_variant_comes_or_goes() -> None:
    def stock(version: int, **units: int) -> ProductStock:
        variants = tuple(VariantStock(name, True, levels=(Level("default", n),)) for name, n in units.items())
        return ProductStock("prd_1", version, variants, source="import", changed_at=iso(NOON))

    first = stock_point(None, stock(1, s=3, m=0))
    sold = stock_point(stock(1, s=3, m=0), stock(2, s=0, m=0))
    assert first is not None
    assert sold is not None
    assert first.shifts == {"s": Shift(available=True), "m": Shift(available=False)}
    assert (sold.shifts, sold.mark) == ({"s": Shift(available=False)}, "S0000000002")
    assert stock_point(stock(2, s=3), stock(3, s=2)) is None


# -- reading ----------------------------------------------------------------------------------------------------------------


def point(minutes: float, number: int = 0, **shifts: Any) -> PricePoint:
    """Variant name -> cents, None (no price), True or False (availability)."""
    made = {
        name: Shift(available=s) if isinstance(s, bool) else Shift(True, cad(s) if s is not None else None)
        for name, s in shifts.items()
    }
    return PricePoint(NOON + timedelta(minutes=minutes), f"P{number:010d}", "import", made)


def reader(points: Sequence[PricePoint], variant_id: str | None = None) -> PriceReader:
    prices = FakePrices()
    prices.write(Projection(CLIENT, "prd_1", one) for one in points)
    stock = ProductStock("prd_1", 1, tuple(VariantStock(name, False) for name in "ms"))
    return PriceReader(prices, Series(CLIENT, a_product(s=1, m=1), stock, "", variant_id))


def span(first: float, last: float) -> Range:
    return Range(NOON + timedelta(minutes=first), NOON + timedelta(minutes=last))


def drawn(moments: Sequence[Moment]) -> list[tuple[Any, ...]]:
    zero = NOON
    return [
        ((m.at - zero) / timedelta(minutes=1), m.variant_id, m.state.price.minor if m.state.price else None, m.carried)
        for m in moments
    ]


def test_a_range_begins_with_the_states_in_force_and_ends_with_them() -> None:
    moments, rest = reader([point(0, s=100), point(10, s=90), point(30, s=80)]).moments(span(5, 20), Position(), 100)
    assert drawn(moments) == [(5, "s", 100, True), (10, "s", 90, False), (20, "s", 90, True)]
    assert rest is None


def test_a_range_before_the_first_price_is_empty() -> None:
    assert reader([point(0, s=100)]).moments(span(-20, -10), Position(), 100) == ([], None)


def test_a_variant_that_lost_its_price_is_not_carried_on() -> None:
    moments, _ = reader([point(0, s=100, m=50), point(10, s=None)]).moments(span(5, 20), Position(), 100)
    assert drawn(moments) == [(5, "m", 50, True), (5, "s", 100, True), (10, "s", None, False), (20, "m", 50, True)]


def test_availability_is_filled_forward_beside_the_price() -> None:
    moments, _ = reader([point(0, s=100), point(1, 1, s=False), point(2, 2, s=90)]).moments(span(0, 2), Position(), 100)
    assert [(m.state.price, m.state.available) for m in moments[:3]] == [
        (cad(100), None),
        (cad(100), False),
        (cad(90), False),
    ]


def test_what_happens_to_a_variant_in_one_moment_is_one_item() -> None:
    """A new product and its first stock are two writes and two points, but one thing to see."""
    stock = replace(point(0, 1, s=True), mark="S0000000001", source="reservation")
    one = reader([point(0, s=100, m=50), stock, point(5, 2, s=90), point(5, 3, s=80)])
    moments, _ = one.moments(span(0, 9), Position(), 100)
    assert drawn(moments) == [
        (0, "s", 100, False),
        (0, "m", 50, False),
        (5, "s", 80, False),
        (9, "m", 50, True),
        (9, "s", 80, True),
    ]
    assert [(m.variant_id, m.state.available, m.source) for m in moments[:2]] == [
        ("s", True, "import"),
        ("m", None, "import"),
    ]
    (today,) = [d for d in one.days(span(0, 9), Position(), 100)[0] if d.variant_id == "s"]
    assert (today.lowest, today.highest, today.state) == (cad(80), cad(100), State(cad(80), None, True))


def test_one_variants_history_is_only_its_own() -> None:
    points = [point(0, s=100, m=50), point(10, m=60), point(20, s=90)]
    moments, _ = reader(points, "s").moments(span(5, 30), Position(), 100)
    assert drawn(moments) == [(5, "s", 100, True), (20, "s", 90, False), (30, "s", 90, True)]


def test_days_without_a_change_have_the_price_of_the_day_before() -> None:
    minutes = 24 * 60
    points = [point(0, s=100), point(30, s=120), point(60, s=90), point(3 * minutes, s=80)]
    found, _ = reader(points).days(span(-5 * minutes, 4 * minutes), Position(), 100)
    assert [(d.day, d.state.price, d.lowest, d.highest) for d in found] == [
        (date(2026, 3, 14), cad(90), cad(90), cad(120)),
        (date(2026, 3, 15), cad(90), cad(90), cad(90)),
        (date(2026, 3, 16), cad(90), cad(90), cad(90)),
        (date(2026, 3, 17), cad(80), cad(80), cad(90)),
        (date(2026, 3, 18), cad(80), cad(80), cad(80)),
    ]


SHIFTS = st.dictionaries(
    st.sampled_from(["s", "m"]), st.one_of(st.integers(1, 5), st.none(), st.booleans()), min_size=1
)
HISTORY = st.lists(st.tuples(st.integers(0, 12 * 24 * 60), SHIFTS), max_size=12)
CROWDED = st.lists(st.tuples(st.integers(0, 4), SHIFTS), max_size=12)
"""Several points of one moment are the rule."""


def history(drawn_points: Sequence[tuple[int, dict[str, Any]]]) -> list[PricePoint]:
    ordered = sorted(drawn_points, key=lambda pair: pair[0])
    return [point(minutes, number, **shifts) for number, (minutes, shifts) in enumerate(ordered)]


@given(HISTORY | CROWDED, st.integers(-500, 12 * 24 * 60), st.integers(0, 12 * 24 * 60), st.integers(1, 4))
def test_pages_of_any_size_make_up_the_whole_range(points: Any, first: int, length: int, limit: int) -> None:
    one = reader(history(points))
    within = span(first, first + length)
    for read in (one.moments, one.days):
        whole, rest = read(within, Position(), 10_000)
        assert rest is None
        pages: list[Any] = []
        position: Position | None = Position()
        while position is not None:
            page, position = read(within, position, limit)
            assert 0 < len(page) <= limit or position is None
            pages += page
        assert pages == whole


@given(HISTORY, st.integers(0, 12 * 24 * 60))
def test_the_state_at_any_moment_is_that_of_all_points_up_to_it(points: Any, minutes: int) -> None:
    said = history(points)
    states: dict[str, State] = {}
    for one in said:
        if one.at <= NOON + timedelta(minutes=minutes):
            moved_on(states, [one])
    moments, _ = reader(said).moments(span(minutes - 1, minutes), Position(), 10_000)
    last = {m.variant_id: m.state for m in moments if m.carried and m.at == NOON + timedelta(minutes=minutes)}
    assert last == {name: state for name, state in states.items() if state.price}


@given(CROWDED)
def test_no_variant_is_in_two_states_at_one_moment_and_the_figures_are_as_if_it_were(points: Any) -> None:
    said = history(points)
    moments, _ = reader(said).moments(span(-1, 9), Position(), 10_000)
    changed = [(m.variant_id, m.at) for m in moments if not m.carried]
    assert len(changed) == len(set(changed))
    assert set(changed) == {(name, one.at) for one in said for name in one.shifts}
    states: dict[str, State] = {}
    courses: dict[str, list[Moment]] = {}
    for one in said:
        for moment in moved_on(states, [one]):
            courses.setdefault(moment.variant_id, []).append(moment)
    now = NOON + timedelta(minutes=9)
    figures = {name: statistics(course, now) for name, course in courses.items()}
    assert reader(said).statistics(now) == {name: one for name, one in figures.items() if one}

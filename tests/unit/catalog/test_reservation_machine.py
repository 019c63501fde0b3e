"""Any row of reservations, ends, counts and time, against a model that keeps books in the plainest way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from skuflow.catalog.inventory import Delta, with_deltas
from skuflow.catalog.inventory_store import Written, rewrite
from skuflow.catalog.release import commit, expire, release
from skuflow.catalog.reservation import Wanted
from skuflow.catalog.reserve import reserve
from skuflow.catalog.source_counts import SourceCount, with_source_counts
from skuflow.kernel.errors import Conflict
from tests.fakes.inventory import FakeStock
from tests.stock import CAUSE, NOON, A, catalogue

Place = tuple[str, str, str]
PRODUCTS = {"prd_1": False, "prd_2": True}
"""Whether its one variant takes backorders."""
LOCATIONS = ("default", "shop")


@dataclass
class Booked:
    """What the model knows of a reservation that it believes to be held."""

    _pieces: dict[Place, int]
    _until: datetime


class Reservations(RuleBasedStateMachine):
    """`on_hand` is what lies on the shelves; what is promised is the sum over the held reservations."""

    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.store, self.now, self.number = FakeStock(), NOON, 0
        self.products = catalogue(*PRODUCTS)
        self.on_hand: dict[Place, int] = {}
        self.held: dict[str, Booked] = {}
        for product_id, backorder in PRODUCTS.items():
            said = [SourceCount("v1", quantity=5, backorder=backorder)]
            rewrite(
                self.store, A, product_id, lambda old, p=product_id, s=said: with_source_counts(old, p, s), self.written
            )
            self.on_hand[product_id, "v1", "default"] = 5
            self.adjust(product_id, "shop", 3)

    @property
    def written(self) -> Written:
        return Written(self.now, "test", CAUSE)

    def promised(self, place: Place) -> int:
        return sum(booked._pieces.get(place, 0) for booked in self.held.values())

    def free(self, product_id: str) -> int:
        """What could be promised of a product once everything that ran out is back."""
        places = [place for place in self.on_hand if place[0] == product_id]
        live = [booked for booked in self.held.values() if booked._until > self.now]
        return sum(max(0, self.on_hand[p] - sum(b._pieces.get(p, 0) for b in live)) for p in places)

    @rule(
        target=names,
        wanted=st.dictionaries(st.sampled_from(sorted(PRODUCTS)), st.integers(1, 6), min_size=1),
        minutes=st.integers(1, 30),
    )
    def reserving(self, wanted: dict[str, int], minutes: int) -> str:
        self.number += 1
        name = f"res_{self.number}"
        lines = [Wanted(product_id, "v1", units) for product_id, units in wanted.items()]
        room = all(PRODUCTS[product_id] or units <= self.free(product_id) for product_id, units in wanted.items())
        try:
            hold = timedelta(minutes=minutes)
            made = reserve(
                self.store, A, name, lines, hold=hold, reference="", written=self.written, products=self.products
            )
        except Conflict:
            assert not room
            self._notice_expired()
            return name
        self._notice_expired()
        assert room
        assert {line.wanted.product_id: sum(t.units for t in line.taken) for line in made.lines} == wanted
        pieces = {(p, *key): units for p, of_product in made.pieces().items() for key, units in of_product.items()}
        self.held[name] = Booked(pieces, self.now + timedelta(minutes=minutes))
        return name

    def _notice_expired(self) -> None:
        """A reservation may be taken back when the stock is short; never before its time."""
        for name in list(self.held):
            stored = self.store.get(A, name)
            assert stored is not None
            if stored.status != "held":
                assert stored.status == "expired"
                assert self.held.pop(name)._until <= self.now

    @rule(name=consumes(names))
    def releasing(self, name: str) -> None:
        if self.store.get(A, name) is not None:
            before = self.store.get(A, name)
            assert before is not None
            if before.status == "committed":
                return
            release(self.store, A, name, self.written)
            self.held.pop(name, None)

    @rule(name=names)
    def committing(self, name: str) -> None:
        known = self.store.get(A, name)
        if known is None:
            return
        try:
            commit(self.store, A, name, self.written)
        except Conflict:
            assert name not in self.held or self.held[name]._until <= self.now
            self.held.pop(name, None)
            return
        booked = self.held.pop(name, None)
        assert (booked is None) == (known.status == "committed")
        assert booked is None or booked._until > self.now
        for place, units in booked._pieces.items() if booked else ():
            self.on_hand[place] -= units

    @rule(minutes=st.integers(1, 20))
    def waiting(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def sweeping(self) -> None:
        over = {name for name, booked in self.held.items() if booked._until <= self.now}
        assert {name for _, name in self.store.due(self.now)} == over
        for client, name in list(self.store.due(self.now)):
            assert expire(self.store, client, name, self.written)
            del self.held[name]

    @rule(product_id=st.sampled_from(sorted(PRODUCTS)), quantity=st.integers(0, 12))
    def counting(self, product_id: str, quantity: int) -> None:
        said = [SourceCount("v1", quantity=quantity)]
        rewrite(self.store, A, product_id, lambda old: with_source_counts(old, product_id, said), self.written)
        self.on_hand[product_id, "v1", "default"] = quantity

    @rule(product_id=st.sampled_from(sorted(PRODUCTS)), location=st.sampled_from(LOCATIONS), units=st.integers(-4, 4))
    def adjusting(self, product_id: str, location: str, units: int) -> None:
        try:
            self.adjust(product_id, location, units)
        except Conflict:
            place = (product_id, "v1", location)
            assert not PRODUCTS[product_id]
            assert self.on_hand[place] - self.promised(place) + units < 0

    def adjust(self, product_id: str, location: str, units: int) -> None:
        def change(old: Any) -> Any:
            return with_deltas(old, [Delta("v1", location, units)], self.now)

        rewrite(self.store, A, product_id, change, self.written)
        place = (product_id, "v1", location)
        self.on_hand[place] = self.on_hand.get(place, 0) + units

    @invariant()
    def the_books_agree(self) -> None:
        for product_id, stock in self.store.stocks(A, PRODUCTS).items():
            for level in stock.variants[0].levels:
                place = (product_id, "v1", level.location)
                assert level.reserved == self.promised(place)
                assert level.on_hand == self.on_hand[place]


Reservations.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestReservations = Reservations.TestCase

"""Rate limits that all instances share: never more than was agreed, whoever asks, in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skuflow.kernel.errors import Throttled, TransientError
from skuflow.platform.aws import client
from skuflow.platform.outbound.rates import CostBucket, TokenBucket
from skuflow.platform.outbound.state import OutboundItem
from skuflow.platform.table import bind
from tests.doubles import FakeClock
from tests.interleaving import interleaved

SHOP = "cli_00000001#one.myshopify.com"
OTHER = "cli_00000002#two.myshopify.com"

_examples = count(1)

shared_table = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""One table for all examples; each has a credential of its own."""


def fresh_credential() -> str:
    return f"cli_00000001#{next(_examples)}.myshopify.com"


@pytest.fixture
def table(tables: Callable[[str], str]) -> type[OutboundItem]:
    return bind(OutboundItem, tables("outbound"))


class TestTokens:
    @pytest.fixture
    def bucket(self, table: type[OutboundItem], clock: FakeClock) -> TokenBucket:
        return TokenBucket(table, "zenrows", clock)

    def test_are_there_from_the_start_and_come_back_with_time(self, bucket: TokenBucket, clock: FakeClock) -> None:
        for _ in range(5):
            bucket.take(SHOP, 2, 5)
        with pytest.raises(Throttled) as refusal:
            bucket.take(SHOP, 2, 5)
        assert refusal.value.retry_after == 1
        clock.advance(milliseconds=500)
        bucket.take(SHOP, 2, 5)
        with pytest.raises(Throttled):
            bucket.take(SHOP, 2, 5)

    def test_do_not_pile_up_above_what_the_bucket_holds(self, bucket: TokenBucket, clock: FakeClock) -> None:
        bucket.take(SHOP, 2, 3)
        clock.advance(hours=1)
        for _ in range(3):
            bucket.take(SHOP, 2, 3)
        with pytest.raises(Throttled):
            bucket.take(SHOP, 2, 3)

    def test_that_are_missing_say_when_they_will_be_there(self, bucket: TokenBucket, clock: FakeClock) -> None:
        bucket.take(SHOP, 0.1, 4, tokens=4)
        with pytest.raises(Throttled) as refusal:
            bucket.take(SHOP, 0.1, 4, tokens=3)
        assert refusal.value.retry_after == 30
        clock.advance(seconds=30)
        bucket.take(SHOP, 0.1, 4, tokens=3)

    def test_are_each_credential_s_own(self, bucket: TokenBucket) -> None:
        bucket.take(SHOP, 1, 1)
        bucket.take(OTHER, 1, 1)
        bucket.take("", 1, 1)
        with pytest.raises(Throttled):
            bucket.take("", 1, 1)

    def test_are_shared_by_instances(self, bucket: TokenBucket, table: type[OutboundItem], clock: FakeClock) -> None:
        bucket.take(SHOP, 1, 1)
        with pytest.raises(Throttled):
            TokenBucket(table, "zenrows", clock).take(SHOP, 1, 1)

    @pytest.mark.parametrize(("rate", "capacity", "tokens"), [(0, 5, 1), (-1, 5, 1), (1, 0, 1), (1, 5, 6), (1, 5, 0)])
    def test_that_can_never_be_had_are_the_caller_s_mistake(
        self, bucket: TokenBucket, rate: float, capacity: int, tokens: int
    ) -> None:
        with pytest.raises(ValueError, match="never"):
            bucket.take(SHOP, rate, capacity, tokens=tokens)

    def test_cannot_be_taken_without_the_table(self, bucket: TokenBucket, table: type[OutboundItem]) -> None:
        table.delete_table()
        with pytest.raises(TransientError):
            bucket.take(SHOP, 1, 1)

    @shared_table
    @given(
        seed=st.integers(0, 10_000),
        rate=st.sampled_from([0.5, 3, 10, 333]),
        capacity=st.integers(3, 8),
        workers=st.lists(
            st.lists(st.tuples(st.integers(0, 400), st.integers(1, 3)), min_size=1, max_size=6), min_size=2, max_size=4
        ),
    )
    def test_are_never_more_than_agreed_in_any_stretch_of_time(
        self,
        table: type[OutboundItem],
        seed: int,
        rate: float,
        capacity: int,
        workers: list[list[tuple[int, int]]],
    ) -> None:
        clock, credential = FakeClock(), fresh_credential()
        granted: list[tuple[datetime, datetime, int]] = []

        def worker(script: list[tuple[int, int]]) -> None:
            bucket = TokenBucket(table, "zenrows", clock)
            for pause, tokens in script:
                asked_at = clock.advance(milliseconds=pause)
                try:
                    bucket.take(credential, rate, capacity, tokens=tokens)
                except Throttled:
                    continue
                granted.append((asked_at, clock(), tokens))

        interleaved(seed, [lambda script=script: worker(script) for script in workers])  # type: ignore[misc]
        assert granted
        for first, (since, _, _) in enumerate(granted):
            total = 0
            for _, until, tokens in granted[first:]:
                total += tokens
                assert total <= capacity + rate * (until - since).total_seconds() + 1e-6


@dataclass(slots=True)
class Shop:
    """Shopify's bucket: takes what a query asks for, gives back what it did not need."""

    clock: FakeClock
    maximum: int = 1000
    rate: float = 100.0
    level: float = 1000.0
    at: datetime = field(default_factory=lambda: FakeClock().now)
    overdrawn: float = 0.0

    def available(self) -> int:
        now = self.clock()
        self.level = min(self.maximum, self.level + self.rate * (now - self.at).total_seconds())
        self.at = now
        return int(self.level)

    def charge(self, requested: int, actual: int) -> int:
        self.overdrawn = max(self.overdrawn, requested - self.available())
        self.level -= actual
        return self.available()


class TestCosts:
    @pytest.fixture
    def bucket(self, table: type[OutboundItem], clock: FakeClock) -> CostBucket:
        return CostBucket(table, "shopify", clock)

    def test_are_deducted_until_nothing_is_left(self, bucket: CostBucket, clock: FakeClock) -> None:
        for _ in range(4):
            bucket.reserve(SHOP, 250)
        with pytest.raises(Throttled) as refusal:
            bucket.reserve(SHOP, 250)
        assert refusal.value.retry_after == 3
        clock.advance(seconds=2.5)
        bucket.reserve(SHOP, 250)

    def test_are_what_the_answer_says_they_were(self, bucket: CostBucket) -> None:
        bucket.reserve(SHOP, 1000)
        bucket.settle(SHOP, maximum=2000, available=1990, restore_rate=200.0)
        bucket.reserve(SHOP, 1990)
        bucket.settle(SHOP, maximum=2000, available=5, restore_rate=200.0)
        with pytest.raises(Throttled) as refusal:
            bucket.reserve(SHOP, 406)
        assert refusal.value.retry_after == 3

    def test_that_others_caused_are_believed_at_once(self, bucket: CostBucket) -> None:
        bucket.reserve(SHOP, 10)
        bucket.settle(SHOP, 1000, 50, 100.0)
        with pytest.raises(Throttled) as refusal:
            bucket.reserve(SHOP, 100)
        assert refusal.value.retry_after == 1

    def test_that_are_told_without_a_reservation_only_lower_what_is_left(self, bucket: CostBucket) -> None:
        bucket.reserve(SHOP, 600)
        bucket.settle(SHOP, 1000, 300, 100.0)
        bucket.settle(SHOP, 1000, 1000, 100.0)
        with pytest.raises(Throttled):
            bucket.reserve(SHOP, 301)
        bucket.settle(SHOP, 1000, 0, 100.0)
        with pytest.raises(Throttled):
            bucket.reserve(SHOP, 1)

    def test_above_the_whole_bucket_wait_for_a_full_one(self, bucket: CostBucket, clock: FakeClock) -> None:
        bucket.reserve(SHOP, 5000)
        with pytest.raises(Throttled) as refusal:
            bucket.reserve(SHOP, 5000)
        assert refusal.value.retry_after == 10
        clock.advance(seconds=10)
        bucket.reserve(SHOP, 5000)

    @pytest.mark.parametrize(("maximum", "rate"), [(0, 100.0), (-5, 100.0), (1000, 0.0), (1000, -1.0)])
    def test_that_make_no_sense_are_not_believed(self, bucket: CostBucket, maximum: int, rate: float) -> None:
        bucket.reserve(SHOP, 400)
        bucket.settle(SHOP, maximum, 0, rate)
        bucket.reserve(SHOP, 600)

    def test_of_another_call_on_its_way_are_not_forgotten(
        self, bucket: CostBucket, table: type[OutboundItem], clock: FakeClock
    ) -> None:
        bucket.reserve(SHOP, 500)
        other = CostBucket(table, "shopify", clock)
        other.reserve(SHOP, 100)
        other.settle(SHOP, 1000, 990, 100.0)
        with pytest.raises(Throttled):
            other.reserve(SHOP, 500)

    def test_of_a_call_that_failed_do_not_hold_up_the_next(self, bucket: CostBucket) -> None:
        bucket.reserve(SHOP, 500)
        bucket.reserve(SHOP, 100)
        bucket.settle(SHOP, 1000, 990, 100.0)
        bucket.reserve(SHOP, 990)

    def test_of_an_instance_that_died_are_forgotten_after_a_quiet_minute(
        self, table: type[OutboundItem], clock: FakeClock
    ) -> None:
        CostBucket(table, "shopify", clock).reserve(SHOP, 1000)
        clock.advance(seconds=61)
        living = CostBucket(table, "shopify", clock)
        living.reserve(SHOP, 1000)
        living.settle(SHOP, 1000, 995, 100.0)
        living.reserve(SHOP, 995)

    def test_are_each_shop_s_own(self, bucket: CostBucket) -> None:
        bucket.reserve(SHOP, 1000)
        bucket.reserve(OTHER, 1000)

    @pytest.mark.slow
    @shared_table
    @given(
        seed=st.integers(0, 10_000),
        workers=st.lists(
            st.lists(
                st.tuples(st.integers(0, 3000), st.integers(1, 900), st.integers(1, 100), st.booleans()),
                min_size=1,
                max_size=5,
            ),
            min_size=2,
            max_size=4,
        ),
    )
    def test_never_overdraw_the_provider_s_bucket_while_estimates_hold(
        self, table: type[OutboundItem], seed: int, workers: list[list[tuple[int, int, int, bool]]]
    ) -> None:
        """Each step: a pause in ms, the estimated cost, how much of it is needed (%), whether the answer arrives. Time stands
        still while a call is on its way: what comes back meanwhile may be granted twice, which only the provider can see."""
        clock, credential = FakeClock(), fresh_credential()
        shop = Shop(clock)
        on_their_way: set[int] = set()

        def worker(number: int) -> None:
            bucket = CostBucket(table, "shopify", clock)
            for pause, cost, needed, arrives in workers[number]:
                clock.advance(milliseconds=0 if on_their_way else pause)
                on_their_way.add(number)
                try:
                    bucket.reserve(credential, cost)
                except Throttled:
                    on_their_way.discard(number)
                    continue
                client("sqs").list_queues()  # others may come first
                left = shop.charge(cost, max(1, cost * needed // 100))
                client("sqs").list_queues()
                if arrives:
                    bucket.settle(credential, shop.maximum, left, shop.rate)
                on_their_way.discard(number)

        interleaved(seed, [lambda number=number: worker(number) for number in range(len(workers))])  # type: ignore[misc]
        assert shop.overdrawn <= 1

"""Events packed into transactions: none too large, none left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.billing.metering.entries import MOST_ITEMS, Entry, EventDoc, chunks_of, pairs_of
from skuflow.billing.metering.model import UsageEvent

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def entry(number: int, subject: str = "client", day: int = 0) -> Entry:
    at = NOON - timedelta(days=day)
    return Entry(
        f"m{number}", UsageEvent(f"tx-{number}", "calls", subject, Decimal(1), at, "digest"), EventDoc(f"tx-{number}")
    )


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=300))
def test_every_event_is_in_one_transaction_that_dynamodb_takes(events: list[tuple[int, int]]) -> None:
    entries = [entry(number, f"s{subject}", day) for number, (subject, day) in enumerate(events)]
    chunks = list(chunks_of(entries))
    assert sorted(one.marker for chunk in chunks for one in chunk) == sorted(one.marker for one in entries)
    assert all(chunk and 2 * len(chunk) + 2 * len(pairs_of(chunk)) <= MOST_ITEMS for chunk in chunks)


@pytest.mark.parametrize(("subjects", "transactions"), [(1, 11), (10, 11), (500, 20)])
def test_500_events_are_few_transactions(subjects: int, transactions: int) -> None:
    assert len(list(chunks_of([entry(n, f"s{n % subjects}") for n in range(500)]))) == transactions

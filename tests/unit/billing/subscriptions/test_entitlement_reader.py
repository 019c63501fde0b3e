"""What is remembered of entitlements, for how long, and for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from skuflow.billing import entitlements
from skuflow.billing.entitlements import EntitlementReader
from skuflow.billing.lifecycle import cancel
from skuflow.billing.settling import entitled_by
from skuflow.billing.subscriptions import Entitled
from skuflow.kernel.errors import TransientError
from skuflow.kernel.tenancy import ClientId
from tests.doubles import FakeClock
from tests.unit.billing.subscriptions.samples import PLANS, PREMIUM, START, asked, subscribed

OWNER, OTHER = ClientId("cli_0000000000000001"), ClientId("cli_0000000000000002")


@dataclass(slots=True)
class Table:
    """What is stored of (client, subject, product), and who asked for what."""

    known: dict[tuple[ClientId, str, str], Entitled] = field(default_factory=dict)
    asked: list[tuple[ClientId, str, str]] = field(default_factory=list)
    down: bool = False

    def __call__(self, client_id: ClientId, subject: str, product: str) -> Entitled | None:
        if self.down:
            raise TransientError("the table did not answer")
        self.asked.append((client_id, subject, product))
        return self.known.get((client_id, subject, product))


@pytest.fixture
def table() -> Table:
    return Table({(OWNER, "kim", "nestsync"): entitled_by(subscribed(), PLANS)})


def test_nobody_is_told_of_another_client_s_subject(table: Table) -> None:
    read = EntitlementReader(table, FakeClock(START))
    assert read(OWNER, "kim", "nestsync").entitled
    assert read(OTHER, "kim", "nestsync").status == "none"
    assert read(OWNER, "kim", "other").status == "none"
    assert len(table.asked) == 3


def test_that_there_is_nothing_is_remembered_too(table: Table) -> None:
    clock = FakeClock(START)
    read = EntitlementReader(table, clock)
    for _ in range(3):
        assert not read(OWNER, "lee", "nestsync").entitled
        clock.advance(seconds=1)
    assert len(table.asked) == 1
    table.known[OWNER, "lee", "nestsync"] = entitled_by(subscribed(PREMIUM), PLANS)
    clock.advance(seconds=2)
    assert read(OWNER, "lee", "nestsync").entitlements == {"profiles": len("premium")}


def test_an_end_that_is_known_comes_to_the_microsecond_also_from_memory(table: Table) -> None:
    ending = cancel(subscribed(), "period_end", asked(START), plans=PLANS)
    assert ending.cancel_at is not None
    table.known[OWNER, "kim", "nestsync"] = entitled_by(ending, PLANS)
    clock = FakeClock(ending.cancel_at - timedelta(microseconds=1))
    read = EntitlementReader(table, clock)
    told = read(OWNER, "kim", "nestsync")
    assert (told.entitled, told.until) == (True, ending.cancel_at)
    clock.advance(microseconds=1)
    assert (read(OWNER, "kim", "nestsync").status, len(table.asked)) == ("cancelled", 1)


def test_a_clock_that_goes_back_asks_anew(table: Table) -> None:
    clock = FakeClock(START)
    read = EntitlementReader(table, clock)
    read(OWNER, "kim", "nestsync")
    clock.advance(hours=-1)
    read(OWNER, "kim", "nestsync")
    assert len(table.asked) == 2


def test_what_is_too_old_is_not_told_when_the_table_is_down(table: Table) -> None:
    clock = FakeClock(START)
    read = EntitlementReader(table, clock)
    read(OWNER, "kim", "nestsync")
    table.down = True
    clock.advance(seconds=4)
    assert read(OWNER, "kim", "nestsync").entitled
    clock.advance(seconds=1)
    with pytest.raises(TransientError):
        read(OWNER, "kim", "nestsync")


def test_memory_is_bounded_and_the_oldest_goes_first(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entitlements, "MOST_REMEMBERED", 2)
    read = EntitlementReader(table, FakeClock(START))
    for subject in ("kim", "lee", "max", "lee", "kim"):
        read(OWNER, subject, "nestsync")
    assert [subject for _, subject, _ in table.asked] == ["kim", "lee", "max", "kim"]

"""At least once, in any order, several at a time, with workers that die: the end is always the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.pump import Pump, Weather
from tests.scenarios.seller import Seller
from tests.scenarios.shelf import Shelf, histories
from tests.scenarios.stage import Stage, staged
from tests.scenarios.wires import QUEUES


def seeds(few: int, many: int) -> list[Any]:
    """The first few always; the rest in the full run."""
    return [*range(few), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(few, many))]


FIRST = Shelf.of(6)
SECOND = FIRST.repriced({"SKU-0-S": 1_500, "SKU-3-M": 1_800, "SKU-5-S": 9_900}).restocked({"SKU-4-S": 0})
"""Four rows of twelve change: three prices, one stock."""


def two_versions(stage: Stage, weather: Weather, *, remaining_ms: int = 60_000) -> tuple[Seller, list[str], Pump]:
    """Both versions uploaded one after the other in this weather."""
    seller = Seller.joins(stage, "Harbour & Field")
    pump = Pump(stage, weather, remaining_ms=remaining_ms)
    imports = []
    for shelf in (FIRST, SECOND):
        imports.append(seller.uploads(shelf))
        pump.run()
    return seller, imports, pump


def assert_as_in_fair_weather(stage: Stage, seller: Seller, imports: list[str]) -> None:
    first, second = (seller.sees_import(import_id) for import_id in imports)
    assert (first["status"], first["created"], first["rejected"]) == ("completed", 12, 0)
    assert (second["status"], second["created"], second["updated"], second["unchanged"]) == ("completed", 0, 4, 8)
    assert seller.prices() == SECOND.prices()
    assert seller.histories() == histories(FIRST, SECOND)
    assert not any(stage.dead_letters(door) for door in QUEUES)
    assert not stage.take("rejects")


def facts(stage: Stage) -> dict[str, str]:
    """Event id -> name: what was told, however often."""
    return {event["id"]: event["detail-type"] for event in stage.told}


def told_in_fair_weather() -> list[str]:
    with staged() as stage:
        two_versions(stage, Weather())
        return sorted(facts(stage).values())


@pytest.fixture(scope="module")
def fair() -> list[str]:
    return told_in_fair_weather()


@pytest.mark.parametrize("seed", seeds(2, 6))
def test_duplicates_and_disorder_change_nothing(stage: Stage, seed: int, fair: list[str]) -> None:
    seller, imports, _ = two_versions(stage, Weather(duplicates=0.5, shuffle=True, seed=seed))
    assert_as_in_fair_weather(stage, seller, imports)
    assert sorted(facts(stage).values()) == fair


@pytest.mark.parametrize("seed", seeds(2, 16))
def test_workers_may_die_after_any_request(stage: Stage, seed: int, fair: list[str]) -> None:
    """Killed after AWS has acted and before the worker knows: the message comes back, the facts are told once."""
    weather = Weather(duplicates=0.2, shuffle=True, deaths=0.6, reach=8, seed=seed)
    seller, imports, pump = two_versions(stage, weather)
    assert pump.deaths, "this seed kills nobody; choose another"
    assert_as_in_fair_weather(stage, seller, imports)
    assert sorted(facts(stage).values()) == fair


@pytest.mark.parametrize("seed", seeds(1, 6))
def test_two_workers_may_have_the_same_messages_at_once(stage: Stage, seed: int, fair: list[str]) -> None:
    """They take turns at every request to AWS; what both see and both write is decided by conditions, not by luck."""
    seller, imports, _ = two_versions(stage, Weather(twins=1.0, shuffle=True, seed=seed))
    assert_as_in_fair_weather(stage, seller, imports)
    assert sorted(facts(stage).values()) == fair


def test_a_reader_that_has_to_stop_again_and_again_gets_to_the_end(stage: Stage) -> None:
    seller, imports, pump = two_versions(stage, Weather(), remaining_ms=1)
    assert_as_in_fair_weather(stage, seller, imports)
    assert pump.invocations > 20

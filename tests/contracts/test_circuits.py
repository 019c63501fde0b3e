"""What every keeper of circuits does: the one in memory and the one in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from skuflow.kernel.errors import Malformed
from skuflow.platform.outbound.calls import CircuitOpen
from skuflow.platform.outbound.circuits import Circuits, CircuitState, DynamoCircuits, Permit
from skuflow.platform.outbound.known import service
from skuflow.platform.outbound.state import OutboundItem
from skuflow.platform.table import bind
from tests.doubles import FakeClock
from tests.fakes.circuits import FakeCircuits

SHOPIFY = service("shopify")
SHOP = "cli_00000001#one.myshopify.com"
OTHER = "cli_00000001#two.myshopify.com"
LEASE = 25.0

Instances = Callable[[], Circuits]
"""Gives another instance of a function: it shares the state and remembers nothing."""


@pytest.fixture(params=["memory", "dynamodb"])
def instances(request: pytest.FixtureRequest, clock: FakeClock) -> Instances:
    if request.param == "memory":
        shared = FakeCircuits(clock)
        return lambda: shared
    table = bind(OutboundItem, request.getfixturevalue("tables")("outbound"))
    return lambda: DynamoCircuits(table, clock)


@pytest.fixture
def circuits(instances: Instances) -> Circuits:
    return instances()


def admit(circuits: Circuits, credential: str = SHOP) -> Permit:
    return circuits.admit(SHOPIFY, credential, lease_seconds=LEASE)


def fail(circuits: Circuits, times: int, credential: str = SHOP) -> None:
    for _ in range(times):
        circuits.settle(admit(circuits, credential), "failed")


def refused(circuits: Circuits, credential: str = SHOP) -> int:
    with pytest.raises(CircuitOpen) as refusal:
        admit(circuits, credential)
    return refusal.value.retry_after


def test_a_circuit_that_nobody_used_is_closed(circuits: Circuits) -> None:
    assert circuits.state_of(SHOPIFY, SHOP) == CircuitState()
    assert not admit(circuits).probe


def test_it_opens_after_so_many_failures_in_a_row(circuits: Circuits, clock: FakeClock) -> None:
    fail(circuits, 2)
    assert circuits.state_of(SHOPIFY, SHOP) == CircuitState(failures=2)
    fail(circuits, 1)
    opened = clock()
    assert refused(circuits) == 300
    retry_at = opened + timedelta(seconds=300)
    assert circuits.state_of(SHOPIFY, SHOP) == CircuitState("open", 3, opened, retry_at)
    clock.advance(seconds=298.5)
    assert refused(circuits) == 2


def test_a_success_in_between_starts_the_count_anew(circuits: Circuits) -> None:
    fail(circuits, 2)
    circuits.settle(admit(circuits), "succeeded")
    fail(circuits, 2)
    assert circuits.state_of(SHOPIFY, SHOP) == CircuitState(failures=2)


def test_a_call_that_says_nothing_about_the_service_counts_for_nothing(circuits: Circuits) -> None:
    fail(circuits, 2)
    circuits.settle(admit(circuits), "unknown")
    assert circuits.state_of(SHOPIFY, SHOP).failures == 2


def test_other_credentials_and_services_have_circuits_of_their_own(circuits: Circuits) -> None:
    fail(circuits, 3)
    assert refused(circuits) == 300
    assert not admit(circuits, OTHER).probe
    assert not admit(circuits, "").probe
    assert not circuits.admit(service("other"), SHOP, lease_seconds=LEASE).probe


def test_failures_of_all_instances_add_up(instances: Instances) -> None:
    for _ in range(3):
        fail(instances(), 1)
    assert refused(instances()) == 300


def test_one_probe_goes_out_when_the_time_is_over(instances: Instances, clock: FakeClock) -> None:
    fail(instances(), 3)
    clock.advance(seconds=300)
    assert instances().state_of(SHOPIFY, SHOP).state == "half_open"
    assert admit(instances()).probe
    assert {refused(instances()) for _ in range(5)} == {25}


def test_of_two_that_saw_the_time_was_over_one_becomes_the_probe(instances: Instances, clock: FakeClock) -> None:
    fail(instances(), 3)
    clock.advance(seconds=300)
    first, second = instances(), instances()
    assert {one.state_of(SHOPIFY, SHOP).state for one in (first, second)} == {"half_open"}
    assert admit(first).probe
    assert refused(second) == 25


def test_a_probe_that_succeeds_closes_the_circuit(instances: Instances, clock: FakeClock) -> None:
    fail(instances(), 3)
    clock.advance(seconds=300)
    probing = instances()
    probing.settle(admit(probing), "succeeded")
    assert instances().state_of(SHOPIFY, SHOP) == CircuitState()
    assert not admit(instances()).probe
    fail(instances(), 2)
    assert instances().state_of(SHOPIFY, SHOP).state == "closed"


def test_a_probe_that_fails_opens_it_anew(instances: Instances, clock: FakeClock) -> None:
    fail(instances(), 3)
    clock.advance(seconds=310)
    probing = instances()
    probing.settle(admit(probing), "failed")
    retry_at = clock() + timedelta(seconds=300)
    assert instances().state_of(SHOPIFY, SHOP) == CircuitState("open", 4, clock(), retry_at)
    assert refused(instances()) == 300


def test_a_probe_that_says_nothing_makes_room_for_another(instances: Instances, clock: FakeClock) -> None:
    fail(instances(), 3)
    clock.advance(seconds=300)
    first = instances()
    first.settle(admit(first), "unknown")
    assert admit(instances()).probe


def test_a_probe_that_died_makes_room_when_its_lease_ends(instances: Instances, clock: FakeClock) -> None:
    fail(instances(), 3)
    clock.advance(seconds=300)
    dead, successor = instances(), instances()
    lost = admit(dead)
    clock.advance(seconds=24.9)
    assert refused(instances()) == 1
    clock.advance(seconds=0.1)
    probe = admit(successor)
    assert probe.probe not in {"", lost.probe}
    dead.settle(lost, "succeeded")
    assert instances().state_of(SHOPIFY, SHOP).state == "half_open"
    successor.settle(probe, "succeeded")
    assert instances().state_of(SHOPIFY, SHOP).state == "closed"


def test_calls_on_their_way_when_it_opened_change_nothing(instances: Instances, clock: FakeClock) -> None:
    slow, another = instances(), instances()
    late = [admit(slow), admit(another)]
    fail(instances(), 3)
    clock.advance(seconds=10)
    slow.settle(late[0], "failed")
    another.settle(late[1], "succeeded")
    assert refused(instances()) == 290
    assert instances().state_of(SHOPIFY, SHOP).failures == 3


def test_a_credential_begins_with_a_client(tables: Callable[[str], str], clock: FakeClock) -> None:
    circuits = DynamoCircuits(bind(OutboundItem, tables("outbound")), clock)
    with pytest.raises(Malformed):
        admit(circuits, "one.myshopify.com")


class TestInTheTable:
    """What only DynamoDB can show."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        from pynamodb.connection import Connection

        operations: list[str] = []
        dispatch = Connection.dispatch

        def noted(self: Connection, operation: str, request: dict[str, Any]) -> Any:
            operations.append(operation)
            return dispatch(self, operation, request)

        monkeypatch.setattr(Connection, "dispatch", noted)
        return operations

    @pytest.fixture
    def table(self, tables: Callable[[str], str]) -> type[OutboundItem]:
        return bind(OutboundItem, tables("outbound"))

    def test_a_healthy_circuit_is_read_once_a_second_and_never_written(
        self, table: type[OutboundItem], clock: FakeClock, asked: list[str]
    ) -> None:
        circuits = DynamoCircuits(table, clock)
        for _ in range(30):
            circuits.settle(admit(circuits), "succeeded")
            clock.advance(milliseconds=100)
        assert asked == ["GetItem"] * 3

    def test_what_another_instance_found_is_known_within_a_second(
        self, table: type[OutboundItem], clock: FakeClock
    ) -> None:
        believing = DynamoCircuits(table, clock)
        admit(believing)
        fail(DynamoCircuits(table, clock), 3)
        assert not admit(believing).probe
        clock.advance(seconds=1)
        assert refused(believing) == 299

    def test_the_items_say_whose_they_are_and_end_of_themselves(
        self, table: type[OutboundItem], clock: FakeClock
    ) -> None:
        circuits = DynamoCircuits(table, clock)
        fail(circuits, 1)
        fail(circuits, 1, "")
        week = 7 * 86_400
        assert {(item.pk, item.sk, int(item.expires_at) - int(clock().timestamp())) for item in table.scan()} == {
            ("C#cli_00000001#SERVICE#shopify#one.myshopify.com", "CIRCUIT", week),
            ("SERVICE#shopify", "CIRCUIT", week),
        }

    def test_an_outcome_that_cannot_be_written_costs_nobody_the_answer(
        self, table: type[OutboundItem], clock: FakeClock, logged: Callable[[], list[dict[str, Any]]]
    ) -> None:
        circuits = DynamoCircuits(table, clock)
        permit = admit(circuits)
        table.delete_table()
        circuits.settle(permit, "failed")
        assert [line["message"] for line in logged()] == ["a circuit was not told how a call ended"]

    def test_that_it_opened_is_counted_once(
        self, table: type[OutboundItem], clock: FakeClock, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fail(DynamoCircuits(table, clock), 3)
        counted = [line for line in capsys.readouterr().out.splitlines() if '"CircuitOpened":[1.0]' in line]
        assert len(counted) == 1
        assert '"provider":"shopify"' in counted[0]

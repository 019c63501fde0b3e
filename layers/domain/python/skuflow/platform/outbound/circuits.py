"""Circuit breakers whose state all instances share (M. Nygard, "Release It!", Circuit Breaker).

    closed     calls go out; `Service.failures` failed ones in a row open it
    open       nothing goes out for `Service.open_for` seconds
    half-open  one call goes out as a probe, and all the others wait: its success closes the circuit, its failure opens it anew

A probe is a lease: an instance that dies with it blocks nobody for longer than its call could have taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Literal, Protocol

from pynamodb.exceptions import DoesNotExist, PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from skuflow.kernel.clock import Clock
from skuflow.platform.observability import logger
from skuflow.platform.outbound.calls import CircuitOpen, Service
from skuflow.platform.outbound.state import CIRCUIT, CLOSED, OPEN, OutboundItem, expiry, millis, place
from skuflow.platform.outbound.watching import circuit_opened
from skuflow.platform.table import as_ours, lost_race

REMEMBERED_MS = 1000
"""How long what was read is believed. A job makes dozens of calls a second, and each would ask the table first; within a second
a few calls more reach a service that failed elsewhere, which it survives as it survives those already on their way."""

_MOST_REMEMBERED = 1000

Verdict = Literal["succeeded", "failed", "unknown"]
"""How a call ended for its circuit. `unknown`: it says nothing about the service (a refused address, a fault of ours)."""


@dataclass(frozen=True, slots=True)
class CircuitState:
    """What people see. `failures` in a row so far; `opened_at` and `retry_at` (when a probe may go out) while it is not closed."""

    state: Literal["closed", "open", "half_open"] = "closed"
    failures: int = 0
    opened_at: datetime | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one call; to be settled. `failures`: in a row before it. `probe`: the lease, if it is the one probe."""

    service: Service
    credential: str
    failures: int = 0
    probe: str = ""


class CircuitStates(Protocol):
    """For whoever only looks."""

    def state_of(self, service: Service, credential: str = "") -> CircuitState:
        """May raise TransientError."""
        ...


class Circuits(CircuitStates, Protocol):
    def admit(self, service: Service, credential: str, *, lease_seconds: float) -> Permit:
        """Leave to call, if the circuit lets it. A probe's lease ends after `lease_seconds`, which the call must not outlast.
        Raises CircuitOpen, or TransientError if the state cannot be read."""
        ...

    def settle(self, permit: Permit, verdict: Verdict) -> None:
        """Say how the call ended. Never raises: the answer that was got matters more than its bookkeeping."""
        ...


@dataclass(frozen=True, slots=True)
class Circuit:
    """The state as it is kept. Moments in milliseconds since 1970; 0: none."""

    is_open: bool = False
    failures: int = 0
    opened_at: int = 0
    retry_at: int = 0
    probe_until: int = 0

    def wait(self, now: int) -> int | None:
        """Whole seconds until a call may go out: 0 if one may as a probe, None if any may."""
        if not self.is_open:
            return None
        return max(0, math.ceil((max(self.retry_at, self.probe_until) - now) / 1000))

    def shown(self, now: int) -> CircuitState:
        if not self.is_open:
            return CircuitState(failures=self.failures)
        state: Literal["open", "half_open"] = "open" if now < self.retry_at else "half_open"
        return CircuitState(state, self.failures, _moment(self.opened_at), _moment(self.retry_at))


def refused(service: Service, seconds: int) -> CircuitOpen:
    return CircuitOpen(f"{service.name} has failed too often and is left alone for now", retry_after=max(1, seconds))


@dataclass(slots=True)
class DynamoCircuits:
    """Circuits in the outbound table. While all is well a call costs one read at most (see REMEMBERED_MS) and no write."""

    table: type[OutboundItem]
    clock: Clock
    new_lease: Callable[[], str] = token_hex
    _known: dict[str, tuple[int, Circuit]] = field(default_factory=dict)

    def admit(self, service: Service, credential: str, *, lease_seconds: float) -> Permit:
        pk, now = place(service.name, credential), millis(self.clock())
        circuit = self._remembered(pk, now) or self._read(pk, now)
        wait = circuit.wait(now)
        if wait is None:
            return Permit(service, credential, circuit.failures)
        if wait > 0:
            raise refused(service, wait)
        lease = self.new_lease()
        until = now + math.ceil(lease_seconds * 1000)
        free = OutboundItem.probe_until.does_not_exist() | (OutboundItem.probe_until <= now)
        still = (OutboundItem.state == OPEN) & (OutboundItem.retry_at == circuit.retry_at) & free
        self._known.pop(pk, None)
        try:
            taken = self._update(pk, [OutboundItem.probe.set(lease), OutboundItem.probe_until.set(until)], still)
        except PynamoDBException as error:
            raise as_ours(error) from error
        if taken is None:
            raise refused(service, math.ceil(lease_seconds))
        return Permit(service, credential, circuit.failures, lease)

    def settle(self, permit: Permit, verdict: Verdict) -> None:
        try:
            if permit.probe:
                self._settle_probe(permit, verdict)
            elif verdict == "failed":
                self._count_failure(permit)
            elif verdict == "succeeded" and permit.failures:
                pk = place(permit.service.name, permit.credential)
                self._known.pop(pk, None)
                self._update(pk, [OutboundItem.failures.set(0)], OutboundItem.state == CLOSED)
        except PynamoDBException as error:
            logger().warning("a circuit was not told how a call ended", extra={"reason": str(as_ours(error))})

    def state_of(self, service: Service, credential: str = "") -> CircuitState:
        now = millis(self.clock())
        return self._read(place(service.name, credential), now).shown(now)

    def _settle_probe(self, permit: Permit, verdict: Verdict) -> None:
        pk, now = place(permit.service.name, permit.credential), millis(self.clock())
        actions: list[Action] = [OutboundItem.probe.remove(), OutboundItem.probe_until.remove()]
        if verdict == "succeeded":
            actions += [OutboundItem.state.set(CLOSED), OutboundItem.failures.set(0)]
            actions += [OutboundItem.opened_at.remove(), OutboundItem.retry_at.remove()]
        elif verdict == "failed":
            actions += [
                OutboundItem.opened_at.set(now),
                OutboundItem.retry_at.set(now + permit.service.open_for * 1000),
            ]
            actions += [OutboundItem.failures.add(1)]
        self._known.pop(pk, None)
        if self._update(pk, actions, OutboundItem.probe == permit.probe) is not None and verdict == "failed":
            circuit_opened(permit.service.name)

    def _count_failure(self, permit: Permit) -> None:
        """Calls that were on their way when the circuit opened change nothing any more."""
        pk, now = place(permit.service.name, permit.credential), millis(self.clock())
        self._known.pop(pk, None)
        closed = OutboundItem.state.does_not_exist() | (OutboundItem.state == CLOSED)
        counted = self._update(pk, [OutboundItem.state.set(CLOSED), OutboundItem.failures.add(1)], closed)
        if counted is None or (counted.failures or 0) < permit.service.failures:
            return
        opened: list[Action] = [OutboundItem.state.set(OPEN), OutboundItem.opened_at.set(now)]
        opened.append(OutboundItem.retry_at.set(now + permit.service.open_for * 1000))
        if self._update(pk, opened, OutboundItem.state == CLOSED) is not None:
            circuit_opened(permit.service.name)

    def _remembered(self, pk: str, now: int) -> Circuit | None:
        read_at, circuit = self._known.get(pk, (0, None))
        return circuit if 0 <= now - read_at < REMEMBERED_MS else None

    def _read(self, pk: str, now: int) -> Circuit:
        try:
            circuit = _circuit(self.table.get(pk, CIRCUIT, consistent_read=True))
        except DoesNotExist:
            circuit = Circuit()
        except PynamoDBException as error:
            raise as_ours(error) from error
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[pk] = (now, circuit)
        return circuit

    def _update(self, pk: str, actions: list[Action], condition: Condition) -> OutboundItem | None:
        """The item after the change; None if the condition did not hold."""
        item = self.table(pk, CIRCUIT)
        try:
            item.update([*actions, OutboundItem.expires_at.set(expiry(self.clock()))], condition=condition)
        except PynamoDBException as error:
            if lost_race(error):
                return None
            raise
        return item


def _circuit(item: OutboundItem) -> Circuit:
    return Circuit(
        item.state == OPEN,
        int(item.failures or 0),
        int(item.opened_at or 0),
        int(item.retry_at or 0),
        int(item.probe_until or 0),
    )


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)

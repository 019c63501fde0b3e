"""Circuits in memory: what the table keeps, under one lock."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Lock

from skuflow.kernel.clock import Clock
from skuflow.platform.outbound.calls import Service
from skuflow.platform.outbound.circuits import Circuit, CircuitState, Permit, Verdict, refused
from skuflow.platform.outbound.state import millis


@dataclass(slots=True)
class FakeCircuits:
    """A Circuits."""

    clock: Clock
    _circuits: dict[tuple[str, str], Circuit] = field(default_factory=dict)
    _leases: dict[tuple[str, str], str] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _lock: Lock = field(default_factory=Lock)

    def admit(self, service: Service, credential: str, *, lease_seconds: float) -> Permit:
        where, now = (service.name, credential), millis(self.clock())
        with self._lock:
            circuit = self._circuits.get(where, Circuit())
            wait = circuit.wait(now)
            if wait is None:
                return Permit(service, credential, circuit.failures)
            if wait:
                raise refused(service, wait)
            self._circuits[where] = replace(circuit, probe_until=now + math.ceil(lease_seconds * 1000))
            self._leases[where] = f"lease-{next(self._numbers)}"
            return Permit(service, credential, circuit.failures, self._leases[where])

    def settle(self, permit: Permit, verdict: Verdict) -> None:
        where, now = (permit.service.name, permit.credential), millis(self.clock())
        with self._lock:
            circuit = self._circuits.get(where, Circuit())
            if permit.probe:
                if self._leases.get(where) == permit.probe:
                    del self._leases[where]
                    self._circuits[where] = _after_probe(circuit, permit.service, verdict, now)
            elif not circuit.is_open and verdict == "failed":
                failures = circuit.failures + 1
                full = failures >= permit.service.failures
                self._circuits[where] = (
                    _opened(failures, permit.service, now) if full else replace(circuit, failures=failures)
                )
            elif not circuit.is_open and verdict == "succeeded" and permit.failures:
                self._circuits[where] = Circuit()

    def state_of(self, service: Service, credential: str = "") -> CircuitState:
        with self._lock:
            return self._circuits.get((service.name, credential), Circuit()).shown(millis(self.clock()))


def _after_probe(circuit: Circuit, service: Service, verdict: Verdict, now: int) -> Circuit:
    if verdict == "succeeded":
        return Circuit()
    if verdict == "failed":
        return _opened(circuit.failures + 1, service, now)
    return replace(circuit, probe_until=0)


def _opened(failures: int, service: Service, now: int) -> Circuit:
    return Circuit(True, failures, now, now + service.open_for * 1000)

"""The way out by HTTP: one circuit, one deadline and one line in the metrics around every call."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import TransientError
from skuflow.platform.clock import utc_now
from skuflow.platform.invocation import seconds_left
from skuflow.platform.outbound.addresses import AddressGuard
from skuflow.platform.outbound.calls import Answer, Call, Service, Streamed
from skuflow.platform.outbound.circuits import Circuits
from skuflow.platform.outbound.course import Course, ends_at
from skuflow.platform.outbound.watching import Told, tell

if TYPE_CHECKING:
    import httpx

    from skuflow.platform.outbound.exchange import Exchange

_RESERVE = 1.5
"""Seconds of the function's time that no call may use: to settle messages, or put them back."""

_LEASE_MARGIN = 5.0
"""Seconds by which a probe's lease outlasts its call: the clocks of two instances differ, and the outcome must be written."""

_LEAST = 1.0
"""Seconds without which a call is not begun."""


@dataclass(frozen=True, slots=True)
class HttpOutbound:
    """An Outbound over HTTP/1.1. `remaining` gives the seconds until the function is stopped. The HTTP library is loaded by
    the first call."""

    service: Service
    circuits: Circuits
    guard: AddressGuard
    clock: Clock = utc_now
    remaining: Callable[[], float] = seconds_left
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    client: httpx.Client | None = None
    """None: the process's own."""

    def send(self, call: Call, *, failed: Callable[[Answer], bool] | None = None) -> Answer:
        with self._watched(call) as course:
            answer = self._exchange().whole(call, course)
            course.answered(failure_inside=failed is not None and failed(answer))
        return answer

    @contextmanager
    def stream(self, call: Call) -> Iterator[Streamed]:
        """The deadline of the call is for its answer to begin; reading may take as long as the function has."""
        with self._watched(call) as course:
            exchange = self._exchange()
            response = exchange.opened(call, course)
            course.answered()
            self._end_probe(course)
            course.ends, course.cut_short = self.monotonic() + self.remaining() - _RESERVE, True
            ends_at.set(course.ends)
            try:
                headers = {name.lower(): value for name, value in response.headers.items()}
                yield Streamed(response.status_code, headers, exchange.chunks(call, response, course))
            finally:
                response.close()

    @contextmanager
    def _watched(self, call: Call) -> Iterator[Course]:
        """Leave to call, and afterwards the circuit and the metrics told."""
        started_at, started = self.clock().timestamp(), self.monotonic()
        course = Course(ends=started)
        before = ends_at.get()
        try:
            self.guard.check_url(call.url)
            self._begin(call, course)
            yield course
        except BaseException as error:
            course.raised(error)
            raise
        finally:
            ends_at.set(before)
            if course.permit is not None:
                self.circuits.settle(course.permit, course.verdict)
            ended_at = started_at + self.monotonic() - started
            outcome = course.outcome, course.error
            tell(
                Told(self.service.name, call.operation, *outcome, started_at, ended_at, course.attempts, course.status)
            )

    def _begin(self, call: Call, course: Course) -> None:
        seconds = min(call.deadline_seconds, self.remaining() - _RESERVE)
        if seconds < _LEAST:
            raise TransientError("too little of the function's time is left for a call")
        permit = self.circuits.admit(self.service, call.credential, lease_seconds=seconds + _LEASE_MARGIN)
        course.permit, course.cut_short = permit, seconds < call.deadline_seconds
        course.most_attempts = 1 if permit.probe else self.service.attempts
        course.ends += seconds
        ends_at.set(course.ends)

    def _end_probe(self, course: Course) -> None:
        """That an answer began is enough for a probe: others wait for it, and reading may take minutes."""
        if course.permit is not None and course.permit.probe:
            self.circuits.settle(course.permit, "succeeded")
            course.permit = replace(course.permit, probe="", failures=0)

    def _exchange(self) -> Exchange:
        from skuflow.platform.outbound.connecting import shared_client
        from skuflow.platform.outbound.exchange import Exchange, Pace

        pace = Pace(self.clock, self.monotonic, self.sleep, self.chance)
        return Exchange(self.service, self.client or shared_client(self.guard), self.guard, pace)

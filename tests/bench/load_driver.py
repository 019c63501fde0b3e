"""Users on one event loop: each waits, acts, waits again, over real HTTP, until the last level is over."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_delay, wait_random_exponential
from tenacity.wait import wait_base

from tests.bench.load_figures import Sample
from tests.bench.load_users import THINKING, Call, Targets, call, choose, pauses

ANSWERS_WITHIN = 30.0
"""Seconds: API Gateway gives no function longer."""

KEPT_ALIVE = 30.0
"""Seconds, well below the server's: a connection is never closed under a request."""

TRIED_AGAIN_FOR = 20.0
"""Seconds from the first attempt."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """So many users at each level, which lasts so many seconds; whoever has come stays."""

    levels: tuple[int, ...]
    seconds: float
    thinking: tuple[float, float] = THINKING
    seed: int = 1

    @property
    def lasts(self) -> float:
        return self.seconds * len(self.levels)

    def level_at(self, second: float) -> int:
        """How many users there are at that second since the beginning."""
        return self.levels[min(int(second / self.seconds), len(self.levels) - 1)]

    def arrivals(self) -> list[float]:
        """At which second each user comes."""
        found: list[float] = []
        for number, users in enumerate(self.levels):
            found += [number * self.seconds] * (users - len(found))
        return found


class _AsTold(wait_base):
    """As long as the answer says (`Retry-After`, seconds), else exponentially longer each time, at random, as AWS's SDKs do."""

    _otherwise = wait_random_exponential(multiplier=0.1, max=2)

    def __call__(self, retry_state: RetryCallState) -> float:
        outcome = retry_state.outcome
        told = "" if outcome is None or outcome.failed else outcome.result().headers.get("retry-after", "")
        return float(told) if told.isdigit() else self._otherwise(retry_state)


@dataclass(slots=True)
class Driver:
    """`base` is the API's URL."""

    base: str
    targets: Targets
    ramp: Ramp
    samples: list[Sample] = field(default_factory=list)
    _begun: float = 0.0

    async def run(self) -> Sequence[Sample]:
        """All that was done; what was under way as the last level ended is waited for."""
        self._begun = time.perf_counter()
        await asyncio.gather(*(self._live(number, at) for number, at in enumerate(self.ramp.arrivals())))
        return self.samples

    async def _live(self, number: int, arrives: float) -> None:
        random = Random(f"{self.ramp.seed}/{number}")
        await asyncio.sleep(arrives)
        async with client() as http:
            for pause in pauses(random, self.ramp.thinking):
                if self._second() + pause >= self.ramp.lasts:
                    return
                await asyncio.sleep(pause)
                asked = call(choose(random), self.targets, random, datetime.now(UTC))
                self.samples.append(await act(http, self.base, asked, self.ramp.level_at(self._second())))

    def _second(self) -> float:
        return time.perf_counter() - self._begun


_CERTIFICATES = ssl.create_default_context()
"""Shared: reading them takes a client longer than a request."""


def client() -> httpx.AsyncClient:
    """One user's, with a connection of their own that is used again. One pool for all would look at every connection before every
    request: with a thousand users that is most of what the machine does."""
    limits = httpx.Limits(keepalive_expiry=KEPT_ALIVE)
    return httpx.AsyncClient(timeout=ANSWERS_WITHIN, limits=limits, trust_env=False, verify=_CERTIFICATES)


async def act(http: httpx.AsyncClient, base: str, asked: Call, level: int) -> Sample:
    """One action. 429 is tried again, as AWS's SDKs do; everything else that is not a success is a fault, and so is a 429 that
    stays one."""
    begun = time.perf_counter()
    attempts = AsyncRetrying(
        retry=retry_if_result(lambda answer: answer.status_code == httpx.codes.TOO_MANY_REQUESTS),
        wait=_AsTold(),
        stop=stop_after_delay(TRIED_AGAIN_FOR),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    fault = ""
    try:
        answer = await attempts(_send, http, base, asked)
        fault = "" if answer.is_success else str(answer.status_code)
    except httpx.TransportError as error:
        fault = type(error).__name__
    ms = (time.perf_counter() - begun) * 1000
    return Sample(level, asked.kind, ms, fault, attempts.statistics.get("attempt_number", 1) - 1)


async def _send(http: httpx.AsyncClient, base: str, asked: Call) -> httpx.Response:
    return await http.request(
        asked.method,
        f"{base}{asked.path}",
        params=asked.query or None,
        headers=asked.headers,
        content=asked.content or None,
    )

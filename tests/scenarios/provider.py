"""The way to Shopify from the stage: our own HTTP code down to the wire, and behind it whatever answers there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import httpx

from skuflow.platform.clock import utc_now
from skuflow.platform.outbound.addresses import AddressGuard
from skuflow.platform.outbound.circuits import DynamoCircuits
from skuflow.platform.outbound.http import HttpOutbound
from skuflow.platform.outbound.known import service
from tests.scenarios.stage_time import StageTime

Wire = Callable[[httpx.Request], httpx.Response]
"""What stands at the other end: answers a request, or raises what httpx raises."""


@contextmanager
def provided(wire: Wire, time: StageTime) -> Iterator[None]:
    """Every function built inside the block reaches `wire`. Retries, circuits, deadlines and rates are the real ones, in the
    stage's time: who has to wait makes it pass."""
    web = httpx.Client(transport=httpx.MockTransport(wire))

    def outbound_to(name: str, settings: Any, table: Any) -> HttpOutbound:
        circuits = DynamoCircuits(table, utc_now)
        waiting = {"monotonic": time.monotonic, "sleep": time.advance, "chance": lambda: 0.5, "client": web}
        return HttpOutbound(service(name), circuits, AddressGuard(), **waiting)

    where = "skuflow.sync.wiring.outbound"
    with patch(f"{where}.outbound_to", outbound_to), patch(f"{where}.time", SimpleNamespace(sleep=time.advance)):
        yield
    web.close()

"""The measured side of `bulk_result`: a process that reads a bulk operation's result through the real handler.

Beside what the function imports there are only a few records in memory.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field, replace
from typing import Any

from tests.bench.memory import peak_mb
from tests.doubles import START, FakeLambdaContext

RESULT = "/result.jsonl"


@dataclass(slots=True)
class RunsInMemory:
    """As much of a RunStore as reading needs."""

    item: Any = None

    def get(self, client_id: str, run_id: str) -> Any:
        return self.item

    def save(self, client_id: str, item: Any) -> Any:
        self.item = replace(item, version=item.version + 1)
        return self.item


@dataclass(frozen=True, slots=True)
class OneShop:
    """As much of a ShopStore as reading needs."""

    item: Any

    def get(self, client_id: str, shop: str) -> Any:
        return self.item


@dataclass(slots=True)
class Sent:
    """Counts the messages by which a reading goes on."""

    messages: int = 0

    def put(self, client_id: str, run_id: str) -> None:
        self.messages += 1


@dataclass(slots=True)
class LittleTime(FakeLambdaContext):
    """A function run of `seconds`."""

    seconds: float = 280.0
    began: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        return int((self.seconds - (time.monotonic() - self.began)) * 1000)


def read_result(port: int, size: int) -> dict[str, Any]:
    """Read the result that is served at `port` to its end; what it took."""
    from functions.sync.read_bulk_result.handler import handle
    from skuflow.kernel.events import Cause
    from skuflow.platform.aws import client
    from skuflow.platform.outbound.addresses import AddressGuard
    from skuflow.platform.outbound.calls import Service
    from skuflow.platform.outbound.http import HttpOutbound
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.deps import ReadBulkResultDeps
    from skuflow.sync.runs.end_run import RunEnds
    from skuflow.sync.runs.model import Run
    from skuflow.sync.runs.spool import SpoolSizes
    from skuflow.sync.shops.model import Shop
    from tests.fakes.circuits import FakeCircuits
    from tests.fakes.sync import FakeProgress

    origin = f"http://127.0.0.1:{port}"
    run = Run("run_1", "bench.myshopify.com", "first", "reading", START, START, Cause("bench"), 0, "CAD")
    runs, sent, absent = RunsInMemory(replace(run, observed_at=START, url=origin + RESULT, size=size)), Sent(), Any
    unused: Any = absent
    progress = FakeProgress()
    shops = OneShop(Shop("bench.myshopify.com", "connected", (), START, START, Cause("bench")))
    circuits, guard = FakeCircuits(lambda: START), AddressGuard(allow_loopback=True)
    outbound = HttpOutbound(Service("files"), circuits, guard, remaining=lambda: 280.0)
    deps = ReadBulkResultDeps(
        runs=runs,  # type: ignore[arg-type]
        ends=RunEnds(runs, shops, progress, lambda: START),  # type: ignore[arg-type]
        progress=progress,
        orders=unused,
        bucket=ImportBucket(client("s3"), "bench"),
        outbound=lambda: outbound,
        admin=unused,
        work=sent,  # type: ignore[arg-type]
        sizes=SpoolSizes(),
        clock=lambda: START,
        dead_letters=unused,
        put_back=unused,
    )
    body = json.dumps({"client_id": "cli_00000000bench", "run_id": "run_1"})
    record = {"messageId": "m", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
    began = time.monotonic()
    while runs.item.status == "reading":
        if handle({"Records": [record]}, LittleTime(), deps)["batchItemFailures"]:
            raise RuntimeError("the result could not be read")
    totals = runs.item.totals
    return {
        "status": runs.item.status,
        "seconds": round(time.monotonic() - began, 1),
        "peak_mb": peak_mb(),
        "megabytes": round(size / 1e6),
        "lines": totals.lines,
        "products": totals.products,
        "variants": totals.variants,
        "rejected": totals.rejected,
        "runs": sent.messages + 1,
    }


if __name__ == "__main__":
    print(json.dumps(read_result(int(sys.argv[1]), int(sys.argv[2]))))

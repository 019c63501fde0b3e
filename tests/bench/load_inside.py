"""What the functions' own code takes while others load the platform: a reading of DynamoDB, and a look-up that saves one.

It runs in a process of its own beside the functions, with the environment of a deployed function, through the functions' own stores
and caches: so it waits where they wait. Measured are
- data access: one request by a store, made into a record: a product by its id, its stock, the owner of a shop (in turn);
- a cache hit: a shop whose owner the webhook's receiver remembers, and the app's secret that it remembers (in turn). Each is a
  look-up in the function's memory. The gateway's own memory of the authorizer's answer is not among them: it is AWS's, not ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from local.stage.instance import ACCOUNT
from tests.architecture.repository import ROOT
from tests.bench.load_figures import Inside
from tests.bench.load_platform import SHOP, Stage

EVERY = 0.1
"""Seconds between two measurements: often enough for a mean, too seldom to be a load."""

HITS = 100
"""Look-ups in a cache per measurement: one is shorter than the clock is good for."""

ENDS_WITHIN = 60.0

Readings = Sequence[Callable[[], object]]


@dataclass(slots=True)
class Probe:
    """A measuring process. `found` is there once it has ended."""

    found: list[Inside] = field(default_factory=list)

    @property
    def figures(self) -> Inside:
        if not self.found:
            raise RuntimeError("what goes on inside was not measured")
        return self.found[0]


@contextmanager
def probing(stage: Stage) -> Iterator[Probe]:
    """Measures all the while. Raises RuntimeError if the measuring process fails."""
    command = [sys.executable, "-m", "tests.bench.load_inside", stage.client_id, *stage.targets.product_ids[:20]]
    process = subprocess.Popen(
        command, cwd=ROOT, env=_environment(stage), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    probe = Probe()
    try:
        yield probe
        told, _ = process.communicate(timeout=ENDS_WITHIN)  # closes its input, which is its sign to end
        if process.returncode:
            raise RuntimeError("the process that measures inside failed")
        probe.found.append(Inside(**json.loads(told)))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _environment(stage: Stage) -> dict[str, str]:
    """As the deployed functions have it, credentials and endpoint included."""
    deployed: dict[str, str] = {}
    for function in ("catalog/api", "sync/receive_shopify_webhook"):
        name = stage.aws.function_name(function)
        told = stage.aws.functions.get_function_configuration(FunctionName=name)
        deployed |= told["Environment"]["Variables"]
    return {
        **deployed,
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'layers' / 'domain' / 'python'}",
        "AWS_ENDPOINT_URL": stage.instance.endpoint,
        "AWS_REGION": stage.instance.region,
        "AWS_DEFAULT_REGION": stage.instance.region,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": ACCOUNT,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def measured(reads: Readings, hits: Readings, ended: threading.Event, every: float = EVERY) -> Inside:
    """Until `ended`, at least once: each in turn, timed by the wall clock. The first of each makes connections and fills caches,
    and does not count."""
    for one in (*reads, *hits):
        one()
    read, hit = 0.0, 0.0
    count = 0
    while not count or not ended.wait(every):
        read += _milliseconds(reads[count % len(reads)], 1)
        hits[count % len(hits)]()  # what has been forgotten meanwhile is read anew: a miss is no hit
        hit += _milliseconds(hits[count % len(hits)], HITS)
        count += 1
    return Inside(read / count, hit / count, count)


def _milliseconds(what: Callable[[], object], times: int) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        what()
    return (time.perf_counter() - begun) * 1000 / times


def _of_the_functions(client: str, product_ids: Sequence[str]) -> tuple[Readings, Readings]:
    """The readings and the look-ups, as the deployed functions do them."""
    from itertools import cycle

    from skuflow.catalog.wiring import build_api
    from skuflow.kernel.tenancy import client_id
    from skuflow.sync.wiring import build_receive_shopify_webhook

    api, receiving, owner = build_api(), build_receive_shopify_webhook().receiving, client_id(client)
    products, stocks = cycle(product_ids), cycle(product_ids)
    reads = (
        lambda: api.products.get_many(owner, [next(products)]),
        lambda: api.stock.get(owner, next(stocks)),
        lambda: receiving.shops.look_up(SHOP),
    )
    return reads, (lambda: receiving.shops.owner_of(SHOP), receiving.secrets)


def _tell_when_ended(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    over = threading.Event()
    threading.Thread(target=_tell_when_ended, args=(over,), daemon=True).start()
    readings, look_ups = _of_the_functions(sys.argv[1], sys.argv[2:])
    found = measured(readings, look_ups, over)
    print(
        json.dumps({"data_access_ms": found.data_access_ms, "cache_hit_ms": found.cache_hit_ms, "count": found.count})
    )

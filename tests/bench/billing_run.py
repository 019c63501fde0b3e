"""What a billing run asks of AWS, counted and not timed: planner, queues, workers and numbering on the embedded AWS.

    python -m tests.bench.billing_run [--subscriptions N] [--clients N] [--killed]

Half of the subscriptions are one client's; the second period of all is over. Requests are what leaves botocore, and what Lambda's
poller asks of SQS for us: one receive and one delete per invocation. Periods end at midnight UTC, and one subject in ten has usage;
each end of a period that cuts a day with usage would cost one request more.

With `--killed` all workers are killed in the middle of a request before half of the invoices are written, what they had in hand
comes again, the hour's message comes twice, and the planner of the next hour finds what is still due. Either way every invoice is
read back in the end: one per subscription and period, no gaps in the numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest
from pathlib import Path
from typing import Any

import msgspec
import pytest

from local.stage.instance import Instance
from skuflow.billing.invoices.invoice_rows import LISTING_SHARDS, listing_pk
from skuflow.billing.invoices.model import Invoice
from skuflow.billing.runs.run_store import DynamoRuns
from skuflow.billing.runs.work import DuePage
from skuflow.kernel.clock import iso
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from tests.architecture.repository import ROOT
from tests.bench.billing_fleet import Fleet
from tests.bench.billing_stage import DUE_AT, Due, embedded_aws, fill, world_at
from tests.bench.billing_wire import Book, Key
from tests.bench.memory import peak_mb
from tests.functions.billing.billing_world import BillingWorld, utc

OUTPUT = ROOT / "build" / "bench.json"
SUBSCRIPTIONS, CLIENTS = 1_000, 10
FASTEST = 1_000
"""Invoices a second that ten workers write at the very most: each asks twice, one after the other, and no answer comes within
5 ms. What partitions bear is held against it: 1,000 write units and 3,000 read units a second."""
_REQUESTS_UNTIL_KILLED = 0.9
"""Per subscription: some two fifths of the run."""


def measure() -> dict[str, float]:
    """The figures of a small run."""
    return measure_run(SUBSCRIPTIONS, CLIENTS, killed=False)


def measure_run(subscriptions: int, clients: int, *, killed: bool) -> dict[str, float]:
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    book, patch = Book(), pytest.MonkeyPatch()
    try:
        with embedded_aws() as instance, book.open():
            world = world_at(utc(2026, 3, 1), patch)
            due = fill(world, subscriptions, clients)
            _tell(f"{due.subscriptions} subscriptions of {len(due.by_client)} clients are due")
            fleet = Fleet(world, book)
            begun = time.perf_counter()
            _run(fleet, due, killed=killed)
            _tell(f"worked off in {time.perf_counter() - begun:.0f} s")
            _check(world, due)
            for line in [*_requests_told(fleet), *hottest_told(book, due)]:
                _tell(line)
            return {**figures_of(fleet, due), "billing_embedded_aws_mb": _peak_of(instance)}
    finally:
        patch.undo()


def _run(fleet: Fleet, due: Due, *, killed: bool) -> None:
    world = fleet.world
    world.hour()
    if killed:
        fleet.book.kill_after = int(_REQUESTS_UNTIL_KILLED * due.subscriptions)
        assert not fleet.work(), "nobody was killed"
        fleet.book.kill_after = None
        _tell(f"{fleet.kills} workers killed after {fleet.book.requests.total()} requests")
        client("sqs").send_message(QueueUrl=world.urls["PLANNING"], MessageBody=json.dumps(DuePage(DUE_AT).body()))
        world.clock.advance(hours=1)
        world.hour()
    assert fleet.work()


def _check(world: BillingWorld, due: Due) -> None:
    """What holds of all that lies in the table: one invoice per subscription and period, numbers without gaps, sums that are right,
    and runs that are over and have counted each invoice once."""
    for client_id, names in due.by_client.items():
        invoices = list(_invoices(client_id))
        assert sorted(one.subscription_id for one in invoices) == sorted(names)
        assert {(one.cycle, one.status, iso(one.period_to)) for one in invoices} == {
            (1, "pending", "2026-05-01T00:00:00.000Z")
        }
        assert sorted(one.sequence for one in invoices) == list(range(1, len(names) + 1))
        for one in invoices:
            outside = sum(tax.amount.minor for tax in one.taxes) - one.contained_tax.minor
            assert one.total.minor == sum(line.amount.minor for line in one.lines) + outside
        runs, _ = DynamoRuns(world.table).page(ClientId(client_id), 10, None)
        assert {run.status for run in runs} == {"completed"}
        assert sum(run.progress.invoices for run in runs) == len(names)
        assert not any(run.progress.failed for run in runs)


def _invoices(client_id: str) -> Iterator[Invoice]:
    """All that the client's list names, read back."""
    keys = [key for shard in range(LISTING_SHARDS) for key in _listed(client_id, shard)]
    table = "skuflow-test-billing"
    for start in range(0, len(keys), 100):
        asked: Any = {table: {"Keys": keys[start : start + 100], "ConsistentRead": True}}
        answer = client("dynamodb").batch_get_item(RequestItems=asked)
        assert not answer["UnprocessedKeys"]
        yield from (msgspec.json.decode(item["doc"]["S"], type=Invoice) for item in answer["Responses"][table])


def _listed(client_id: str, shard: int) -> Iterator[dict[str, Any]]:
    pages = (
        client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName="skuflow-test-billing",
            IndexName="listing",
            KeyConditionExpression="listing_pk = :shard",
            ExpressionAttributeValues={":shard": {"S": listing_pk(ClientId(client_id), shard)}},
        )
    )
    for page in pages:
        yield from ({"pk": item["pk"], "sk": item["sk"]} for item in page["Items"])


def figures_of(fleet: Fleet, due: Due) -> dict[str, float]:
    book, invoices = fleet.book, due.subscriptions
    total = book.requests.total() + 2 * fleet.invocations.total()
    hottest = hottest_keys(book.write_units, due)
    figures = {
        "billing_subscriptions": float(invoices),
        "requests_per_invoice": total / invoices,
        "run_record_writes_per_invoice": (book.writes["RUN"] + book.writes["TALLY"]) / invoices,
        "seller_counter_writes_per_invoice": book.writes["NUMBERS"] / invoices,
        "write_units_per_invoice": book.write_units.total() / invoices,
        "read_units_per_invoice": sum(book.read_units.values()) / invoices,
        "hottest_key_write_units_per_1000_invoices": hottest[0][0],
        "hottest_key_read_units_per_1000_invoices": hottest_keys(book.read_units, due)[0][0],
        "billing_progress_events": float(book.events.total()),
        "billing_workers_killed": float(fleet.kills),
        "billing_messages_repeated": float(fleet.failures.total()),
        "billing_deepest_queue": float(max(fleet.deepest.values())),
        "billing_fleet_peak_mb": peak_mb(),
    }
    return {name: round(value, 3) for name, value in figures.items()}


def _requests_told(fleet: Fleet) -> Iterator[str]:
    for (who, what), times in sorted(fleet.book.requests.items()):
        yield f"{times:9}  {who} {what}"
    for queue, times in sorted(fleet.invocations.items()):
        yield f"{times:9}  {queue} invocations, {fleet.deepest[queue]} messages waiting at most"


def hottest_keys(units: Mapping[Key, float], due: Due) -> list[tuple[float, str, str]]:
    """Units per 1,000 invoices that can fall upon the partition: of its client, or of all where it is nobody's; the hottest first,
    with what it is."""
    found = [
        (1000 * used / _of(pk, due), place, pk)
        for (place, pk), used in nlargest(200, units.items(), key=lambda one: one[1])
    ]
    return sorted(found, reverse=True)


def _of(pk: str, due: Due) -> int:
    owner = pk.split("#")[1] if pk.startswith("C#") else ""
    return max(len(due.by_client.get(owner, ())), 1) if owner else due.subscriptions


def hottest_told(book: Book, due: Due) -> Iterator[str]:
    """The hottest partitions, one of a kind, for people: what falls upon them if workers are as fast as can be."""
    for name, units in (("writes", book.write_units), ("reads", book.read_units)):
        kinds: set[tuple[str, str]] = set()
        for used, place, pk in hottest_keys(units, due):
            kind = place, "#".join(part.split("_")[0] for part in pk.split("#") if not part.isdigit())
            if kind not in kinds:
                kinds.add(kind)
                yield f"{used * FASTEST / 1000:7.1f} units/s  {name:6}  {place}  {pk}"


def _peak_of(instance: Instance) -> float:
    status = Path(f"/proc/{instance.pid}/status").read_text()
    return round(int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) / 1024, 1)


def _tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.billing_run", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument(
        "--killed", action="store_true", help="kill all workers on the way, start anew, have messages twice"
    )
    asked = parser.parse_args(arguments)
    figures = measure_run(asked.subscriptions, asked.clients, killed=asked.killed)
    if asked.killed:
        figures = {f"killed_{name}": figure for name, figure in figures.items()}
    known = json.loads(OUTPUT.read_text()) if OUTPUT.is_file() else {}
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(known | figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What is paid for by the month: what a deployment holds, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from local.costs.assumptions import Assumptions
from local.costs.charging import GB
from local.costs.ledger import Ledger
from local.costs.retailer import Retailer

HOLDINGS = {
    "kms_keys": "kms_keys",
    "secrets": "secrets",
    "alarm_metrics": "alarm_metrics",
    "composite_alarms": "composite_alarms",
    "dashboards": "dashboards",
}
"""What the templates count -> its price. `routes`, `polled_queues`, `daily_starts` and `tables` are worked out from below."""

_OWNERS = {"table:outbound": "shared", "table:idempotency": "shared"}
_BUCKET_OWNER = "sync"


def holdings(ledger: Ledger, assumed: Assumptions) -> Iterator[tuple[str, str, Decimal]]:
    """(context, price, amount) of what stands there: keys, secrets, alarms, metrics, and asking that never ends."""
    idle = assumed.idle
    for context, held in ledger.deployment.holdings.items():
        for name, price in HOLDINGS.items():
            yield context, price, Decimal(held.get(name, 0))
        yield context, "metrics", held.get("routes", 0) * idle["route_metrics"] * idle["route_share"]
        yield context, "sqs_requests", held.get("polled_queues", 0) * idle["polls_per_queue"]
    for door in ledger.deployment.functions:
        yield door.split("/")[0], "kms_requests", idle["kms_per_function"]
    for context, count in ledger.measured.metrics.items():
        yield context, "metrics", Decimal(count)


def storage(
    retailer: Retailer,
    worked: Iterable[tuple[str, Decimal]],
    ledger: Ledger,
    assumed: Assumptions,
    logged: Mapping[str, Decimal],
) -> Iterator[tuple[str, str, Decimal]]:
    """(context, price, amount) of what lies there: tables with their recovery, files, the bus archive, logs. Tables are as large as
    after `history_months` of the same work; what expires sooner is counted as long, so they are rather smaller."""
    months = assumed.kept["history_months"]
    worked = list(worked)
    for place, size in _sizes(retailer, worked, ledger, "table:", months).items():
        context = _OWNERS.get(place, place.removeprefix("table:"))
        yield context, "table_gb", size / GB
        yield context, "recovery_gb", size / GB
    for place, size in _sizes(retailer, worked, ledger, "bucket:", Decimal(1), with_catalogue=False).items():
        months_kept = assumed.kept["bucket_months"][place.removeprefix("bucket:")]
        yield _BUCKET_OWNER, "s3_gb", size * months_kept / GB
    for name, times in worked:
        for door, taken in ledger.unit(name).doors.items():
            kept = taken.get("event_bytes", Decimal(0)) * times * assumed.kept["archive_months"]
            yield door.split("/")[0], "archive_gb", kept / GB
    for context, size in logged.items():
        yield context, "logs_kept_gb", size * assumed.logs["compression"] * assumed.logs["kept_months"] / GB


def _sizes(
    retailer: Retailer,
    worked: Iterable[tuple[str, Decimal]],
    ledger: Ledger,
    kind: str,
    months: Decimal,
    *,
    with_catalogue: bool = True,
) -> dict[str, Decimal]:
    """Place -> bytes kept: the catalogue as it came in, and what the month's work adds in `months`."""
    found: dict[str, Decimal] = {}
    all_work = [(name, times * months) for name, times in worked]
    if with_catalogue:
        all_work.append(("bulk_product_created", retailer.products))
    for name, times in all_work:
        for place, size in ledger.unit(name).kept.items():
            if place.startswith(kind):
                found[place] = found.get(place, Decimal(0)) + size * times
    return found

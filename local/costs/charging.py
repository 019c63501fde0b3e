"""From what a function took to what AWS charges for: quantities become amounts of priced things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from local.costs.assumptions import Assumptions
from local.costs.ledger import QUANTITIES, Amounts
from local.problems import LocalProblem

GB = Decimal(10**9)
_MILLIS = Decimal(1000)
_MEBI = Decimal(1024)

_S3_PUTS = frozenset(
    {
        "PutObject",
        "PostObject",
        "CopyObject",
        "ListObjectsV2",
        "CreateMultipartUpload",
        "UploadPart",
        "CompleteMultipartUpload",
    }
)
_S3_FREE = frozenset({"DeleteObject", "DeleteObjects", "AbortMultipartUpload"})
_PRICED_BY_REQUEST = {"kms": "kms_requests", "secrets-manager": "secret_requests", "appconfigdata": "flag_requests"}
_PRICED_OTHERWISE = frozenset({"dynamodb", "sqs", "eventbridge"})
"""Services that charge for units, chunks or events, which are counted beside the requests."""

_AS_COUNTED = {
    "invocations": "lambda_requests",
    "gateway_requests": "gateway_requests",
    "read_units": "read_units",
    "write_units": "write_units",
    "events": "events",
    "queue_requests": "sqs_requests",
}


def charges(taken: Amounts, memory_mb: int, assumed: Assumptions) -> dict[str, Decimal]:
    """Name of a price -> how much of it, for what a function of `memory_mb` took. Raises LocalProblem on a request without one."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for name, amount in taken.items():
        if name in _AS_COUNTED:
            found[_AS_COUNTED[name]] += amount
        elif ":" in name:
            price = priced_as(name)
            if price is not None:
                found[price] += amount
    started = taken.get("invocations", Decimal(0))
    found["lambda_gb_seconds"] += milliseconds(taken, memory_mb, assumed) / _MILLIS * memory_mb / _MEBI
    found["traces"] += started * assumed.traces["share"]
    found["log_gb"] += logged_bytes(taken, assumed) / GB
    found["data_out_gb"] += taken.get("response_bytes", Decimal(0)) / GB
    found["archived_gb"] += taken.get("event_bytes", Decimal(0)) / GB
    return {name: amount for name, amount in found.items() if amount}


def priced_as(request: str) -> str | None:
    """The price of a request `service:Operation`; None if it costs nothing by itself. Raises LocalProblem if nobody knows."""
    service, _, operation = request.partition(":")
    if service in _PRICED_OTHERWISE or (service == "s3" and operation in _S3_FREE):
        return None
    if service == "s3":
        return "s3_puts" if operation in _S3_PUTS else "s3_gets"
    if service in _PRICED_BY_REQUEST:
        return _PRICED_BY_REQUEST[service]
    raise LocalProblem(
        f"the ledger has requests to {service}, which have no price",
        "add the service to local/costs/prices.toml, to local/costs/charging.py and to [latency] in local/costs/assumptions.toml",
    )


def milliseconds(taken: Amounts, memory_mb: int, assumed: Assumptions) -> Decimal:
    """How long the function is assumed to run; see `assumptions.toml`."""
    told = assumed.duration
    started = taken.get("invocations", Decimal(0))
    requests = dict(_requests(taken))
    units = taken.get("read_units", Decimal(0)) + taken.get("write_units", Decimal(0))
    busy = told["invocation_ms"] * started + told["request_ms"] * sum(requests.values()) + told["unit_ms"] * units
    busy += told["cold_share"] * told["cold_ms"] * started
    slowed = max(Decimal(1), told["processor_mb"] / memory_mb)
    waited = sum((assumed.latency[service] * amount for service, amount in requests.items()), Decimal(0))
    return busy * slowed + waited


def _requests(taken: Amounts) -> Iterator[tuple[str, Decimal]]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for name, amount in taken.items():
        if ":" in name:
            found[name.partition(":")[0]] += amount
    found["outbound"] += taken.get("outbound_requests", Decimal(0))
    yield from found.items()


def logged_bytes(taken: Amounts, assumed: Assumptions) -> Decimal:
    """Ours, Lambda's own, and the API's access log."""
    started, asked = (taken.get(name, Decimal(0)) for name in ("invocations", "gateway_requests"))
    own = taken.get("log_bytes", Decimal(0))
    return own + started * assumed.logs["platform_bytes"] + asked * assumed.logs["gateway_bytes"]


def is_known(name: str) -> bool:
    """Whether a quantity of the ledger means something to the bill."""
    return name in QUANTITIES or ":" in name

"""The cost ledger: what each unit of work asks of AWS, and what a deployment holds whether anybody works or not.

`units.json` is made by `make costs` and never edited. Its units were measured on the real functions over an AWS in memory, its
deployment was read off the synthesised production templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from local.problems import LocalProblem

LEDGER = Path(__file__).with_name("units.json")
REMEDY = "run: make costs"

Amounts = Mapping[str, Decimal]
"""Quantity -> how much. Requests are named `service:Operation`, as botocore does; the others are listed in `QUANTITIES`."""

QUANTITIES: Mapping[str, str] = {
    "invocations": "function invocations",
    "gateway_requests": "HTTP requests at the API",
    "response_bytes": "bytes answered over HTTP",
    "read_units": "DynamoDB read units, by item sizes",
    "write_units": "DynamoDB write units, indexes included, by item sizes",
    "stream_records": "stream records delivered; Lambda's reading of them is free",
    "events": "events published, in chunks of 64 KB",
    "event_bytes": "bytes of events, which the archive keeps",
    "queue_requests": "SQS requests in chunks of 64 KB, with deliveries by the bus and polling by Lambda",
    "log_bytes": "bytes of log lines and metrics written by our code",
    "outbound_requests": "HTTP requests to services outside",
}
"""Quantities that are no single AWS request -> what they count."""


@dataclass(frozen=True, slots=True)
class Function:
    """A deployed function. `batch_size` 0: nothing hands it batches. `filters`: which stream records wake it, in Lambda's
    pattern language; none: all."""

    memory_mb: int
    batch_size: int = 0
    filters: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Deployment:
    """`functions` by `<context>/<trigger>`; `holdings` by context: what is paid for by the month, see `fixed.HOLDINGS`."""

    functions: Mapping[str, Function]
    holdings: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of work. `doors`: function -> what it took; `kept`: bytes that stay, by `table:<context>` and `bucket:<prefix>`."""

    what: str
    doors: Mapping[str, Amounts]
    kept: Mapping[str, Decimal]

    def total(self) -> dict[str, Decimal]:
        """The amounts of all functions together."""
        found: dict[str, Decimal] = {}
        for amounts in self.doors.values():
            for name, amount in amounts.items():
                found[name] = found.get(name, Decimal(0)) + amount
        return found


@dataclass(frozen=True, slots=True)
class Measured:
    """Units of work by name, and how many metrics of our own each context was seen to write."""

    units: Mapping[str, Unit]
    metrics: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ledger:
    deployment: Deployment
    measured: Measured

    def unit(self, name: str) -> Unit:
        """Raises LocalProblem if the ledger lacks it."""
        if name not in self.measured.units:
            raise LocalProblem(f"the cost ledger has no unit {name!r}", REMEDY)
        return self.measured.units[name]


def load(path: Path = LEDGER) -> Ledger:
    """The ledger as it is checked in. Raises LocalProblem if it is missing or not a ledger."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ledger)
    except FileNotFoundError:
        raise LocalProblem(f"{path.name} is missing", REMEDY) from None
    except msgspec.DecodeError as error:
        raise LocalProblem(f"{path.name} is not a cost ledger: {error}", REMEDY) from None


def encoded(ledger: Ledger) -> bytes:
    """The ledger as a file: sorted, one entry a line, numbers as numbers, so that a change is easy to read."""
    document = msgspec.to_builtins(ledger, builtin_types=(Decimal,))
    plain = msgspec.json.Encoder(decimal_format="number", order="sorted").encode(document)
    return msgspec.json.format(plain, indent=1) + b"\n"

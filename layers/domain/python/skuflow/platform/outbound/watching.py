"""What is told of every call: one metric line and, where the invocation is traced, one X-Ray subsegment.

Both name the service, the operation and how it went. Neither holds an address, a header, a body, a secret or a person.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from skuflow.platform.observability import logger

_NONE = "none"


@dataclass(frozen=True, slots=True)
class Told:
    """How a call went. `outcome`: succeeded, refused (4xx), failed, throttled, circuit_open, invalid. `error`: the class of
    failure, or "". Times in seconds since 1970. `status` 0: there was no answer."""

    service: str
    operation: str
    outcome: str
    error: str
    started_at: float
    ended_at: float
    attempts: int
    status: int = 0


def tell(told: Told) -> None:
    """Never raises: a call does not fail because of what is told about it."""
    try:
        _measure(told)
        _trace(told, os.environ)
    except Exception:
        logger().exception("a call was not told of")


def circuit_opened(service: str) -> None:
    """Count it: this is what an alarm looks at. Never raises."""
    logger().warning("circuit opened", extra={"provider": service})
    try:
        line = EphemeralMetrics()
        line.add_dimension(name="provider", value=service)
        line.add_metric(name="CircuitOpened", unit=MetricUnit.Count, value=1)
        line.flush_metrics()
    except Exception:
        logger().exception("an opened circuit was not counted")


def _measure(told: Told) -> None:
    """A line of its own: the function's other metrics have other dimensions. `provider`, as `service` is the function's context."""
    line = EphemeralMetrics()
    for name, value in (("provider", told.service), ("operation", told.operation), ("outcome", told.outcome)):
        line.add_dimension(name=name, value=value)
    line.add_dimension(name="error", value=told.error or _NONE)
    milliseconds = round((told.ended_at - told.started_at) * 1000, 1)
    line.add_metric(name="OutboundDuration", unit=MetricUnit.Milliseconds, value=milliseconds)
    line.add_metric(name="OutboundCalls", unit=MetricUnit.Count, value=1)
    line.add_metadata(key="attempts", value=told.attempts)
    line.add_metadata(key="status", value=told.status)
    line.flush_metrics()


def _trace(told: Told, environ: Mapping[str, str], new_id: Callable[[int], str] = token_hex) -> None:
    """Send an independent subsegment to the daemon, if Lambda traces this invocation. Format: AWS X-Ray developer guide,
    "X-Ray segment documents" and "Sending trace data to X-Ray". The X-Ray SDK would cost a cold start 70 ms."""
    trace = dict(part.split("=", 1) for part in environ.get("_X_AMZN_TRACE_ID", "").split(";") if "=" in part)
    daemon = _daemon(environ.get("AWS_XRAY_DAEMON_ADDRESS", ""))
    if daemon is None or trace.get("Sampled") != "1" or not {"Root", "Parent"} <= set(trace):
        return
    document = {
        "name": told.service,
        "id": new_id(8),
        "trace_id": trace["Root"],
        "parent_id": trace["Parent"],
        "type": "subsegment",
        "namespace": "remote",
        "start_time": told.started_at,
        "end_time": told.ended_at,
        "annotations": {"operation": told.operation, "outcome": told.outcome, "error": told.error or _NONE},
        **({"http": {"response": {"status": told.status}}} if told.status else {}),
        **_blame(told),
    }
    datagram = '{"format": "json", "version": 1}\n' + json.dumps(document)
    with socket.socket(_family(daemon[0]), socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        out.sendto(datagram.encode(), daemon)


def _blame(told: Told) -> dict[str, bool]:
    """X-Ray's three kinds of trouble: the other side's, ours, and too much of it."""
    if told.outcome == "throttled":
        return {"error": True, "throttle": True}
    if told.outcome in {"failed", "circuit_open"}:
        return {"fault": True}
    return {} if told.outcome == "succeeded" else {"error": True}


def _daemon(address: str) -> tuple[str, int] | None:
    """`host:port`, or `tcp:host:port udp:host:port`, of which the second is meant."""
    udp = next((part for part in address.split() if part.startswith("udp:")), address).removeprefix("udp:")
    host, _, port = udp.rpartition(":")
    return (host.strip("[]"), int(port)) if host and port.isdecimal() else None


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET

"""Structured logs and metrics, the same in every function.

A log line carries service, function, cold start, client id and correlation id; a metric carries service and function.
Neither carries a secret, a price list or a person's data.
"""

from __future__ import annotations

from functools import cache

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from skuflow.kernel.events import Cause

__all__ = ["count", "count_many", "logger", "metrics", "tell_apart"]


@cache
def logger() -> Logger:
    return Logger(utc=True, use_rfc3339=True)


@cache
def metrics() -> Metrics:
    return Metrics()


def tell_apart(*, client_id: str = "", cause: Cause | None = None) -> None:
    """Put the client and the correlation id on every log line until the next message or request."""
    logger().append_keys(client_id=client_id or None)
    if cause is not None:
        logger().set_correlation_id(cause.correlation_id)
        logger().append_keys(causation_id=cause.causation_id or None)


def count(name: str, value: int = 1) -> None:
    """Add `value` to the metric `name` (unit: count)."""
    if value:
        metrics().add_metric(name=name, unit=MetricUnit.Count, value=value)


def count_many(**values: int) -> None:
    for name, value in values.items():
        count(name, value)

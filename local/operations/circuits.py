"""The circuits of a stage: which outside services are left alone at the moment, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from local.aws import Aws


@dataclass(frozen=True, slots=True)
class Circuit:
    """`client` "": the credentials are ours, and all clients share it. `account`: whose account at the service, such as a shop.
    `state`: closed, open, or half_open when one call may go out to see. `failures` in a row. `retry_at`: ISO 8601, UTC; "" while
    closed."""

    service: str
    client: str
    account: str
    state: str
    failures: int
    retry_at: str


def all_circuits(aws: Aws, now: datetime) -> list[Circuit]:
    """Every circuit that somebody has used in the last week and that ever failed; open ones first."""
    pages = aws.dynamodb.get_paginator("scan").paginate(
        TableName=f"{aws.prefix}outbound",
        FilterExpression="sk = :circuit",
        ExpressionAttributeValues={":circuit": {"S": "CIRCUIT"}},
    )
    try:
        found = [_circuit(item, now) for page in pages for item in page["Items"]]
    except ClientError as error:
        if error.response["Error"].get("Code") != "ResourceNotFoundException":
            raise
        return []
    return sorted(found, key=lambda one: (one.state == "closed", one.service, one.client, one.account))


def _circuit(item: dict[str, Any], now: datetime) -> Circuit:
    """`skuflow.platform.outbound.state` describes the item."""
    client, service, account = _place(item["pk"]["S"])
    retry_at = datetime.fromtimestamp(int(item.get("retry_at", {}).get("N", "0")) / 1000, UTC)
    failures = int(item.get("failures", {}).get("N", "0"))
    if item.get("state", {}).get("S") != "open":
        return Circuit(service, client, account, "closed", failures, "")
    state = "open" if now < retry_at else "half_open"
    return Circuit(service, client, account, state, failures, retry_at.isoformat(timespec="seconds"))


def _place(key: str) -> tuple[str, str, str]:
    """Client, service and account of `SERVICE#<service>` or `C#<client>#SERVICE#<service>#<account>`."""
    before, _, rest = key.partition("SERVICE#")
    service, _, account = rest.partition("#")
    return before.removeprefix("C#").removesuffix("#"), service, account

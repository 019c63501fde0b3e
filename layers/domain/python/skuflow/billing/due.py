"""Which subscriptions are due: the keys of the index that the planner of billing runs reads."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from skuflow.kernel.clock import iso
from skuflow.kernel.tenancy import ClientId
from skuflow.kernel.tenancy import client_id as checked_client

SHARDS = 16
"""Parts of the index, so that a hundred thousand subscriptions due in one hour do not stand in one partition."""


def due_pk(shard: int) -> str:
    return f"due#{shard}"


def shard_of(subscription_id: str) -> int:
    return zlib.crc32(subscription_id.encode()) % SHARDS


def due_keys(client_id: ClientId, subscription_id: str, at: datetime | None) -> dict[str, Any]:
    """The attributes that put a subscription into the index; none if it is never due."""
    if at is None:
        return {}
    sk = f"{iso(at)}#{client_id}#{subscription_id}"
    return {"due_pk": due_pk(shard_of(subscription_id)), "due_sk": sk}


def subscription_due(due_sk: str) -> tuple[ClientId, str]:
    """Whose subscription a key of the index means, and which."""
    _, client, subscription_id = due_sk.split("#", 2)
    return checked_client(client), subscription_id


def due_before(until: datetime) -> str:
    """A sort key that follows those of all subscriptions due at `until` or before: `$` comes after `#`."""
    return f"{iso(until)}$"

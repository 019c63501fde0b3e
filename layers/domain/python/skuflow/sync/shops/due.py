"""When a shop has to be looked at next, as keys of the index `due`."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from skuflow.kernel.clock import iso
from skuflow.kernel.tenancy import ClientId, client_id

SHARDS = 10
"""Partitions of the index: a thousand writes a second each, read by the schedule one after the other."""


def shard_of(owner: ClientId, shop: str) -> int:
    """Always the same for the same shop."""
    return hashlib.sha256(f"{owner}#{shop}".encode()).digest()[0] % SHARDS


def due_pk(shard: int) -> str:
    return f"due#{shard}"


def due_sk(at: datetime, owner: ClientId, shop: str) -> str:
    return f"{iso(at)}#{owner}#{shop}"


def due_keys(owner: ClientId, shop: str, at: datetime | None) -> dict[str, Any]:
    """The attributes that put a shop into the index; none keeps it out."""
    return {"due_pk": due_pk(shard_of(owner, shop)), "due_sk": due_sk(at, owner, shop)} if at is not None else {}


def shop_in(key: str) -> tuple[ClientId, str]:
    """Whose shop, and which, a `due_sk` stands for."""
    _at, owner, shop = key.split("#")
    return client_id(owner), shop

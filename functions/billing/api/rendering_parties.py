"""Sellers and customers as they are answered."""

from __future__ import annotations

from typing import Any

import msgspec

from skuflow.billing.parties import Customer, Seller
from skuflow.kernel.clock import iso


def party_view(item: Seller | Customer) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(item)
    del told["cause"]
    return {**told, "created_at": iso(item.created_at), "updated_at": iso(item.updated_at)}

"""Shops and privacy requests as callers see them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from skuflow.kernel.clock import iso
from skuflow.sync.shops.model import Shop, Trouble
from skuflow.sync.shops.privacy_requests import PrivacyRequest


def shop_view(item: Shop) -> dict[str, Any]:
    return {
        "shop": item.shop,
        "status": item.status,
        "name": item.name or None,
        "currency": item.currency or None,
        "time_zone": item.time_zone if item.set_up_at else None,
        "scopes": list(item.scopes),
        "connected_at": iso(item.connected_at),
        "updated_at": iso(item.updated_at),
        "set_up_at": _moment(item.set_up_at),
        "run_id": item.run_id or None,
        "last_run_id": item.last_run_id or None,
        "last_success_at": _moment(item.last_success_at),
        "next_run_at": _moment(item.next_run_at),
        "failures": item.failures,
        "trouble": trouble_view(item.trouble) if item.trouble else None,
    }


def trouble_view(trouble: Trouble) -> dict[str, Any]:
    return {**asdict(trouble), "at": iso(trouble.at)}


def privacy_request_view(item: PrivacyRequest) -> dict[str, Any]:
    return {
        "request_id": item.request_id,
        "kind": item.kind,
        "status": item.status,
        "shop": item.shop,
        "received_at": iso(item.received_at),
        "due_at": iso(item.due_at),
        "customer_id": item.customer_id or None,
        "email": item.email or None,
        "phone": item.phone or None,
        "order_ids": list(item.order_ids),
    }


def _moment(at: datetime | None) -> str | None:
    return iso(at) if at is not None else None

"""Runs, and how shops are doing, as callers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from skuflow.kernel.clock import iso
from skuflow.sync.report_rows import ReportRow
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.progress import RunProgress, shown_status
from skuflow.sync.shops.model import Trouble, source_of
from skuflow.sync.sync_status import ShopStatusNow


def run_view(run: Run, progress: RunProgress, current: str) -> dict[str, Any]:
    """`current` is the run that the shop says is under way."""
    return {
        "run_id": run.run_id,
        "shop": run.shop,
        "kind": run.kind,
        "status": shown_status(run, current),
        "created_at": iso(run.created_at),
        "updated_at": iso(run.updated_at),
        "progress": progress.share,
        "partial": run.partial,
        "totals": asdict(progress.totals),
        "failure": asdict(run.failure) if run.failure is not None else None,
        "next_run_at": _moment(run.next_run_at),
    }


def remarked_view(run: dict[str, Any], remarks: Sequence[ReportRow]) -> dict[str, Any]:
    return {"run": run, "remarks": [asdict(row) for row in remarks]}


def status_view(now: ShopStatusNow, at: datetime) -> dict[str, Any]:
    shop, counts, lag = now.shop, now.counts, now.lag(at)
    run = run_view(now.run, now.progress, shop.run_id) if now.run is not None and now.progress is not None else None
    return {
        "kind": "shop",
        "source": source_of(shop.shop),
        "name": shop.name or shop.shop,
        "shop": shop.shop,
        "status": shop.status,
        "connected_at": iso(shop.connected_at),
        "in_step_at": _moment(now.in_step_at),
        "lag_seconds": int(lag.total_seconds()) if lag is not None else None,
        "last_success_at": _moment(shop.last_success_at),
        "last_run_id": shop.last_run_id or None,
        "next_run_at": _moment(shop.next_run_at),
        "run": run,
        "failures": shop.failures,
        "trouble": _trouble(shop.trouble) if shop.trouble is not None else None,
        "troubles": [_trouble(one) for one in now.troubles],
        "webhooks": {"received": counts.webhooks_received, "last_at": _moment(counts.last_webhook_at)},
        "products": {
            "created": counts.products_created,
            "updated": counts.products_updated,
            "unchanged": counts.products_unchanged,
            "rejected": counts.products_rejected,
            "last_applied_at": _moment(counts.last_applied_at),
        },
        "circuit": _circuit(now),
    }


def _circuit(now: ShopStatusNow) -> dict[str, Any] | None:
    circuit = now.circuit
    if circuit is None:
        return None
    return {
        "state": circuit.state,
        "failures": circuit.failures,
        "opened_at": _moment(circuit.opened_at),
        "retry_at": _moment(circuit.retry_at),
    }


def _trouble(trouble: Trouble) -> dict[str, Any]:
    return {**asdict(trouble), "at": iso(trouble.at)}


def _moment(at: datetime | None) -> str | None:
    return iso(at) if at is not None else None

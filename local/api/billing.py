"""Billing runs and invoices, by the HTTP API."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any, BinaryIO

from local.api.awaiting import Show, await_status
from local.api.calling import Api, segment
from local.api.downloading import download

RUNS = "/v1/billing-runs"
_MOVING = ("status", "progress", "invoices", "without_invoice", "failed")
"""What tells how far a run is."""


def invoice_path(invoice_id: str) -> str:
    return f"/v1/invoices/{segment(invoice_id)}"


def start_run(api: Api, as_of: str | None, subscriptions: list[str] | None) -> dict[str, Any]:
    """Ask for a run; the run as the platform took it."""
    return api.post(RUNS, _wanted(as_of, subscriptions), idempotency_key=secrets.token_hex(16))


def explained(api: Api, as_of: str | None, subscriptions: list[str] | None) -> Iterator[dict[str, Any]]:
    """What a run would do, subscription by subscription. Nothing is billed."""
    body = {"dry": True, **_wanted(as_of, subscriptions)}
    while True:
        page = api.post(RUNS, body, idempotency_key=secrets.token_hex(16))["preview"]
        yield from page["items"]
        if not page["next_cursor"]:
            return
        body["cursor"] = page["next_cursor"]


def await_run(api: Api, run: dict[str, Any], show: Show) -> dict[str, Any]:
    """The run at its end. Raises LocalProblem if it does not move any more."""
    run_id = str(run["run_id"])
    return await_status(run_id, lambda: api.get(f"{RUNS}/{segment(run_id)}"), ("completed",), _MOVING, show)


def download_pdf(api: Api, invoice_id: str, out: BinaryIO) -> int:
    """Copies the invoice's PDF to `out`; returns its size in bytes."""
    return download(str(api.get(f"{invoice_path(invoice_id)}.pdf")["url"]), out)


def _wanted(as_of: str | None, subscriptions: list[str] | None) -> dict[str, Any]:
    said = {"as_of": as_of, "subscription_ids": subscriptions}
    return {name: value for name, value in said.items() if value}

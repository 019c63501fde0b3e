"""Billing runs and invoices, by the HTTP API."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from local.api.calling import Api, is_here, segment
from local.problems import LocalProblem

RUNS = "/v1/billing-runs"
STALLED_AFTER = 300.0
"""Seconds without any progress. A message that failed comes back when its queue's visibility timeout is over."""
_LOOK_EVERY = (0.25, 2.0)
"""Seconds between two looks, at first and at most."""

Show = Callable[[dict[str, Any]], None]
"""Shown the run each time it was looked at."""


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
    pause, most = _LOOK_EVERY
    moved = time.monotonic()
    while True:
        seen = api.get(f"{RUNS}/{segment(str(run['run_id']))}")
        show(seen)
        if seen["status"] == "completed":
            return seen
        if _place(seen) != _place(run):
            run, moved, pause = seen, time.monotonic(), _LOOK_EVERY[0]
        if time.monotonic() - moved > STALLED_AFTER:
            raise LocalProblem(
                f"{run['run_id']} does not move; it is {seen['status']}", "see: skuflow status; it goes on by itself"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, most)


def download_pdf(api: Api, invoice_id: str, out: BinaryIO) -> int:
    """Copies the invoice's PDF to `out`; returns its size in bytes."""
    import httpx

    url = str(api.get(f"{invoice_path(invoice_id)}.pdf")["url"])
    with httpx.stream("GET", url, timeout=60, trust_env=not is_here(url)) as answer:
        if answer.is_error:
            raise LocalProblem(f"the download was refused ({answer.status_code})", "run again: its address had expired")
        for chunk in answer.iter_bytes():
            out.write(chunk)
    return out.tell()


def _wanted(as_of: str | None, subscriptions: list[str] | None) -> dict[str, Any]:
    said = {"as_of": as_of, "subscription_ids": subscriptions}
    return {name: value for name, value in said.items() if value}


def _place(run: dict[str, Any]) -> tuple[Any, ...]:
    """How far a run is."""
    return tuple(run.get(name) for name in ("status", "progress", "invoices", "without_invoice", "failed"))

"""Connected shops over the HTTP API: the way in, a run, how they are doing."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from local.api.calling import Api, segment
from local.problems import LocalProblem

ENDED = frozenset({"completed", "failed", "cancelled"})
_BETWEEN_LOOKS = 0.25
_MOST_STATUSES = 50
"""Of one answer."""


def shop_path(shop: str) -> str:
    return f"/v1/shopify/shops/{segment(shop)}"


def install_link(api: Api, shop: str) -> dict[str, Any]:
    """`url`, to be opened once in the browser of the shop's owner, and `expires_at`."""
    return api.get("/v1/shopify/install", shop=shop)


def statuses(api: Api) -> list[dict[str, Any]]:
    """How every shop is doing."""
    found: list[dict[str, Any]] = api.whole("/v1/admin/catalog/sync-status", limit=_MOST_STATUSES)["items"]
    return found


def status_of(api: Api, shop: str) -> dict[str, Any]:
    """How `shop` is doing. Raises LocalProblem if it was never connected."""
    for each in statuses(api):
        if each["shop"] == shop:
            return each
    raise LocalProblem(f"{shop} was never connected", f"connect it with: skuflow sync connect {shop}")


def start_run(api: Api, shop: str) -> dict[str, Any]:
    """Have the shop's whole catalogue read now; the run."""
    return api.post(f"{shop_path(shop)}/syncs", {}, idempotency_key=secrets.token_hex(16))


def await_run(api: Api, shop: str, run_id: str, seen: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The run as it ended, with its `remarks`. `seen` is shown it at each look."""
    path = f"{shop_path(shop)}/syncs/{segment(run_id)}"
    while True:
        found = api.get(path)
        run: dict[str, Any] = found["run"]
        seen(run)
        if run["status"] in ENDED:
            return run | {"remarks": found["remarks"]}
        time.sleep(_BETWEEN_LOOKS)

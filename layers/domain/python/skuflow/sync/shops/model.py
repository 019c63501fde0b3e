"""A shop that a client has connected. Pure rules; what is stored is what stands here.

connected ──> needs_reauth ──> connected      (its owner goes through the installation again)
    │               │
    └───────────────┴──> uninstalled | disconnected ──> connected
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from skuflow.kernel.events import Cause

ShopStatus = Literal["connected", "needs_reauth", "uninstalled", "disconnected"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the last thing that we tried with a shop failed. `code` is stable; `detail` and `remedy` are for people."""

    code: str
    detail: str
    remedy: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shop:
    """`shop` is its `….myshopify.com` domain, which never changes. `currency`, `time_zone` and `name` are known once it has been
    set up (`set_up_at`: webhooks registered, facts read). `run_id`: the run that is under way, "" if none. `due_at`: when
    somebody has to look at it next; None for a shop that is not connected. `next_run_at`: when the next reconciliation begins.
    `failures` counts failed runs and set-ups in a row. `version` counts the writes; 0 is not stored yet."""

    shop: str
    status: ShopStatus
    scopes: tuple[str, ...]
    connected_at: datetime
    updated_at: datetime
    cause: Cause
    version: int = 0
    name: str = ""
    currency: str = ""
    time_zone: str = "UTC"
    set_up_at: datetime | None = None
    run_id: str = ""
    due_at: datetime | None = None
    next_run_at: datetime | None = None
    last_run_id: str = ""
    last_success_at: datetime | None = None
    failures: int = 0
    trouble: Trouble | None = None

    @property
    def is_connected(self) -> bool:
        return self.status == "connected"

    @property
    def has_ended(self) -> bool:
        """Whether somebody has put an end to the connection; a shop that needs its owner is still one of the client's."""
        return self.status in ("uninstalled", "disconnected")


@dataclass(frozen=True, slots=True)
class ShopCounts:
    """What happened at a shop since it was first connected; written by atomic additions, apart from the shop itself."""

    webhooks_received: int = 0
    products_created: int = 0
    products_updated: int = 0
    products_unchanged: int = 0
    products_rejected: int = 0
    last_webhook_at: datetime | None = None
    last_applied_at: datetime | None = None


def source_of(shop: str) -> str:
    """What the catalogue calls this shop as a source of products."""
    return f"shopify:{shop}"


def connected(known: Shop | None, shop: str, scopes: tuple[str, ...], now: datetime, cause: Cause) -> Shop:
    """The shop, connected just now, for the first time or again: due at once, to be set up. What is `known` of it stays."""
    item = known or Shop(shop=shop, status="connected", scopes=scopes, connected_at=now, updated_at=now, cause=cause)
    return replace(
        item,
        status="connected",
        scopes=scopes,
        connected_at=now,
        updated_at=now,
        cause=cause,
        set_up_at=None,
        due_at=now,
        failures=0,
        trouble=None,
    )


def stopped(item: Shop, status: ShopStatus, now: datetime, cause: Cause, trouble: Trouble | None = None) -> Shop:
    """`item` with nothing more to do until its owner connects it again."""
    return replace(
        item,
        status=status,
        updated_at=now,
        cause=cause,
        run_id="",
        due_at=None,
        next_run_at=None,
        trouble=trouble,
    )

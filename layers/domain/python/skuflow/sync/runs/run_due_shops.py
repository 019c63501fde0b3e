"""Every minute: the shops that somebody has to look at, put into the queue of those who look."""

from __future__ import annotations

from collections.abc import Callable

from skuflow.kernel.clock import Clock
from skuflow.sync.runs.work import ShopWork
from skuflow.sync.shops.due import SHARDS
from skuflow.sync.shops.store import ShopStore

PER_SHARD = 500
"""Shops of one shard a minute at most; the rest is due first the next minute."""


def run_due_shops(*, shops: ShopStore, work: ShopWork, clock: Clock, has_time: Callable[[], bool]) -> int:
    """Ask for work on every shop that is due; returns on how many. A shop stays due until a worker has taken it up, so one that
    waits in the queue for long is put there again: every worker looks before it acts."""
    asked = 0
    for shard in range(SHARDS):
        if not has_time():
            break
        due = shops.due(shard, clock(), PER_SHARD)
        work.put_all(due)
        asked += len(due)
    return asked

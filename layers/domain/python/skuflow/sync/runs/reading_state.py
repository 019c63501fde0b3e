"""How far the reading of a result has come, as the bucket keeps it beside each slice; and where its files lie.

    bulk/<client>/<run>/segment-<n>-<digest>.spool    a stretch of the result, sorted into heaps
    bulk/<client>/<run>/state-<n>-<digest>.json       `ReadingState` after slice n
    bulk/<client>/<run>/keys-<n>-<digest>.txt         numbers of the products of a heap, one a line
    bulk/<client>/<run>/products-<digest>.txt         numbers of all products, sorted as text, one a line

Each name is derived from the content: whoever writes it, it holds the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import msgspec

from skuflow.kernel.clock import iso
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.bucket import ImportBucket
from skuflow.sync.runs.model import RunTotals
from skuflow.sync.runs.spool import Segment
from skuflow.sync.shops.model import Shop

ORDERS_MARGIN = timedelta(days=1)
"""So much before the last success is read again: a run takes its time, and what it saw of the orders was older than its end."""


@dataclass(frozen=True, slots=True)
class ReadingState:
    """`size` (bytes) of the result and `heaps` stay as they were when reading began. `joined` heaps are done. `media`: there were
    lines of pictures. `unreadable` lines are of nobody knows which product. `keys` name the files with the numbers of products.
    `orders_since`: from when on orders are read when all heaps are joined, "" for not at all (any more); `orders_after` is where
    their next page begins."""

    size: int
    heaps: int
    segments: tuple[Segment, ...] = ()
    joined: int = 0
    media: bool = False
    unreadable: int = 0
    keys: tuple[str, ...] = ()
    orders_since: str = ""
    orders_after: str | None = None
    totals: RunTotals = field(default_factory=RunTotals)

    @property
    def is_done(self) -> bool:
        return self.joined == self.heaps and not self.orders_since

    @property
    def is_whole(self) -> bool:
        """Whether every line was read: only then is what is missing from the file missing from the shop."""
        return not self.unreadable


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of one run."""

    bucket: ImportBucket
    client_id: ClientId
    run_id: str

    def put(self, name: str, suffix: str, content: bytes) -> str:
        """Store `content` under a name with its digest; the key."""
        digest = sha256(content).hexdigest()[:16]
        key = f"bulk/{self.client_id}/{self.run_id}/{name}-{digest}.{suffix}"
        self.bucket.put(key, content, "application/octet-stream")
        return key

    def put_state(self, number: int, state: ReadingState) -> str:
        return self.put(f"state-{number:06d}", "json", msgspec.json.encode(state))

    def state(self, key: str) -> ReadingState:
        return msgspec.json.decode(self.bucket.read(key), type=ReadingState)

    def heap(self, segment: Segment, number: int) -> bytes:
        """Heap `number` of `segment`; b"" without asking if it is empty."""
        start, end = segment.bounds[number], segment.bounds[number + 1]
        return self.bucket.read(segment.key, start, end) if end > start else b""


def orders_since(shop: Shop) -> str:
    """From when on the orders of `shop` are read again that it had before: RFC 3339."""
    return iso((shop.last_success_at or shop.connected_at) - ORDERS_MARGIN)

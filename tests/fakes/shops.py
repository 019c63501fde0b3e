"""The stores of shops in memory, which pass the same suite as the DynamoDB ones, and a shop or two to put into them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from skuflow.kernel.errors import Conflict, NotFound, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.shops.due import shard_of
from skuflow.sync.shops.model import Shop, ShopCounts, ShopStatus, Trouble
from skuflow.sync.shops.privacy_requests import PrivacyRequest
from skuflow.sync.shops.seal import TokenPair
from skuflow.sync.shops.sealed import Lifetimes, SealedPair, StoredPair
from skuflow.sync.shops.store import Position, ShopStore
from tests.doubles import START

SHOP = "maple-outfitters.myshopify.com"
CAUSE = Cause("request-1", "call-1")
SCOPES = ("read_discounts", "read_inventory", "read_orders", "read_products")


def a_shop(shop: str = SHOP, **fields: Any) -> Shop:
    """A shop that was just connected and not stored yet."""
    given: dict[str, Any] = {
        "status": "connected",
        "scopes": SCOPES,
        "connected_at": START,
        "updated_at": START,
        "cause": CAUSE,
        "due_at": START,
        **fields,
    }
    return Shop(shop=shop, **given)


def a_pair(text: str = "1", expires_at: datetime | None = None) -> SealedPair:
    """Closed by a FakeSeal: the tokens are `access-<text>` and `refresh-<text>`."""
    content = json.dumps([f"access-{text}", f"refresh-{text}"]).encode()
    return SealedPair(content, Lifetimes(expires_at, None))


def connect(
    shops: ShopStore, client_id: ClientId, shop: str = SHOP, *, pair: SealedPair | None = None, **fields: Any
) -> Shop:
    """A connected shop in `shops`."""
    return shops.connect(client_id, a_shop(shop, **fields), pair or a_pair())


@dataclass(slots=True)
class FakeSeal:
    """A Seal that hides nothing, but opens for the owner's name alone, once it was closed for one."""

    _closed_for: dict[bytes, tuple[ClientId, str]] = field(default_factory=dict)

    def close(self, client_id: ClientId, shop: str, pair: TokenPair) -> bytes:
        content = json.dumps([pair.access, pair.refresh]).encode()
        self._closed_for[content] = (client_id, shop)
        return content

    def open(self, client_id: ClientId, shop: str, sealed: bytes) -> TokenPair:
        assert self._closed_for.get(sealed, (client_id, shop)) == (client_id, shop)
        return TokenPair(*json.loads(sealed))


@dataclass(slots=True)
class FakeTokens:
    """TokenStore in memory."""

    _pairs: dict[tuple[ClientId, str], StoredPair] = field(default_factory=dict)
    _locks: dict[tuple[ClientId, str], int] = field(default_factory=dict)

    def get(self, client_id: ClientId, shop: str) -> StoredPair:
        return self._pairs.get((client_id, shop), StoredPair(0, None))

    def lock(self, client_id: ClientId, shop: str, version: int, now: datetime, until: datetime) -> bool:
        stored = self.get(client_id, shop)
        if stored.version != version or stored.pair is None:
            return False
        if self._locks.get((client_id, shop), 0) > int(now.timestamp()):
            return False
        self._locks[client_id, shop] = int(until.timestamp())
        return True

    def replace(self, client_id: ClientId, shop: str, version: int, pair: SealedPair) -> None:
        stored = self.get(client_id, shop)
        if stored.version != version or stored.pair is None:
            raise VersionConflict(f"the tokens of {shop} have changed meanwhile")
        self.put(client_id, shop, pair)

    def unlock(self, client_id: ClientId, shop: str, version: int) -> None:
        if self.get(client_id, shop).version == version:
            self._locks.pop((client_id, shop), None)

    def put(self, client_id: ClientId, shop: str, pair: SealedPair | None) -> None:
        """Whatever was there. None: the tokens go."""
        self._pairs[client_id, shop] = StoredPair(self.get(client_id, shop).version + 1, pair)
        self._locks.pop((client_id, shop), None)


@dataclass(slots=True)
class FakeActivity:
    """ActivityStore in memory."""

    _counts: dict[tuple[ClientId, str], ShopCounts] = field(default_factory=dict)
    _troubles: dict[tuple[ClientId, str], list[Trouble]] = field(default_factory=dict)

    def count(self, client_id: ClientId, shop: str, **adds: Any) -> None:
        known = self.counts(client_id, shop)
        changes: dict[str, Any] = {}
        for name, value in adds.items():
            before = getattr(known, name)
            if isinstance(value, datetime):
                changes[name] = value if before is None else max(before, value)
            elif value:
                changes[name] = before + value
        self._counts[client_id, shop] = replace(known, **changes)

    def counts(self, client_id: ClientId, shop: str) -> ShopCounts:
        return self._counts.get((client_id, shop), ShopCounts())

    def add_trouble(self, client_id: ClientId, shop: str, trouble: Trouble) -> None:
        kept = self._troubles.setdefault((client_id, shop), [])
        if trouble not in kept:
            kept.append(trouble)

    def troubles(self, client_id: ClientId, shop: str, limit: int) -> Sequence[Trouble]:
        kept = self._troubles.get((client_id, shop), [])
        return sorted(kept, key=lambda trouble: trouble.at, reverse=True)[:limit]


@dataclass(slots=True)
class FakeShops(FakeActivity):
    """ShopStore in memory; `tokens` is where the shops' tokens are."""

    tokens: FakeTokens = field(default_factory=FakeTokens)
    _items: dict[tuple[ClientId, str], Shop] = field(default_factory=dict)
    _owners: dict[str, tuple[ClientId, ShopStatus]] = field(default_factory=dict)

    def get(self, client_id: ClientId, shop: str) -> Shop:
        if (client_id, shop) not in self._items:
            raise NotFound(f"there is no shop {shop}")
        return self._items[client_id, shop]

    def save(self, client_id: ClientId, item: Shop) -> Shop:
        if item.version == 0:
            raise ValueError(f"{item.shop} was never connected")
        self._check(client_id, item)
        return self._put(client_id, item)

    def connect(self, client_id: ClientId, item: Shop, pair: SealedPair) -> Shop:
        if self._owners.get(item.shop, (client_id, ""))[0] != client_id:
            raise Conflict(f"{item.shop} belongs to another account")
        self._check(client_id, item)
        self._owners[item.shop] = (client_id, item.status)
        self.tokens.put(client_id, item.shop, pair)
        return self._put(client_id, item)

    def stop(self, client_id: ClientId, item: Shop, *, refused: int | None = None) -> Shop:
        self._check(client_id, item)
        if refused is not None and self.tokens.get(client_id, item.shop).version != refused:
            raise VersionConflict(f"the shop {item.shop} has changed meanwhile")
        self._owners[item.shop] = (client_id, item.status)
        self.tokens.put(client_id, item.shop, None)
        return self._put(client_id, item)

    def owner_of(self, shop: str) -> tuple[ClientId, ShopStatus] | None:
        return self._owners.get(shop)

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Shop], Position | None]:
        own = sorted(shop for owner, shop in self._items if owner == client_id)
        chosen = [shop for shop in own if position is None or shop > position["shop"]][:limit]
        more = len(chosen) == limit
        return [self._items[client_id, shop] for shop in chosen], {"shop": chosen[-1]} if more else None

    def due(self, shard: int, until: datetime, limit: int) -> Sequence[tuple[ClientId, str]]:
        waiting = [
            (item.due_at, owner, shop)
            for (owner, shop), item in self._items.items()
            if item.due_at is not None and item.due_at <= until and shard_of(owner, shop) == shard
        ]
        return [(owner, shop) for _at, owner, shop in sorted(waiting)][:limit]

    def _check(self, client_id: ClientId, item: Shop) -> None:
        known = self._items.get((client_id, item.shop))
        if (known.version if known is not None else 0) != item.version:
            raise VersionConflict(f"the shop {item.shop} has changed meanwhile")

    def _put(self, client_id: ClientId, item: Shop) -> Shop:
        stored = replace(item, version=item.version + 1)
        self._items[client_id, item.shop] = stored
        return stored


@dataclass(slots=True)
class FakePrivacyRequests:
    """PrivacyRequestStore in memory."""

    _items: dict[tuple[ClientId, str], PrivacyRequest] = field(default_factory=dict)

    def add(self, client_id: ClientId, request: PrivacyRequest) -> bool:
        if (client_id, request.request_id) in self._items:
            return False
        self._items[client_id, request.request_id] = request
        return True

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[PrivacyRequest], Position | None]:
        own = [item for (owner, _), item in self._items.items() if owner == client_id]
        own.sort(key=lambda item: (item.due_at, item.request_id))
        begin = next((n + 1 for n, item in enumerate(own) if position and item.request_id == position["id"]), 0)
        chosen = own[begin : begin + limit]
        last = {"at": chosen[-1].due_at.isoformat(), "id": chosen[-1].request_id} if len(chosen) == limit else None
        return chosen, last

"""The store of runs in memory, which passes the same suite as the DynamoDB one, and a run to put into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from skuflow.kernel.errors import NotFound, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.store import Position
from skuflow.sync.shops.model import Shop
from skuflow.sync.shops.store import ShopStore
from tests.doubles import START
from tests.fakes.shops import SHOP, FakeShops


def a_run(run_id: str = "run_1", **fields: Any) -> Run:
    """A run that is about to begin and not stored yet."""
    given: dict[str, Any] = {
        "shop": SHOP,
        "kind": "first",
        "status": "starting",
        "created_at": START,
        "updated_at": START,
        "cause": Cause("request-1", "call-1"),
        **fields,
    }
    return Run(run_id=run_id, **given)


@dataclass(slots=True)
class FakeRuns:
    """RunStore in memory; `shops` is where the shops are."""

    shops: ShopStore = field(default_factory=FakeShops)
    _items: dict[tuple[ClientId, str], Run] = field(default_factory=dict)

    def get(self, client_id: ClientId, run_id: str) -> Run:
        if (client_id, run_id) not in self._items:
            raise NotFound(f"there is no run {run_id}")
        return self._items[client_id, run_id]

    def save(self, client_id: ClientId, item: Run) -> Run:
        self._check(client_id, item)
        return self._put(client_id, item)

    def save_with_shop(self, client_id: ClientId, item: Run, shop: Shop) -> tuple[Run, Shop]:
        self._check(client_id, item)
        connected = self.shops.save(client_id, shop)
        return self._put(client_id, item), connected

    def page(
        self, client_id: ClientId, shop: str, limit: int, position: Position | None
    ) -> tuple[Sequence[Run], Position | None]:
        own = [item for (owner, _), item in self._items.items() if (owner, item.shop) == (client_id, shop)]
        own.sort(key=lambda item: (item.created_at, item.run_id), reverse=True)
        begin = next((n + 1 for n, item in enumerate(own) if position and item.run_id == position["id"]), 0)
        chosen = own[begin : begin + limit]
        last = {"at": chosen[-1].created_at.isoformat(), "id": chosen[-1].run_id} if len(chosen) == limit else None
        return chosen, last

    def _check(self, client_id: ClientId, item: Run) -> None:
        known = self._items.get((client_id, item.run_id))
        if (known.version if known is not None else 0) != item.version:
            raise VersionConflict(f"the run {item.run_id} has changed meanwhile")

    def _put(self, client_id: ClientId, item: Run) -> Run:
        stored = replace(item, version=item.version + 1)
        self._items[client_id, item.run_id] = stored
        return stored

"""An access table in memory with clients and keys in it, for every test that needs somebody to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from skuflow.access.administer import administer
from skuflow.access.deps import AdministerDeps, ApiDeps, AuthorizerDeps
from skuflow.access.store import AccessItem, AccessStore
from skuflow.kernel.ids import NewId
from skuflow.platform.table import bind
from tests.doubles import FakeClock

STAGE = "test"


@dataclass(frozen=True, slots=True)
class AccessWorld:
    """The deps of every access function over one table, one clock and secrets that can be foretold."""

    api: ApiDeps
    authorizer: AuthorizerDeps
    administer: AdministerDeps
    clock: FakeClock

    def act(self, action: str, **request: Any) -> dict[str, Any]:
        """What an operator gets for `action`."""
        return administer({"action": action, **request}, self.administer)

    def client(self, name: str = "Maple Outfitters", **more: Any) -> str:
        """The id of a new client."""
        given = {"home_currency": "CAD", "time_zone": "America/Toronto", "residency": "ca", **more}
        return str(self.act("create_client", name=name, **given)["client_id"])

    def key(self, client_id: str, **more: Any) -> dict[str, Any]:
        """A new key of the client, with its text under `key`."""
        return self.act("issue_key", client_id=client_id, **{"label": "tests", **more})


def access_world(tables: Callable[[str], str], clock: FakeClock, new_id: NewId) -> AccessWorld:
    store = AccessStore(bind(AccessItem, tables("access")))
    numbers = count(1)

    def new_secret() -> str:
        return f"{next(numbers):048x}"

    deps = AdministerDeps(store, clock, new_id, new_secret, STAGE)
    api = ApiDeps(store, clock, new_id, new_secret, STAGE, tables("idempotency"))
    return AccessWorld(api, AuthorizerDeps(store, clock, STAGE), deps, clock)

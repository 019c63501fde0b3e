"""An access table in memory with clients, keys and users in it, for every test that needs somebody to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from skuflow.access.administer import administer
from skuflow.access.audit_store import AuditStore
from skuflow.access.deps import AdministerDeps, ApiDeps, AuthorizerDeps
from skuflow.access.people_store import PeopleStore
from skuflow.access.signing_keys import SigningKeys
from skuflow.access.store import AccessItem, AccessStore
from skuflow.access.tokens import Tokens
from skuflow.kernel.errors import SkuflowError
from skuflow.kernel.ids import NewId
from skuflow.platform.table import bind
from tests.doubles import FakeClock
from tests.fakes.people import FakePeople
from tests.user_pool import APP, ISSUER, FakePool

STAGE = "test"


@dataclass(frozen=True, slots=True)
class AccessWorld:
    """The deps of every access function over one table, one user pool, one clock and secrets that can be foretold. `troubles`:
    what could not be done about the pool's keys."""

    api: ApiDeps
    authorizer: AuthorizerDeps
    administer: AdministerDeps
    clock: FakeClock
    people: FakePeople
    pool: FakePool
    troubles: list[tuple[str, SkuflowError]] = field(default_factory=list)

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

    def user(self, client_id: str, role: str = "owner", email: str = "") -> str:
        """The id of a person who has the role at the client."""
        address = email or f"{role}@{client_id.replace('_', '-')}.example"
        return str(self.act("invite_user", client_id=client_id, email=address, role=role)["user_id"])

    def operator(self) -> str:
        """The id of somebody of the staff."""
        user_id = self.people.invite("staff@skuflow.example")
        self.people.operators.add(user_id)
        return user_id

    def token(self, user_id: str, **claims: Any) -> str:
        """What the person gets by signing in now."""
        groups = {"cognito:groups": ["operator"]} if user_id in self.people.operators else {}
        return self.pool.token(user_id, self.clock(), **{**groups, **claims})


def access_world(tables: Callable[[str], str], clock: FakeClock, new_id: NewId) -> AccessWorld:
    items = bind(AccessItem, tables("access"))
    store, members, audit = AccessStore(items), PeopleStore(items), AuditStore(items)
    people, pool = FakePeople(), FakePool()
    troubles: list[tuple[str, SkuflowError]] = []
    numbers = count(1)

    def new_secret() -> str:
        return f"{next(numbers):048x}"

    def told(attempt: str, error: SkuflowError) -> None:
        troubles.append((attempt, error))

    deps = AdministerDeps(store, members, people, clock, new_id, new_secret, STAGE)
    api = ApiDeps(store, members, people, clock, new_id, new_secret, STAGE, audit, tables("idempotency"))
    tokens = Tokens(ISSUER, APP, SigningKeys(pool.fetch, told))
    authorizer = AuthorizerDeps(store, members, audit, people, tokens, clock, new_id, STAGE)
    return AccessWorld(api, authorizer, deps, clock, people, pool, troubles)

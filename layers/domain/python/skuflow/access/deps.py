"""What the doors of this context are given to work with."""

from __future__ import annotations

from dataclasses import dataclass

from skuflow.access.audit import Act, Actor
from skuflow.access.audit_store import AuditStore
from skuflow.access.cognito import People
from skuflow.access.keys import Minting, NewSecret
from skuflow.access.people_store import PeopleStore
from skuflow.access.store import AccessStore
from skuflow.access.tokens import Tokens
from skuflow.kernel.clock import Clock
from skuflow.kernel.ids import NewId


@dataclass(frozen=True, slots=True)
class AuthorizerDeps:
    """What access/authorizer works with."""

    store: AccessStore
    members: PeopleStore
    audit: AuditStore
    people: People
    tokens: Tokens
    clock: Clock
    new_id: NewId
    stage: str


@dataclass(frozen=True, slots=True)
class AdministerDeps:
    """What the work with clients, keys and users needs from outside."""

    store: AccessStore
    members: PeopleStore
    people: People
    clock: Clock
    new_id: NewId
    new_secret: NewSecret
    stage: str

    def making(self, created_by: str) -> Minting:
        """The parts of a new key that come from outside."""
        return Minting(self.stage, self.clock(), self.new_id("key"), self.new_secret(), created_by)

    def act(self, actor: Actor) -> Act:
        """The parts of an entry of the audit log that come from outside."""
        return Act(actor, self.clock(), self.new_id("aud"))


@dataclass(frozen=True, slots=True)
class ApiDeps(AdministerDeps):
    audit: AuditStore
    idempotency_table: str

"""What the doors of this context are given to work with."""

from __future__ import annotations

from dataclasses import dataclass

from skuflow.access.keys import Minting, NewSecret
from skuflow.access.store import AccessStore
from skuflow.kernel.clock import Clock
from skuflow.kernel.ids import NewId


@dataclass(frozen=True, slots=True)
class AuthorizerDeps:
    """What access/authorizer works with."""

    store: AccessStore
    clock: Clock
    stage: str


@dataclass(frozen=True, slots=True)
class AdministerDeps:
    """What the work with clients and keys needs from outside."""

    store: AccessStore
    clock: Clock
    new_id: NewId
    new_secret: NewSecret
    stage: str

    def making(self, created_by: str) -> Minting:
        """The parts of a new key that come from outside."""
        return Minting(self.stage, self.clock(), self.new_id("key"), self.new_secret(), created_by)


@dataclass(frozen=True, slots=True)
class ApiDeps(AdministerDeps):
    idempotency_table: str

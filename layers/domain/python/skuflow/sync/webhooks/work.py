"""What a webhook turns out to be: already done, or something to hand over to the catalogue together with others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from skuflow.kernel.tenancy import ClientId
from skuflow.sync.shopify.fields import Taken
from skuflow.sync.webhooks.envelope import Envelope


@dataclass(frozen=True, slots=True)
class State:
    """A product as it is. `currency` is the shop's."""

    taken: Taken
    currency: str


@dataclass(frozen=True, slots=True)
class Deletion:
    """A product that is gone since `at`."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StockSignal:
    """Something has changed about the stock of this inventory item (a gid); what, has to be asked."""

    item: str
    currency: str


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do. `dropped`: nothing was done at all, because the shop is no longer connected."""

    dropped: bool = False


Work = State | Deletion | StockSignal | Done


@dataclass(frozen=True, slots=True)
class Read:
    """A webhook that was read. `name` tells it from every other, and is the same for each delivery of it."""

    envelope: Envelope
    name: str
    work: Work

    @property
    def place(self) -> tuple[ClientId, str]:
        """Whose shop, and which."""
        return self.envelope.owner, self.envelope.shop

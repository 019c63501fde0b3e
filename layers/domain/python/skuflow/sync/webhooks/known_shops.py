"""Whose a shop is, remembered for a minute: a webhook then needs no request to find out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Invalid, NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.shopify.address import shop_domain

REMEMBERED = timedelta(seconds=60)
MAX_REMEMBERED = 10_000
"""Shops; about 2 MB."""


@dataclass(slots=True)
class KnownShops:
    """`look_up` asks the table: owner and status, which does not matter here. A shop that nobody has is asked for every time: it
    may be connected any moment."""

    look_up: Callable[[str], tuple[ClientId, object] | None]
    clock: Clock
    _known: dict[str, tuple[ClientId, datetime]] = field(default_factory=dict)

    def owner_of(self, header: str) -> tuple[ClientId, str]:
        """The client whose shop a webhook names, and the shop's domain. Raises NotFound, in the same words for a shop that nobody
        has and for what is no shop's domain."""
        try:
            shop = shop_domain(header)
        except Invalid:
            raise _unknown() from None
        now = self.clock()
        owner, until = self._known.get(shop, (None, now))
        if owner is None or now >= until:
            found = self.look_up(shop)
            if found is None:
                raise _unknown()
            owner = found[0]
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            self._known[shop] = (owner, now + REMEMBERED)
        return owner, shop


def _unknown() -> NotFound:
    return NotFound("there is no such shop")

"""What every part of the sandbox's Shopify shares: the shops, the app, time, switches, and where files lie."""

from __future__ import annotations

import hmac
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from local.sandbox.clock import Clock
from local.sandbox.faults import Faults
from local.sandbox.shopify.model import ShopifyState, ShopState
from local.sandbox.shopify.shop import Shop

PROVIDER = "shopify"
CLIENT_ID = "sandbox-skuflow"
API_VERSION = "2026-10"
SUPPORTED_VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10", "2027-01", "unstable")


class NoSuchShop(LookupError):
    """There is no shop of that domain in the sandbox."""


@dataclass
class World:
    """`base_url` is the sandbox's own address, without a slash at the end."""

    state: ShopifyState
    clock: Clock
    faults: Faults
    files: Path
    base_url: str
    strict_rotation: bool = True
    shops: dict[str, Shop] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shops = {domain: Shop(state) for domain, state in self.state.shops.items()}

    def shop(self, domain: str) -> Shop:
        if domain not in self.shops:
            raise NoSuchShop(domain)
        return self.shops[domain]

    def open_shop(
        self, domain: str, *, name: str = "", currency: str = "CAD", time_zone: str = "America/Toronto"
    ) -> Shop:
        """A new, empty shop in the place of any that was there."""
        number = zlib.crc32(domain.encode())
        shown = name or domain.partition(".")[0].replace("-", " ").title()
        state = ShopState(
            domain, shown, 60_000_000_000 + number, 80_000_000_000 + number, currency=currency, time_zone=time_zone
        )
        self.state.shops[domain] = state
        self.shops[domain] = Shop(state)
        return self.shops[domain]

    def url_of(self, domain: str, path: str) -> str:
        return f"{self.base_url}/{PROVIDER}/{domain}/{path}"

    def mac(self, message: bytes, *, forged: bool = False) -> bytes:
        """HMAC-SHA256 under the app's secret that is in use for signing: the oldest still valid."""
        secret = "not-the-secret" if forged else self.state.app.secrets[-1]
        return hmac.new(secret.encode(), message, sha256).digest()

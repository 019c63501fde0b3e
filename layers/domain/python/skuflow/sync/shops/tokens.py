"""Access tokens of shops: good ones, whoever asks, renewed by one worker at a time.

A token is renewed under a lock in the table, when less than five minutes of it are left or when the shop has refused it. The new
pair replaces the old one in one conditional write. Whoever finds the lock taken waits for what the other brings.

If a worker dies between Shopify's answer and the write, the pair in the table is the old one and its lock ends after half a
minute. Shopify takes the old refresh token until the new one has been used, so the next worker renews as if nothing had happened.
Where it does not (the token is older than that promise, or expired, or the app was uninstalled), the shop is marked
`needs_reauth`, and nothing but its owner can help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Throttled, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.shopify.token_endpoint import Grant, GrantRefused, TokenEndpoint
from skuflow.sync.shops.errors import NeedsReauth
from skuflow.sync.shops.model import Shop, Trouble, stopped
from skuflow.sync.shops.seal import Seal, TokenPair
from skuflow.sync.shops.sealed import Lifetimes, SealedPair, StoredPair
from skuflow.sync.shops.store import ShopStore
from skuflow.sync.shops.token_store import TokenStore

MARGIN = timedelta(minutes=5)
"""An access token with less than this left is renewed before it is used."""
LOCKED_FOR = timedelta(seconds=30)
"""Longer than a renewal may take (`token_endpoint.DEADLINE_SECONDS`), so that nobody else begins one meanwhile."""
LOOKS, PAUSE_SECONDS = 8, 0.25
"""How often, and how far apart, to look whether the other worker is done. A renewal takes well under a second."""
ATTEMPTS = 5

REMEDY = "connect the shop again: GET /v1/shopify/install?shop=…"


@dataclass(frozen=True, slots=True)
class _Known:
    access_token: str
    expires_at: datetime | None


@dataclass(slots=True)
class Tokens:
    """`pause` waits for so many seconds. One per process: it remembers decrypted access tokens, for as long as they are good."""

    store: TokenStore
    shops: ShopStore
    seal: Seal
    endpoint: TokenEndpoint
    clock: Clock
    pause: Callable[[float], None]
    _known: dict[tuple[ClientId, str], _Known] = field(default_factory=dict, repr=False)

    def access_token(self, client_id: ClientId, shop: str) -> str:
        """A token that is good for five minutes at least. Raises NeedsReauth; Throttled while another worker renews it, and
        TransientError if it cannot be renewed just now."""
        known = self._known.get((client_id, shop))
        if known is not None and self._lasts(known.expires_at):
            return known.access_token
        stored, pair = self._read(client_id, shop)
        if self._lasts(pair.lifetimes.expires_at):
            return self._opened(client_id, shop, pair).access
        return self._renewed(client_id, shop, stored.version, pair)

    def renewed(self, client_id: ClientId, shop: str, *, refused: str) -> str:
        """Another token than `refused`, which the shop has just answered with a 401. Raises as `access_token` does."""
        self._known.pop((client_id, shop), None)
        stored, pair = self._read(client_id, shop)
        if self._lasts(pair.lifetimes.expires_at):
            token = self._opened(client_id, shop, pair).access
            if token != refused:
                return token
        return self._renewed(client_id, shop, stored.version, pair)

    def _lasts(self, expires_at: datetime | None) -> bool:
        return expires_at is None or expires_at - self.clock() >= MARGIN

    def _read(self, client_id: ClientId, shop: str) -> tuple[StoredPair, SealedPair]:
        stored = self.store.get(client_id, shop)
        if stored.pair is None:
            self._known.pop((client_id, shop), None)
            raise NeedsReauth(f"there are no tokens of {shop}; {REMEDY}")
        return stored, stored.pair

    def _opened(self, client_id: ClientId, shop: str, pair: SealedPair) -> TokenPair:
        tokens = self.seal.open(client_id, shop, pair.sealed)
        self._known[client_id, shop] = _Known(tokens.access, pair.lifetimes.expires_at)
        return tokens

    def _renewed(self, client_id: ClientId, shop: str, version: int, pair: SealedPair) -> str:
        now = self.clock()
        if self.store.lock(client_id, shop, version, now, now + LOCKED_FOR):
            return self._renew(client_id, shop, version, pair)
        for look in range(LOOKS):
            if look:
                self.pause(PAUSE_SECONDS)
            stored, other = self._read(client_id, shop)
            if stored.version != version:
                return self._opened(client_id, shop, other).access
        raise Throttled(f"another worker is renewing the token of {shop}", retry_after=2)

    def _renew(self, client_id: ClientId, shop: str, version: int, pair: SealedPair) -> str:
        """With the lock in hand."""
        try:
            old = self.seal.open(client_id, shop, pair.sealed)
            if not old.refresh:
                raise GrantRefused("the token never expires and was refused")
            asked_at = self.clock()
            grant = self.endpoint.refresh(client_id, shop, old.refresh)
            new = sealed(self.seal, client_id, shop, grant, asked_at)
            self.store.replace(client_id, shop, version, new)
        except VersionConflict:
            _, new = self._read(client_id, shop)  # connected anew meanwhile
        except GrantRefused as error:
            return self._given_up(client_id, shop, version, error)
        except Exception:
            self.store.unlock(client_id, shop, version)
            raise
        return self._opened(client_id, shop, new).access

    def _given_up(self, client_id: ClientId, shop: str, version: int, error: GrantRefused) -> str:
        """Marks the shop and raises NeedsReauth; if it was connected anew meanwhile, the token of that."""
        trouble = Trouble(
            "needs_reauth", f"the shop no longer accepts our credentials: {error.detail}", REMEDY, self.clock()
        )
        self._known.pop((client_id, shop), None)
        for _ in range(ATTEMPTS):
            stored, pair = self._read(client_id, shop)
            if stored.version != version:
                return self._opened(client_id, shop, pair).access
            item = self.shops.get(client_id, shop)
            try:
                self.shops.stop(client_id, needing_reauth(item, trouble), refused=version)
            except VersionConflict:
                continue
            self.shops.add_trouble(client_id, shop, trouble)
            raise NeedsReauth(f"{shop} {trouble.detail}; {REMEDY}")
        raise TransientError(f"the shop {shop} is being changed by others; try again")


def needing_reauth(item: Shop, trouble: Trouble) -> Shop:
    """`item`, stopped because of `trouble`, which its owner alone can end."""
    return stopped(item, "needs_reauth", trouble.at, item.cause, trouble)


def sealed(seal: Seal, client_id: ClientId, shop: str, grant: Grant, asked_at: datetime) -> SealedPair:
    """`grant` as it is kept. Its lifetimes count from when it was asked for, which is earlier than they began."""
    content = seal.close(client_id, shop, TokenPair(grant.access_token, grant.refresh_token))
    return SealedPair(
        content, Lifetimes(_after(asked_at, grant.expires_in), _after(asked_at, grant.refresh_expires_in))
    )


def _after(moment: datetime, seconds: int | None) -> datetime | None:
    return moment + timedelta(seconds=seconds) if seconds is not None else None

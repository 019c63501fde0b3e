"""How a shop is doing, from everything that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from skuflow.kernel.errors import NotFound, TransientError
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.progress_store import ProgressStore
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.progress import RunProgress, progress_of
from skuflow.sync.runs.store import RunStore
from skuflow.sync.shops.model import Shop, ShopCounts, Trouble
from skuflow.sync.shops.store import ShopStore

if TYPE_CHECKING:
    from skuflow.platform.outbound.circuits import CircuitState, CircuitStates

TROUBLES = 5
"""As many of the latest are shown."""


@dataclass(frozen=True, slots=True)
class ShopStatusNow:
    """`run` and `progress`: the run that is under way. `circuit` is None if nobody can say."""

    shop: Shop
    counts: ShopCounts
    run: Run | None
    progress: RunProgress | None
    troubles: Sequence[Trouble]
    circuit: CircuitState | None

    @property
    def in_step_at(self) -> datetime | None:
        """When the catalogue was last known to be as the shop is: its whole was read, or a change of it was applied."""
        known = [at for at in (self.shop.last_success_at, self.counts.last_applied_at) if at is not None]
        return max(known, default=None)

    def lag(self, now: datetime) -> timedelta | None:
        """How long that is ago; None if it never was."""
        return max(timedelta(), now - self.in_step_at) if self.in_step_at is not None else None


@dataclass(frozen=True, slots=True)
class StatusSources:
    """Where what is known of shops stands."""

    shops: ShopStore
    runs: RunStore
    progress: ProgressStore
    circuits: Callable[[], CircuitStates]

    def status_of(self, client_id: ClientId, shop: Shop) -> ShopStatusNow:
        """How `shop` is doing."""
        run = self._run(client_id, shop)
        return ShopStatusNow(
            shop=shop,
            counts=self.shops.counts(client_id, shop.shop),
            run=run,
            progress=progress_of(client_id, run, progress=self.progress) if run is not None else None,
            troubles=self.shops.troubles(client_id, shop.shop, TROUBLES),
            circuit=self._circuit(client_id, shop),
        )

    def _run(self, client_id: ClientId, shop: Shop) -> Run | None:
        try:
            return self.runs.get(client_id, shop.run_id) if shop.run_id else None
        except NotFound:
            return None

    def _circuit(self, client_id: ClientId, shop: Shop) -> CircuitState | None:
        from skuflow.platform.outbound.known import service

        try:
            return self.circuits().state_of(service("shopify"), f"{client_id}#{shop.shop}")
        except TransientError:
            return None

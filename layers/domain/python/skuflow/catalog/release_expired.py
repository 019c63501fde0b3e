"""Sweep up reservations that ran out, of all clients, for as long as there is time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from skuflow.catalog.inventory_store import Written
from skuflow.catalog.release import expire
from skuflow.catalog.reservation_store import ReservationStore
from skuflow.catalog.store_errors import Pause, no_pause
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import SkuflowError
from skuflow.kernel.events import Cause

SOURCE = "reservation"
BATCH = 200
"""Reservations noted before they are ended, so that the index is not read while it changes."""


@dataclass(frozen=True, slots=True)
class Swept:
    """`failed` are reasons, one for each reservation that could not be ended; they are due again next time."""

    released: int = 0
    failed: tuple[str, ...] = ()
    finished: bool = True


def release_expired(
    store: ReservationStore, *, clock: Clock, has_time: Callable[[], bool], cause: Cause, pause: Pause = no_pause
) -> Swept:
    """End every reservation whose time is over, until `has_time` says no. One that fails holds no other up."""
    released, failed = 0, dict[str, str]()
    due = store.due(clock())
    while batch := list(islice(due, BATCH)):
        for client_id, reservation_id in batch:
            if not has_time():
                return Swept(released, tuple(failed.values()), finished=False)
            try:
                written = Written(clock(), SOURCE, cause)
                released += expire(store, client_id, reservation_id, written, pause=pause)
            except (SkuflowError, ValueError) as error:
                failed[reservation_id] = f"{client_id} {reservation_id}: {type(error).__name__}: {error}"
    return Swept(released, tuple(failed.values()))

"""What each function of this context is given to work with; `wiring` makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skuflow.catalog.apply_batch import Stores
    from skuflow.catalog.apply_fixes import Fixing
    from skuflow.catalog.inbox import Inbox
    from skuflow.catalog.inventory_store import InventoryStore
    from skuflow.catalog.offer_store import OfferStore
    from skuflow.catalog.price_store import PriceStore
    from skuflow.catalog.product_store import ProductStore
    from skuflow.catalog.projections import ProjectionStore
    from skuflow.catalog.remove_vanished import Removing
    from skuflow.catalog.reservation_store import ReservationStore
    from skuflow.catalog.store_errors import Pause
    from skuflow.catalog.taxonomy_store import TaxonomyStore
    from skuflow.kernel.clock import Clock
    from skuflow.kernel.ids import NewId
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.event_bus import EventBus


@dataclass(frozen=True, slots=True)
class ApiDeps:
    """`pause` waits before a write is tried again that lost a race."""

    products: ProductStore
    prices: PriceStore
    stock: InventoryStore
    reservations: ReservationStore
    offers: OfferStore
    taxonomy: TaxonomyStore
    idempotency_table: str
    clock: Clock
    new_id: NewId
    pause: Pause


@dataclass(frozen=True, slots=True)
class ReleaseExpiredReservationsDeps:
    """What catalog/release_expired_reservations works with."""

    reservations: ReservationStore
    clock: Clock
    pause: Pause


@dataclass(frozen=True, slots=True)
class ApplyProductBatchDeps:
    """What catalog/apply_product_batch works with."""

    stores: Stores
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class ApplyProductFixesDeps:
    """What catalog/apply_product_fixes works with."""

    fixing: Fixing
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class RemoveVanishedProductsDeps:
    """What catalog/remove_vanished_products works with."""

    removing: Removing
    inbox: Inbox
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class OnTableChangeDeps:
    """What catalog/on_table_change works with."""

    bus: EventBus
    rejects: DeadLetters


@dataclass(frozen=True, slots=True)
class UpdateProjectionsDeps:
    """What catalog/update_projections works with."""

    projections: ProjectionStore
    rejects: DeadLetters

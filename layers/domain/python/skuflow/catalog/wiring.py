"""What the functions of this context are given to work with, made from the environment.

Each `build_` imports what its own function needs: the stores of the others would be a fifth of a consumer's cold start.
"""

from __future__ import annotations

import random
import time

from skuflow.catalog.deps import (
    ApiDeps,
    ApplyProductBatchDeps,
    ApplyProductFixesDeps,
    OnTableChangeDeps,
    ReleaseExpiredReservationsDeps,
    RemoveVanishedProductsDeps,
    UpdateProjectionsDeps,
)
from skuflow.catalog.settings import (
    ApiSettings,
    ApplyProductBatchSettings,
    ApplyProductFixesSettings,
    OnTableChangeSettings,
    ReleaseExpiredReservationsSettings,
    RemoveVanishedProductsSettings,
    UpdateProjectionsSettings,
)
from skuflow.platform.aws import client, sqs_client
from skuflow.platform.clock import new_id, utc_now
from skuflow.platform.settings import from_env

SETTINGS: dict[str, type] = {
    "api": ApiSettings,
    "apply_product_batch": ApplyProductBatchSettings,
    "apply_product_fixes": ApplyProductFixesSettings,
    "remove_vanished_products": RemoveVanishedProductsSettings,
    "on_table_change": OnTableChangeSettings,
    "update_projections": UpdateProjectionsSettings,
    "release_expired_reservations": ReleaseExpiredReservationsSettings,
}


_SHORTEST_PAUSE = 0.01
_LONGEST_PAUSE = 0.4
"""Seconds. A lost race is over in milliseconds, and twelve pauses must fit into a call that somebody waits for."""


def _pause(attempt: int) -> None:
    """Exponential backoff with full jitter."""
    time.sleep(random.uniform(0, min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2**attempt)))  # noqa: S311 - spreads load, keeps no secret


def build_api() -> ApiDeps:
    from skuflow.catalog.inventory_store import InventoryStore
    from skuflow.catalog.offer_store import OfferStore
    from skuflow.catalog.price_store import DynamoPriceStore
    from skuflow.catalog.product_store import DynamoProductStore
    from skuflow.catalog.reservation_store import DynamoReservations
    from skuflow.catalog.store import CatalogItem
    from skuflow.catalog.taxonomy_store import TaxonomyStore
    from skuflow.platform.table import bind

    settings = from_env(ApiSettings)
    table = bind(CatalogItem, settings.catalog_table)
    return ApiDeps(
        products=DynamoProductStore(table),
        prices=DynamoPriceStore(table),
        stock=InventoryStore(table, _pause),
        reservations=DynamoReservations(table),
        offers=OfferStore(table),
        taxonomy=TaxonomyStore(table),
        idempotency_table=settings.idempotency_table,
        clock=utc_now,
        new_id=new_id,
        pause=_pause,
    )


def build_release_expired_reservations() -> ReleaseExpiredReservationsDeps:
    from skuflow.catalog.reservation_store import DynamoReservations
    from skuflow.catalog.store import CatalogItem
    from skuflow.platform.table import bind

    settings = from_env(ReleaseExpiredReservationsSettings)
    return ReleaseExpiredReservationsDeps(
        DynamoReservations(bind(CatalogItem, settings.catalog_table)), utc_now, _pause
    )


def build_apply_product_batch() -> ApplyProductBatchDeps:
    from skuflow.catalog.apply_batch import Stores
    from skuflow.catalog.batch_file import S3BatchFiles
    from skuflow.catalog.batch_store import DynamoBatchStore
    from skuflow.catalog.inventory_store import InventoryStore
    from skuflow.catalog.product_store import DynamoProductStore
    from skuflow.catalog.store import CatalogItem
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind

    settings = from_env(ApplyProductBatchSettings)
    table = bind(CatalogItem, settings.catalog_table)
    stores = Stores(
        files=S3BatchFiles(client("s3"), settings.batch_bucket),
        products=DynamoProductStore(table),
        stock=InventoryStore(table, _pause),
        batches=DynamoBatchStore(table),
        clock=utc_now,
    )
    return ApplyProductBatchDeps(stores, DeadLetters(sqs_client, settings.dead_letter_queue_url))


def build_apply_product_fixes() -> ApplyProductFixesDeps:
    from skuflow.catalog.apply_fixes import Fixing
    from skuflow.catalog.fix_store import FixStore
    from skuflow.catalog.product_store import DynamoProductStore
    from skuflow.catalog.store import CatalogItem
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind

    settings = from_env(ApplyProductFixesSettings)
    table = bind(CatalogItem, settings.catalog_table)
    fixing = Fixing(DynamoProductStore(table), FixStore(table), utc_now)
    return ApplyProductFixesDeps(fixing, DeadLetters(sqs_client, settings.dead_letter_queue_url))


def build_remove_vanished_products() -> RemoveVanishedProductsDeps:
    from skuflow.catalog.batch_file import S3BatchFiles
    from skuflow.catalog.inbox import Inbox
    from skuflow.catalog.product_store import DynamoProductStore
    from skuflow.catalog.remove_vanished import Removing
    from skuflow.catalog.search_store import SearchStore
    from skuflow.catalog.store import CatalogItem
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind

    settings = from_env(RemoveVanishedProductsSettings)
    table = bind(CatalogItem, settings.catalog_table)
    removing = Removing(
        files=S3BatchFiles(client("s3"), settings.batch_bucket),
        products=DynamoProductStore(table),
        searches=SearchStore(table),
        clock=utc_now,
    )
    inbox = Inbox(sqs_client, settings.inbox_queue_url)
    return RemoveVanishedProductsDeps(removing, inbox, DeadLetters(sqs_client, settings.dead_letter_queue_url))


def build_on_table_change() -> OnTableChangeDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.event_bus import EventBus

    settings = from_env(OnTableChangeSettings)
    return OnTableChangeDeps(
        EventBus(client("events"), settings.event_bus), DeadLetters(sqs_client, settings.rejects_queue_url)
    )


def build_update_projections() -> UpdateProjectionsDeps:
    from skuflow.catalog.projections import DynamoProjections
    from skuflow.catalog.store import CatalogItem
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind

    settings = from_env(UpdateProjectionsSettings)
    table = bind(CatalogItem, settings.catalog_table)
    return UpdateProjectionsDeps(DynamoProjections(table), DeadLetters(sqs_client, settings.rejects_queue_url))

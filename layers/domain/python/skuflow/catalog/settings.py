"""What each function of the catalogue is told by its environment; field names are the variables in lower case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The environment of catalog/api."""

    catalog_table: str
    idempotency_table: str


@dataclass(frozen=True, slots=True)
class ApplyProductBatchSettings:
    """The environment of catalog/apply_product_batch."""

    catalog_table: str
    batch_bucket: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class ApplyProductFixesSettings:
    """The environment of catalog/apply_product_fixes."""

    catalog_table: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class OnTableChangeSettings:
    """The environment of catalog/on_table_change."""

    event_bus: str
    rejects_queue_url: str


@dataclass(frozen=True, slots=True)
class UpdateProjectionsSettings:
    """The environment of catalog/update_projections."""

    catalog_table: str
    rejects_queue_url: str


@dataclass(frozen=True, slots=True)
class ReleaseExpiredReservationsSettings:
    """The environment of catalog/release_expired_reservations."""

    catalog_table: str


@dataclass(frozen=True, slots=True)
class RemoveVanishedProductsSettings:
    """The environment of catalog/remove_vanished_products."""

    catalog_table: str
    batch_bucket: str
    inbox_queue_url: str
    dead_letter_queue_url: str

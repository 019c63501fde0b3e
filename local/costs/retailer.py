"""Whose bill it is: a retailer's volumes of a month, and the units of work that they come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

from local.costs.assumptions import Assumptions


@dataclass(frozen=True, slots=True)
class Retailer:
    """Volumes of a month, but for what there is: `skus` (variants) in products of `variants` each, connected `shops`,
    `subscriptions`, which are billed once a month. Of each imported file all rows are counted, of a shop each night's
    reconciliation, of each quality check all products. Raises ValueError that names the volume."""

    skus: int = 20_000
    variants: int = 4
    shops: int = 1
    webhooks: int = 200_000
    imports_per_month: int = 4
    api_requests: int = 1_000_000
    reservations: int = 10_000
    product_changes: int = 1_000
    quality_checks: int = 4
    usage_events: int = 10_000
    subscriptions: int = 500

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 0:
                raise ValueError(f"{field.name} cannot be negative")
        if not self.variants:
            raise ValueError("variants has to be at least 1: a product has a variant")
        if self.webhooks and not self.shops:
            raise ValueError("webhooks come from shops: give at least one shop, or no webhooks")

    @property
    def products(self) -> Decimal:
        return Decimal(self.skus) / self.variants

    def work(self, assumed: Assumptions) -> Iterator[tuple[str, Decimal]]:
        """(unit of work, how many in a month). What goes on by the clock alone is not part of it."""
        mix = assumed.mix
        for unit in ("product_read", "product_search", "price_history_page"):
            yield unit, mix[unit] * self.api_requests
        for unit in ("webhook_changed", "webhook_unchanged", "webhook_stock"):
            yield unit, mix[unit] * self.webhooks
        rows = Decimal(self.skus) * self.imports_per_month
        for unit in ("import_row_created", "import_row_updated", "import_row_unchanged"):
            yield unit, mix[unit] * rows
        requests = Decimal(self.api_requests + 2 * self.reservations + self.product_changes + self.usage_events)
        yield "key_check", mix["key_check"] * requests
        yield "reservation", (1 - mix["reservation_expired"]) * self.reservations
        yield "reservation_expired", mix["reservation_expired"] * self.reservations
        yield "product_changed", Decimal(self.product_changes)
        yield "product_scored", self.products * self.quality_checks
        yield "usage_event", Decimal(self.usage_events)
        yield "subscription_billed", Decimal(self.subscriptions)
        yield "invoice_drawn", mix["invoice_drawn"] * self.subscriptions
        if self.shops:
            yield "bulk_product_unchanged", self.products * assumed.month["days"]


DEFAULT = Retailer()
"""A retailer of middling size: 5,000 products in one shop, a file and a check a week, a request every three seconds."""

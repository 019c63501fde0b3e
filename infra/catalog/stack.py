"""Products, prices and stock: the API, the batches that come in, and what follows from every change of the table."""

from __future__ import annotations

from infra.catalog import (
    api,
    apply_product_batch,
    apply_product_fixes,
    on_table_change,
    release_expired_reservations,
    remove_vanished_products,
    update_projections,
)
from infra.catalog.data import CatalogData
from infra.constructs.context_stack import ContextStack, Site
from infra.shared.stack import SharedStack


class CatalogStack(ContextStack):
    def __init__(self, site: Site, *, shared: SharedStack, data: CatalogData, authorizer_id: str) -> None:
        super().__init__(site, "catalog")
        api.add(self, shared=shared, table=data.table, authorizer_id=authorizer_id)
        apply_product_batch.add(self, bus=shared.bus, table=data.table)
        apply_product_fixes.add(self, bus=shared.bus, table=data.table)
        remove_vanished_products.add(self, bus=shared.bus, table=data.table)
        on_table_change.add(self, bus=shared.bus, table=data.table)
        update_projections.add(self, table=data.table)
        release_expired_reservations.add(self, table=data.table)

"""The catalogue's table. The store's docstring lists the access patterns that each index serves."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.context_table import ContextTable, Index

INDEXES = (
    Index("listing", "listing_pk", "listing_sk"),
    Index("brand", "brand_pk", "brand_sk"),
    Index("category", "category_pk", "category_sk"),
    Index("due", "due_shard", "due_at"),
)


class CatalogData(ContextStack):
    def __init__(self, site: Site) -> None:
        super().__init__(site, "catalog", part="data")
        self.table = ContextTable(self, indexes=INDEXES)

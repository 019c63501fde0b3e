"""What quality keeps: its copy of the products, rules, jobs, metrics."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.context_table import ContextTable, Index

INDEXES = (Index("listing", "listing_pk", "listing_sk"),)


class QualityData(ContextStack):
    def __init__(self, site: Site) -> None:
        super().__init__(site, "quality", part="data")
        self.table = ContextTable(self, indexes=INDEXES)

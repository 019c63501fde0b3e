"""What billing keeps: usage apart from all else, because it is written all day and told to nobody; documents in a bucket."""

from __future__ import annotations

from infra.billing import document_bucket
from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.context_table import ContextTable, Index

INDEXES = (Index("listing", "listing_pk", "listing_sk"), Index("due", "due_pk", "due_sk"))


class BillingData(ContextStack):
    def __init__(self, site: Site) -> None:
        super().__init__(site, "billing", part="data")
        self.table = ContextTable(self, indexes=INDEXES)
        self.usage = ContextTable(self, name="usage", stream=False, construct_id="usage")
        self.documents = document_bucket.add(self)

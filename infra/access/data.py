"""The access table: clients, and API keys by their hash."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.context_table import ContextTable


class AccessData(ContextStack):
    def __init__(self, site: Site) -> None:
        super().__init__(site, "access", part="data")
        self.table = ContextTable(self, stream=False)

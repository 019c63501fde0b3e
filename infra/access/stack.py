"""Who may do what: the API of keys and users, the authorizer of all other APIs, and the operators' own door."""

from __future__ import annotations

from infra.access import administer, api, authorizer
from infra.access.data import AccessData
from infra.constructs.context_stack import ContextStack, Site
from infra.shared.stack import SharedStack


class AccessStack(ContextStack):
    def __init__(self, site: Site, *, shared: SharedStack, data: AccessData) -> None:
        super().__init__(site, "access")
        self.authorizer_id = authorizer.add(self, shared=shared, table=data.table)
        api.add(self, shared=shared, table=data.table, authorizer_id=self.authorizer_id)
        administer.add(self, shared=shared, table=data.table)

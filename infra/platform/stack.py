"""The API's description of itself, open to everybody, and the deep health check, for operators."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack, Site
from infra.platform import api_reference, check_health
from infra.shared.stack import SharedStack


class PlatformStack(ContextStack):
    """Described last: what it checks is what the other stacks made."""

    def __init__(self, site: Site, *, shared: SharedStack, authorizer_id: str) -> None:
        super().__init__(site, "platform")
        api_reference.add(self, api=shared.api)
        check_health.add(self, shared=shared, authorizer_id=authorizer_id)

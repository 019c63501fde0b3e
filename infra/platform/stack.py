"""The API's description of itself: no data, no authorizer."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack, Site
from infra.platform import api_reference
from infra.shared.stack import SharedStack


class PlatformStack(ContextStack):
    def __init__(self, site: Site, *, shared: SharedStack) -> None:
        super().__init__(site, "platform")
        api_reference.add(self, api=shared.api)

"""The outside services that need other treatment than the usual, and why."""

from __future__ import annotations

from skuflow.platform.outbound.calls import Service

_KNOWN = {
    # A shop that fails is usually down for minutes, and each call of ours takes part of its rate limit.
    "shopify": Service("shopify", failures=3, open_for=300, read_timeout=20.0),
    # Every try is paid for, and a page that is blocked stays so for a while; rendering it takes most of a minute.
    "zenrows": Service("zenrows", failures=5, open_for=600, read_timeout=60.0),
}


def service(name: str) -> Service:
    """How the outside service `name` is treated; one that is not known is treated as usual (5 failures, 60 s)."""
    return _KNOWN.get(name) or Service(name)

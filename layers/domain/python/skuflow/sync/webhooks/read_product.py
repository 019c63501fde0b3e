"""A product that is too large for a webhook, read from Shopify page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

from skuflow.kernel.clock import Clock
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.outbound.calls import ProviderFailed
from skuflow.sync.shopify.admin import Questions, next_page, understanding
from skuflow.sync.shopify.fields import Taken
from skuflow.sync.shopify.payload import invalid
from skuflow.sync.shopify.product import nodes_of, product_from_graphql
from skuflow.sync.shopify.queries import PRODUCT, PRODUCT_VARIANTS

MAX_PAGES = 60
"""More than Shopify's 2,048 variants need: beyond it its cursor goes in circles."""


def read_product(
    client_id: ClientId, shop: str, gid: str, *, currency: str, admin: Questions, clock: Clock
) -> Taken | None:
    """The product `gid` with all its variants, as it is now; None if it is gone. The state is that of the first question: what
    changes meanwhile has a webhook of its own. Raises what `Questions.query` raises, and Invalid if it is no product."""
    asked_at = clock()
    node = admin.query(client_id, shop, PRODUCT, {"id": gid}).get("product")
    if not isinstance(node, Mapping):
        return None
    variants, after = _page(node)
    for _ in range(MAX_PAGES):
        if after is None:
            break
        more = admin.query(client_id, shop, PRODUCT_VARIANTS, {"id": gid, "after": after}).get("product")
        if not isinstance(more, Mapping):
            return None
        found, after = _page(more)
        variants += found
    if after is not None:
        raise ProviderFailed(f"Shopify's pages of the variants of {gid} do not end")
    numbered = list(enumerate(variants, start=1))
    taken = product_from_graphql(
        (1, node), numbered, nodes_of(node, "media"), currency=currency, seen_at=asked_at, all_variants=True
    )
    if taken.product is None:
        fault = taken.rejects[0]
        raise invalid(fault.column, f"{fault.reason} ({fault.value!r})", fault.hint)
    if taken.product.observed_at:
        return taken
    at = asked_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return replace(taken, product=replace(taken.product, observed_at=at))


def _page(node: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], str | None]:
    """The variants on a page of the product, and where the next page begins. Raises ProviderFailed if it does not tell: what is on
    no page counts as gone from the product."""
    with understanding(PRODUCT_VARIANTS):
        found = node["variants"]
        return [{**one} for one in found["nodes"]], next_page(found["pageInfo"])

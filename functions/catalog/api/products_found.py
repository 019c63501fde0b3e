"""The product that a path names, if there is one for the caller."""

from __future__ import annotations

from functions.catalog.api.versions import path_id
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.model import Product, visible
from skuflow.kernel.errors import NotFound
from skuflow.platform.http_api import Request

PUBLISHED = "active"
"""The status of products that anybody may see."""


def product_of(request: Request, deps: ApiDeps) -> Product:
    """Raises NotFound: absent, removed and another client's look alike, and so does what is not published to a key that stands
    in a web page."""
    product_id = path_id(request, "product_id")
    product = visible(deps.products.get_many(request.client_id, [product_id]).get(product_id))
    if product is None or (request.is_public and product.status != PUBLISHED):
        raise NotFound("there is no such product")
    return product


def variant_ids(product: Product) -> frozenset[str]:
    return frozenset(variant.variant_id for variant in product.variants)

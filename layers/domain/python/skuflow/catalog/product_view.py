"""Products as the API shows them."""

from __future__ import annotations

from typing import Any

from skuflow.catalog.html import plain_text
from skuflow.catalog.inventory import ProductStock, VariantStock, available, is_available
from skuflow.catalog.list_products import availability
from skuflow.catalog.model import Product, Variant
from skuflow.kernel.clock import iso
from skuflow.kernel.money import Money


def money_view(money: Money | None) -> dict[str, Any] | None:
    return {"amount_minor": money.minor, "currency": money.currency} if money else None


def product_view(product: Product, stock: ProductStock | None, *, with_cost: bool) -> dict[str, Any]:
    """`with_cost`: costs are for those who keep the catalogue, not for a key that stands in a web page."""
    stocked = {v.variant_id: v for v in stock.variants} if stock else {}
    return {
        "product_id": product.product_id,
        "source": product.source,
        "key": product.key,
        "title": product.title,
        "description_html": product.description_html,
        "description_text": plain_text(product.description_html),
        "brand": product.brand,
        "category": list(product.category),
        "product_type": product.product_type,
        "tags": list(product.tags),
        "status": product.status,
        "url": product.url,
        "images": [{"url": image.url, "alt": image.alt} for image in product.all_images],
        "attributes": {name: list(values) for name, values in product.attributes.items()},
        "external_ids": dict(product.external_ids),
        "availability": availability(product, stock),
        "variants": [_variant_view(v, stocked.get(v.variant_id), with_cost) for v in product.variants],
        "version": product.version,
        "created_at": iso(product.created_at),
        "updated_at": iso(product.updated_at),
        "observed_at": iso(product.observed_at) if product.observed_at else None,
    }


def _variant_view(variant: Variant, stock: VariantStock | None, with_cost: bool) -> dict[str, Any]:
    return {
        "variant_id": variant.variant_id,
        "sku": variant.sku,
        "options": [{"name": name, "value": value} for name, value in variant.options],
        "price": money_view(variant.price),
        "compare_at": money_view(variant.compare_at),
        "cost": money_view(variant.cost) if with_cost else None,
        "gtin": variant.gtin,
        "mpn": variant.mpn,
        "weight_grams": variant.weight_grams,
        "image": variant.image,
        "stock": {
            "tracked": stock.tracked if stock else False,
            "available": available(stock) if stock else None,
            "backorder": stock.backorder if stock else False,
            "in_stock": is_available(stock) if stock else True,
        },
    }

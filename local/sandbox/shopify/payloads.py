"""Bodies of webhooks: the REST-shaped resources of version 2026-10. Moments are in the shop's own time zone, ids are numbers."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from local.sandbox.clock import from_iso
from local.sandbox.shopify.model import BulkOperation, Customer, Image, Product, Variant
from local.sandbox.shopify.shop import Shop, gid
from local.sandbox.shopify.views import selected

Body = dict[str, Any]

VARIANTS_AT_MOST = 100
"""More are cut off; `variant_gids` lists them all."""


def local(shop: Shop, moment: str) -> str:
    return from_iso(moment).astimezone(ZoneInfo(shop.state.time_zone)).isoformat(timespec="seconds")


def product_body(shop: Shop, product: Product) -> Body:
    images = [_image(shop, product, image, position) for position, image in enumerate(product.images, 1)]
    active = product.status == "ACTIVE"
    category = product.category
    return {
        "admin_graphql_api_id": gid("Product", product.id),
        "body_html": product.description_html,
        "created_at": local(shop, product.created_at),
        "handle": product.handle,
        "id": product.id,
        "product_type": product.product_type,
        "published_at": local(shop, product.created_at) if active else None,
        "template_suffix": None,
        "title": product.title,
        "updated_at": local(shop, product.updated_at),
        "vendor": product.vendor,
        "status": product.status.lower(),
        "published_scope": "web",
        "tags": ", ".join(sorted(product.tags)),
        "variants": [_variant(shop, product, variant) for variant in product.variants[:VARIANTS_AT_MOST]],
        "options": _options(product),
        "images": images,
        "image": images[0] if images else None,
        "media": [_media(product, image, position) for position, image in enumerate(product.images, 1)],
        "variant_gids": [
            {
                "admin_graphql_api_id": gid("ProductVariant", variant.id),
                "updated_at": variant.updated_at.replace("Z", ".000Z"),
            }
            for variant in product.variants
        ],
        "has_variants_that_requires_components": False,
        "category": category
        and {
            "admin_graphql_api_id": f"gid://shopify/TaxonomyCategory/{category.tc_id}",
            "name": category.name,
            "full_name": category.full_name,
        },
    }


def _variant(shop: Shop, product: Product, variant: Variant) -> Body:
    options = [option["value"] for option in selected(product, variant)]
    padded = [*options, None, None, None]
    return {
        "admin_graphql_api_id": gid("ProductVariant", variant.id),
        "barcode": variant.barcode,
        "compare_at_price": variant.compare_at_price,
        "created_at": local(shop, variant.created_at),
        "id": variant.id,
        "inventory_policy": variant.policy.lower(),
        "position": variant.position,
        "price": variant.price,
        "product_id": product.id,
        "sku": variant.sku,
        "taxable": variant.taxable,
        "title": variant.title,
        "updated_at": local(shop, variant.updated_at),
        "option1": padded[0],
        "option2": padded[1],
        "option3": padded[2],
        "image_id": variant.image_id,
        "inventory_item_id": variant.item_id,
        "inventory_quantity": variant.quantity,
        "old_inventory_quantity": variant.quantity,
    }


def _options(product: Product) -> list[Body]:
    names = product.option_names or ["Title"]
    values = [[option["value"] for option in selected(product, variant)] for variant in product.variants]
    return [
        {
            "name": name,
            "id": product.id + position,
            "product_id": product.id,
            "position": position,
            "values": list(dict.fromkeys(each[position - 1] for each in values)),
        }
        for position, name in enumerate(names, 1)
    ]


def _image(shop: Shop, product: Product, image: Image, position: int) -> Body:
    return {
        "id": image.id,
        "position": position,
        "product_id": product.id,
        "created_at": local(shop, product.created_at),
        "updated_at": local(shop, product.updated_at),
        "alt": image.alt,
        "width": 1600,
        "height": 1600,
        "src": image.url,
        "variant_ids": [variant.id for variant in product.variants if variant.image_id == image.id],
        "admin_graphql_api_id": gid("ProductImage", image.id),
    }


def _media(product: Product, image: Image, position: int) -> Body:
    return {
        "id": image.id,
        "product_id": product.id,
        "position": position,
        "alt": image.alt,
        "status": "READY",
        "media_content_type": "IMAGE",
        "preview_image": {"width": 1600, "height": 1600, "src": image.url, "status": "READY"},
        "admin_graphql_api_id": gid("MediaImage", image.id),
    }


def stock_body(shop: Shop, variant: Variant) -> Body:
    location = shop.state.location_id
    return {
        "inventory_item_id": variant.item_id,
        "location_id": location,
        "available": variant.quantity,
        "updated_at": local(shop, variant.updated_at),
        "admin_graphql_api_id": f"gid://shopify/InventoryLevel/{location}?inventory_item_id={variant.item_id}",
    }


def bulk_body(shop: Shop, operation: BulkOperation) -> Body:
    """There is no URL in it: that has to be asked for."""
    return {
        "admin_graphql_api_id": gid("BulkOperation", operation.id),
        "completed_at": local(shop, operation.completed_at) if operation.completed_at else None,
        "created_at": local(shop, operation.created_at),
        "error_code": operation.error_code.lower() if operation.error_code else None,
        "status": operation.status.lower(),
        "type": "query",
    }


def shop_body(shop: Shop) -> Body:
    state = shop.state
    return {
        "id": state.id,
        "name": state.name,
        "email": state.email,
        "domain": state.domain,
        "myshopify_domain": state.domain,
        "currency": state.currency,
        "iana_timezone": state.time_zone,
        "plan_display_name": state.plan,
        "primary_location_id": state.location_id,
        "shop_owner": "Robin Ferry",
        "country_code": "CA",
        "province_code": "NS",
        "city": "Lunenburg",
        "weight_unit": "kg",
        "password_enabled": False,
        "has_storefront": True,
    }


def compliance_body(shop: Shop, topic: str, customer: Customer | None, orders: list[int]) -> Body:
    body: Body = {"shop_id": shop.state.id, "shop_domain": shop.state.domain}
    if customer is None:
        return body
    body["customer"] = {"id": customer.id, "email": customer.email, "phone": customer.phone}
    if topic == "customers/data_request":
        return {**body, "orders_requested": orders, "data_request": {"id": shop.new_id()}}
    return {**body, "orders_to_redact": orders}

"""Records as the objects of the GraphQL schema: dictionaries by field name, with connections and other objects behind calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.sandbox.shopify.connections import Connection, View, matches
from local.sandbox.shopify.model import Image, Product, Variant
from local.sandbox.shopify.shop import Shop, gid

Pair = tuple[Product, Variant]


def money_view(amount: str, currency: str) -> View:
    return {"amount": amount, "currencyCode": currency}


@dataclass
class Views:
    """Of one shop's catalogue."""

    shop: Shop

    def product(self, product: Product) -> View:
        category = product.category
        active = product.status == "ACTIVE"
        return {
            "__typename": "Product",
            "id": gid("Product", product.id),
            "legacyResourceId": str(product.id),
            "title": product.title,
            "handle": product.handle,
            "descriptionHtml": product.description_html,
            "vendor": product.vendor,
            "productType": product.product_type,
            "tags": sorted(product.tags),
            "status": product.status,
            "createdAt": product.created_at,
            "updatedAt": product.updated_at,
            "publishedAt": product.created_at if active else None,
            "onlineStoreUrl": f"https://{self.shop.state.domain}/products/{product.handle}" if active else None,
            "category": category
            and {
                "__typename": "TaxonomyCategory",
                "id": f"gid://shopify/TaxonomyCategory/{category.tc_id}",
                "name": category.name,
                "fullName": category.full_name,
                "isLeaf": True,
            },
            "totalInventory": sum(variant.quantity for variant in product.variants),
            "tracksInventory": any(variant.tracked for variant in product.variants),
            "hasOnlyDefaultVariant": not product.option_names,
            "options": lambda _info, first=None: self._options(product)[:first],
            "variantsCount": {"count": len(product.variants), "precision": "EXACT"},
            "featuredMedia": lambda _info: self.media(product.images[0]) if product.images else None,
            "media": self._media_of(product.images),
            "variants": Connection(
                items=lambda _arguments: [(product, variant) for variant in product.variants],
                view=self.variant,
                order=variant_order,
            ),
        }

    def variant(self, pair: Pair) -> View:
        product, variant = pair
        image = product.image(variant.image_id)
        return {
            "__typename": "ProductVariant",
            "id": gid("ProductVariant", variant.id),
            "legacyResourceId": str(variant.id),
            "title": variant.title,
            "displayName": f"{product.title} - {variant.title}",
            "sku": variant.sku,
            "barcode": variant.barcode,
            "price": variant.price,
            "compareAtPrice": variant.compare_at_price,
            "position": variant.position,
            "inventoryQuantity": variant.quantity,
            "inventoryPolicy": variant.policy,
            "availableForSale": not variant.tracked or variant.policy == "CONTINUE" or variant.quantity > 0,
            "taxable": variant.taxable,
            "createdAt": variant.created_at,
            "updatedAt": variant.updated_at,
            "selectedOptions": selected(product, variant),
            "image": self._image(image) if image else None,
            "media": self._media_of([image] if image else []),
            "inventoryItem": lambda _info: self.inventory_item(pair),
            "product": lambda _info: self.product(product),
        }

    def inventory_item(self, pair: Pair) -> View:
        _product, variant = pair
        cost = variant.unit_cost
        return {
            "__typename": "InventoryItem",
            "id": gid("InventoryItem", variant.item_id),
            "legacyResourceId": str(variant.item_id),
            "sku": variant.sku,
            "tracked": variant.tracked,
            "unitCost": money_view(cost, self.shop.state.currency) if cost else None,
            "requiresShipping": True,
            "createdAt": variant.created_at,
            "updatedAt": variant.updated_at,
            "measurement": {
                "id": gid("InventoryItemMeasurement", variant.item_id),
                "weight": {"unit": variant.weight_unit, "value": variant.weight},
            },
            "variant": lambda _info: self.variant(pair),
            "inventoryLevels": Connection(
                items=lambda _arguments: [pair], view=self._level, order=lambda found, _key: (found[1].item_id,)
            ),
        }

    def media(self, image: Image) -> View:
        shown = self._image(image)
        return {
            "__typename": "MediaImage",
            "id": gid("MediaImage", image.id),
            "alt": image.alt,
            "mediaContentType": "IMAGE",
            "status": "READY",
            "mimeType": "image/jpeg",
            "image": shown,
            "preview": {"image": shown},
        }

    def _image(self, image: Image) -> View:
        return {
            "id": gid("ImageSource", image.id),
            "altText": image.alt,
            "url": image.url,
            "width": 1600,
            "height": 1600,
        }

    def _media_of(self, images: Sequence[Image]) -> Connection[tuple[int, Image]]:
        return Connection(
            items=lambda _arguments: list(enumerate(images, 1)),
            view=lambda found: self.media(found[1]),
            order=lambda found, key: (found[1].id,) if key == "ID" else found[0:1],
        )

    def _level(self, pair: Pair) -> View:
        _product, variant = pair
        shop = self.shop.state
        counts = {"available": variant.quantity, "on_hand": variant.quantity, "committed": 0, "incoming": 0}
        return {
            "__typename": "InventoryLevel",
            "id": f"gid://shopify/InventoryLevel/{shop.location_id}?inventory_item_id={variant.item_id}",
            "updatedAt": variant.updated_at,
            "location": {"id": gid("Location", shop.location_id), "name": "Shop location", "isActive": True},
            "item": lambda _info: self.inventory_item(pair),
            "quantities": lambda _info, names: [{"name": name, "quantity": counts.get(name, 0)} for name in names],
        }

    def _options(self, product: Product) -> list[View]:
        names = product.option_names or ["Title"]
        values = [_values(product, index) for index in range(len(names))]
        return [
            {
                "id": gid("ProductOption", product.id + index),
                "name": name,
                "position": index,
                "values": values[index - 1],
            }
            for index, name in enumerate(names, 1)
        ]


def selected(product: Product, variant: Variant) -> list[View]:
    """The variant's options; a product without any has the one that Shopify gives it."""
    pairs = (
        zip(product.option_names, variant.options, strict=True)
        if product.option_names
        else [("Title", "Default Title")]
    )
    return [{"name": name, "value": value} for name, value in pairs]


def _values(product: Product, index: int) -> list[str]:
    found = [variant.options[index] for variant in product.variants if variant.options]
    return list(dict.fromkeys(found)) or ["Default Title"]


def product_order(product: Product, key: str) -> tuple[Any, ...]:
    by = {
        "TITLE": product.title,
        "CREATED_AT": product.created_at,
        "UPDATED_AT": product.updated_at,
        "VENDOR": product.vendor,
        "PRODUCT_TYPE": product.product_type,
    }
    return (by[key], product.id) if key in by else (product.id,)


def variant_order(pair: Pair, key: str) -> tuple[Any, ...]:
    variant = pair[1]
    by = {
        "POSITION": variant.position,
        "SKU": variant.sku,
        "TITLE": variant.title,
        "INVENTORY_QUANTITY": variant.quantity,
    }
    return (by[key], variant.id) if key in by else (variant.id,)


def found_products(shop: Shop, arguments: Mapping[str, Any]) -> list[Product]:
    query = arguments.get("query")
    products = list(shop.state.products.values())
    return [product for product in products if matches(query, _product_fields(product))] if query else products


def found_variants(shop: Shop, arguments: Mapping[str, Any]) -> list[Pair]:
    query = arguments.get("query")
    pairs = shop.variants()
    return [pair for pair in pairs if matches(query, _variant_fields(pair))] if query else pairs


def _product_fields(product: Product) -> dict[str, str]:
    return {
        "id": str(product.id),
        "title": product.title,
        "handle": product.handle,
        "vendor": product.vendor,
        "product_type": product.product_type,
        "status": product.status,
        "created_at": product.created_at,
        "updated_at": product.updated_at,
    }


def _variant_fields(pair: Pair) -> dict[str, str]:
    product, variant = pair
    return {
        "id": str(variant.id),
        "product_id": str(product.id),
        "sku": variant.sku,
        "barcode": variant.barcode or "",
        "title": variant.title,
        "updated_at": variant.updated_at,
    }

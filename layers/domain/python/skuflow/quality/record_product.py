"""Keep what the catalogue tells of a product. News may come twice, late, in any order, to several workers at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from skuflow.contracts.catalog import Amount, ProductChanged, ProductRemoved, VariantState
from skuflow.kernel.clock import parse_iso
from skuflow.kernel.errors import Malformed
from skuflow.kernel.money import Money
from skuflow.kernel.tenancy import ClientId
from skuflow.quality.model import Picture, Snapshot, SnapshotVariant
from skuflow.quality.products_store import ProductsStore


def record_product(client_id: ClientId, told: ProductChanged, products: ProductsStore, now: datetime) -> bool:
    """Keep `told`, once all of its parts are there and unless something newer is known; whether the copy is another now.

    A version that comes whole is one request. A part is a look at what is known, a write and a look at the other parts; the last
    one also writes the product and clears up. Whoever of several workers sees all parts does that, and it does not matter who."""
    if not 1 <= told.part <= told.parts:
        raise Malformed(f"part {told.part} of {told.parts} of a product")
    if told.parts == 1:
        return products.keep(client_id, snapshot([told]))
    if products.version(client_id, told.product_id) >= told.product_version:
        return False
    products.add_part(client_id, told, now)
    parts = products.parts(client_id, told.product_id, told.product_version)
    if len(parts) < told.parts:
        return False
    kept = products.keep(client_id, snapshot(parts))
    products.drop_parts(client_id, parts)
    return kept


def record_removal(client_id: ClientId, told: ProductRemoved, products: ProductsStore) -> bool:
    """Forget the product, unless something newer is known; whether the copy is another now. One request."""
    return products.bury(client_id, told.product_id, told.product_version)


def snapshot(parts: Sequence[ProductChanged]) -> Snapshot:
    """The product that all `parts` of one version tell, in order. Raises Malformed if a time or an amount is none."""
    first = parts[0]
    try:
        return Snapshot(
            product_id=first.product_id,
            product_version=first.product_version,
            updated_at=parse_iso(first.updated_at),
            observed_at=parse_iso(first.observed_at) if first.observed_at else None,
            source=first.source,
            title=first.title,
            description_html=first.description_html,
            brand=first.brand,
            category=first.category,
            product_type=first.product_type,
            tags=first.tags,
            status=first.status,
            url=first.url,
            images=tuple(Picture(image.url, image.alt) for image in first.images),
            attributes=first.attributes,
            variants=tuple(_variant(state) for part in parts for state in part.variants),
            created_at=parse_iso(first.created_at) if first.created_at else None,
            cut=first.cut,
        )
    except ValueError as error:
        raise Malformed(f"not a product as the catalogue tells it: {error}") from None


def _variant(state: VariantState) -> SnapshotVariant:
    return SnapshotVariant(
        variant_id=state.variant_id,
        sku=state.sku,
        gtin=state.gtin,
        mpn=state.mpn,
        options=state.options,
        price=_money(state.price),
        compare_at=_money(state.compare_at),
        cost=_money(state.cost),
        weight_grams=state.weight_grams,
        image=state.image,
    )


def _money(amount: Amount | None) -> Money | None:
    return Money(amount.amount_minor, amount.currency) if amount is not None else None

"""Made-up products in any number, the same ones for the same seed."""

from __future__ import annotations

import random

from local.sandbox.clock import Clock
from local.sandbox.shopify.model import Category, Image, Product, Variant
from local.sandbox.shopify.shop import Shop

_WHAT = ("Jacket", "Kettle", "Lantern", "Mug", "Notebook", "Scarf", "Stool", "Tent", "Throw", "Wallet")
_HOW = ("Coastal", "Everyday", "Folding", "Highland", "Little", "Quiet", "Sturdy", "Trail", "Waxed", "Winter")
_COLOURS = ("Moss", "Slate", "Sand", "Ink", "Rust", "Chalk")
_LARGE_EVERY = 3
"""Each third product has ids that a double cannot hold."""

MOST_VARIANTS = 2048


def seed(shop: Shop, clock: Clock, *, products: int = 20, variants_per_product: int = 3, seed: int = 1) -> None:
    """Add so many products, without telling anybody. Raises ValueError for more variants than Shopify allows."""
    if not 1 <= variants_per_product <= MOST_VARIANTS:
        raise ValueError(f"variants_per_product: give 1 to {MOST_VARIANTS}")
    chance, now = random.Random(seed), clock.instant()  # noqa: S311 - has to be repeatable
    for number in range(1, products + 1):
        product = _product(shop, chance, number, variants_per_product, now)
        shop.state.products[product.id] = product
    shop.index()


def _product(shop: Shop, chance: random.Random, number: int, variants: int, now: str) -> Product:
    large = number % _LARGE_EVERY == 0
    what = chance.choice(_WHAT)
    title = f"{chance.choice(_HOW)} {what} {number}"
    handle = title.lower().replace(" ", "-")
    product = Product(
        shop.new_id(large=large), title, handle, chance.choice(("Kelp & Co", "Northgate", "Alder Works")), now, now,
        description_html=f"<p>{title}, made to last.</p>", product_type=what, tags=sorted(chance.sample(_COLOURS, 2)),
        category=Category("hg-13", "Home", f"Home & Garden > {what}s"), option_names=["Colour", "Size"] if variants > 1 else [],
    )  # fmt: skip
    product.images = [Image(shop.new_id(large=large), f"https://cdn.shopify.com/s/files/1/0600/{handle}.jpg", title)]
    for index in range(variants):
        product.variants.append(_variant(shop, chance, product, index, variants, large=large, now=now))
    return product


def _variant(
    shop: Shop, chance: random.Random, product: Product, index: int, of: int, *, large: bool, now: str
) -> Variant:
    options = [_COLOURS[index % len(_COLOURS)], str(index // len(_COLOURS) + 1)] if of > 1 else []
    cents = chance.randrange(499, 24_999)
    return Variant(
        shop.new_id(large=large), shop.new_id(large=large), options, f"{product.id % 1_000_000}-{index + 1:04}",
        f"{cents // 100}.{cents % 100:02}", now, now, index + 1, quantity=chance.randrange(0, 60), weight=250.0,
        unit_cost=f"{cents // 250}.00", image_id=product.images[0].id if index == 0 else None,
    )  # fmt: skip

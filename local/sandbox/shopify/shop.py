"""A shop at work: finds things, makes ids, and says what has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from local.sandbox.shopify.model import Product, ShopState, Variant

_BEYOND_FLOATS = 9_007_199_254_740_993
"""2^53 + 1: the first whole number that a double cannot hold. Shopify's ids have grown past it."""

_CUSTOMARY = 7_300_000_000_000


@dataclass
class Shop:
    """`state` with look-ups that are rebuilt whenever products come, go or gain variants."""

    state: ShopState
    _of_variant: dict[int, tuple[Product, Variant]] = field(default_factory=dict)
    _of_item: dict[int, tuple[Product, Variant]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.index()

    def index(self) -> None:
        pairs = [(product, variant) for product in self.state.products.values() for variant in product.variants]
        self._of_variant = {variant.id: (product, variant) for product, variant in pairs}
        self._of_item = {variant.item_id: (product, variant) for product, variant in pairs}

    def new_id(self, *, large: bool = False) -> int:
        """An id that no other thing of this shop has. `large` ones do not survive a conversion to a double."""
        self.state.next_id += 1
        return (_BEYOND_FLOATS if large else _CUSTOMARY) + 2 * self.state.next_id

    def product(self, product_id: int) -> Product | None:
        return self.state.products.get(product_id)

    def variant(self, variant_id: int) -> tuple[Product, Variant] | None:
        return self._of_variant.get(variant_id)

    def inventory_item(self, item_id: int) -> tuple[Product, Variant] | None:
        return self._of_item.get(item_id)

    def variants(self) -> list[tuple[Product, Variant]]:
        return list(self._of_variant.values())


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def split_gid(text: str) -> tuple[str, int] | None:
    """`gid://shopify/Product/1` -> ("Product", 1); None if it is no such id."""
    parts = text.split("/")
    if len(parts) != 5 or text[:14] != "gid://shopify/" or not parts[4].isdigit():
        return None
    return parts[3], int(parts[4])


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


N = TypeVar("N", bound=_Numbered)


def by_id(things: Iterable[N], number: int) -> N | None:
    return next((each for each in things if each.id == number), None)


def by_gid(things: Iterable[N], text: str) -> N | None:
    """The thing that a global id names, whatever kind it says."""
    split = split_gid(text)
    return by_id(things, split[1]) if split else None

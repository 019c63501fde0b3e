"""A shop's catalogue as the story means it: rows to upload, and what must be there afterwards, worked out without our code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

HEADER = "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price"


@dataclass(frozen=True, slots=True)
class Unit:
    """One sellable thing; `price` in minor units."""

    handle: str
    title: str
    size: str
    sku: str
    quantity: int
    price: int

    def row(self) -> str:
        amount = f"{self.price // 100}.{self.price % 100:02d}"
        return f"{self.handle},{self.title},Harbour,Size,{self.size},{self.sku},shopify,{self.quantity},{amount}"


@dataclass(frozen=True, slots=True)
class Shelf:
    units: tuple[Unit, ...]

    @classmethod
    def of(cls, products: int, *, sizes: str = "SM", price: int = 2_000) -> Shelf:
        return cls(
            tuple(
                Unit(f"shirt-{n}", f"Shirt {n}", size, f"SKU-{n}-{size}", 5 + place, price + 10 * n + place)
                for n in range(products)
                for place, size in enumerate(sizes)
            )
        )

    def as_csv(self) -> bytes:
        return "\n".join([HEADER, *(unit.row() for unit in self.units), ""]).encode()

    def repriced(self, change: Mapping[str, int]) -> Shelf:
        """The shelf with new prices (minor units) for the SKUs that `change` names."""
        return Shelf(tuple(replace(unit, price=change.get(unit.sku, unit.price)) for unit in self.units))

    def restocked(self, change: Mapping[str, int]) -> Shelf:
        return Shelf(tuple(replace(unit, quantity=change.get(unit.sku, unit.quantity)) for unit in self.units))

    def prices(self) -> dict[str, int]:
        return {unit.sku: unit.price for unit in self.units}


def histories(*shelves: Shelf) -> dict[str, list[int]]:
    """SKU -> the prices it had, one after the other, each change once, if the shelves were uploaded in this order."""
    found: dict[str, list[int]] = {}
    for shelf in shelves:
        for sku, price in shelf.prices().items():
            seen = found.setdefault(sku, [])
            if seen[-1:] != [price]:
                seen.append(price)
    return found

"""The lines of one heap made into products: children joined to their parents, in whatever order they came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from skuflow.sync.reading.outcome import RowReject, shown
from skuflow.sync.runs.lines import head_of
from skuflow.sync.runs.spool import Row
from skuflow.sync.shopify.fields import Taken
from skuflow.sync.shopify.product import MEDIA, Node, Numbered, nodes_of, product_from_graphql
from skuflow.sync.shopify.values import gid_parts

_DECODER = msgspec.json.Decoder(float_hook=str)
"""Decimals stay text: a float never comes near a price."""
_PICTURE_KEYS = frozenset({"image", "url", "src", "originalSrc"})
_AGAIN = "leave one of the two out"


@dataclass(frozen=True, slots=True)
class Joined:
    """What a heap holds. `products`: what became of each product line, in order of the file. `keys`: the numbers of all products
    that any line speaks of, sorted. Counts: `found` products, `variants`, lines `ignored` (repeats and unknown things)."""

    products: tuple[Taken, ...]
    keys: tuple[str, ...]
    rejects: tuple[RowReject, ...]
    warnings: tuple[RowReject, ...]
    found: int
    variants: int
    ignored: int


class _Family:
    """A product and its children while a heap is read."""

    __slots__ = ("is_damaged", "media", "product", "variants")

    def __init__(self) -> None:
        self.product: Numbered | None = None
        self.variants: dict[object, Numbered] = {}
        self.media: list[Numbered] = []
        self.is_damaged = False


class _Heap:
    """All families of a heap, and what could not be placed."""

    def __init__(self) -> None:
        self.families: dict[str, _Family] = {}
        self.rejects: list[RowReject] = []
        self.ignored = 0
        self._lines: dict[str, str] = {}

    def add(self, row: Row) -> None:
        head = head_of(row.content)
        kind, number = gid_parts(head.get("id"))
        product = number if kind == "Product" else gid_parts(head.get("__parentId"))[1]
        family = self.families.setdefault(product, _Family())
        try:
            node: Node = _DECODER.decode(row.content)
        except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
            family.is_damaged = True
            reason = f"the line is not JSON ({fault}); it begins at byte {row.offset}"
            self.reject(row.number, "", row.content.decode(errors="replace"), reason, "run the operation again")
            return
        if kind == "Product":
            self._add_product(family, row.number, node)
        elif kind == "ProductVariant":
            self._add_variant(family, row.number, node)
        elif kind in MEDIA or _PICTURE_KEYS & node.keys():
            family.media.append((row.number, node))
        elif "price" in node or "sku" in node:
            family.is_damaged = True
            self.reject(row.number, "id", "", "a variant without an id", "ask for the id of every variant")
        else:
            self.ignored += 1

    def _add_product(self, family: _Family, line: int, node: Node) -> None:
        if family.product is None:
            family.product = line, node
        elif node == family.product[1]:
            self.ignored += 1
        else:
            first = family.product[0]
            self.reject(line, "id", str(node.get("id")), f"the same product as on line {first}, but otherwise", _AGAIN)

    def _add_variant(self, family: _Family, line: int, node: Node) -> None:
        known = family.variants.setdefault(node.get("id"), (line, node))
        if known[0] == line:
            return
        if known[1] == node:
            self.ignored += 1
        else:
            family.is_damaged = True
            said = f"the same variant as on line {known[0]}, but otherwise"
            self.reject(line, "id", str(node.get("id")), said, _AGAIN)

    def reject(self, line: int, column: str, value: str, reason: str, hint: str) -> None:
        self.rejects.append(RowReject(line, column, shown(value), reason, hint))


def joined(rows: Iterable[Row], *, currency: str, seen_at: datetime, media_asked: bool, all_variants: bool) -> Joined:
    """The products of a heap's `rows`. `media_asked`: pictures came in the file, so that a product without any has none.
    `all_variants`: the file is whole, so that a product has no variants but those in it."""
    heap = _Heap()
    for row in rows:
        heap.add(row)
    taken: list[Taken] = []
    variants = 0
    for number, family in sorted(heap.families.items(), key=_line):
        if family.product is None:
            _reject_orphans(number, family, heap)
            continue
        own = [*family.variants.values(), *_nested(family.product)]
        variants += len(own)
        taken.append(
            product_from_graphql(
                family.product,
                own,
                [*[node for _, node in sorted(family.media, key=_number)], *nodes_of(family.product[1], "media")],
                currency=currency,
                seen_at=seen_at,
                media_asked=media_asked,
                all_variants=all_variants and not family.is_damaged,
            )
        )
    return Joined(
        products=tuple(taken),
        keys=tuple(sorted(heap.families)),
        rejects=(*heap.rejects, *[reject for one in taken for reject in one.rejects]),
        warnings=tuple(warning for one in taken for warning in one.warnings),
        found=len(taken),
        variants=variants,
        ignored=heap.ignored,
    )


def _line(named: tuple[str, _Family]) -> tuple[int, str]:
    number, family = named
    return (family.product[0] if family.product else 0), number


def _number(numbered: Numbered) -> int:
    return numbered[0]


def _nested(product: Numbered) -> list[Numbered]:
    line, node = product
    return [(line, one) for one in nodes_of(node, "variants")]


def _reject_orphans(number: str, family: _Family, heap: _Heap) -> None:
    """Children whose product is not in the file: there is nothing to hang them on."""
    children: list[tuple[int, Mapping[str, Any]]] = [*family.variants.values(), *family.media]
    for line, node in sorted(children, key=_number):
        reason = f"its product gid://shopify/Product/{number} is not in the file"
        heap.reject(line, "__parentId", str(node.get("id") or ""), reason, "run the operation again")

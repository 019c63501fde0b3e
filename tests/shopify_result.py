"""Results of bulk operations, made up: the lines that Shopify writes, in any order, and a server of them that can be unkind."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from skuflow.kernel.errors import TransientError
from skuflow.platform.outbound.calls import Answer, Call, Streamed

FIRST_ID = 9_007_199_254_740_993
"""2^53 + 1: the first number that a float cannot hold."""
UPDATED_AT = "2026-03-14T08:00:00Z"


def product_line(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/Product/{FIRST_ID + number}",
        "title": f"Lamp {number}",
        "handle": f"lamp-{number}",
        "descriptionHtml": f"<p>A lamp, number {number}.</p>",
        "vendor": "Lumen",
        "productType": "Lamps",
        "category": {"fullName": "Home & Garden > Lighting > Lamps"},
        "tags": ["lamp", "brass"],
        "status": "ACTIVE",
        "updatedAt": UPDATED_AT,
        "featuredMedia": {"id": f"gid://shopify/MediaImage/{FIRST_ID + number * 100 + 1}"},
        **changes,
    }


def variant_line(product: int, index: int, **changes: Any) -> dict[str, Any]:
    number = FIRST_ID + product * 10_000 + index
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "position": index,
        "sku": f"LAMP-{product}-{index}",
        "barcode": None,
        "price": f"{10 + product % 50}.{index % 100:02d}",
        "compareAtPrice": None,
        "inventoryPolicy": "DENY",
        "inventoryQuantity": 3 + index,
        "selectedOptions": [{"name": "Size", "value": str(index)}],
        "image": None,
        "inventoryItem": {
            "id": f"gid://shopify/InventoryItem/{number}",
            "tracked": True,
            "unitCost": {"amount": "4.5", "currencyCode": "CAD"},
            "measurement": {"weight": {"value": 0.5, "unit": "KILOGRAMS"}},
        },
        **changes,
        "__parentId": f"gid://shopify/Product/{FIRST_ID + product}",
    }


def media_line(product: int, index: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/MediaImage/{FIRST_ID + product * 100 + index}",
        "alt": f"Lamp {product} from the side",
        "mediaContentType": "IMAGE",
        "image": {"url": f"https://cdn.example.com/lamp-{product}-{index}.jpg?v=1"},
        **changes,
        "__parentId": f"gid://shopify/Product/{FIRST_ID + product}",
    }


def order_node(number: int, *, lines: int = 1, updated_at: str = UPDATED_AT, **changes: Any) -> dict[str, Any]:
    """An order as a query gives it; `lineItems` are all of them, in a list."""
    return {
        "id": f"gid://shopify/Order/{FIRST_ID + number}",
        "name": f"#{1000 + number}",
        "createdAt": "2026-03-13T17:00:00Z",
        "updatedAt": updated_at,
        "cancelledAt": None,
        "currencyCode": "CAD",
        "currentTotalPriceSet": {"shopMoney": {"amount": "39.5", "currencyCode": "CAD"}},
        "lineItems": [_order_line(number, index) for index in range(1, lines + 1)],
        **changes,
    }


def _order_line(product: int, index: int) -> dict[str, Any]:
    return {
        "sku": f"LAMP-{product}-{index}",
        "currentQuantity": index,
        "originalUnitPriceSet": {"shopMoney": {"amount": "19.75", "currencyCode": "CAD"}},
        "product": {"id": f"gid://shopify/Product/{FIRST_ID + product}"},
        "variant": {"id": f"gid://shopify/ProductVariant/{FIRST_ID + product * 10_000 + index}"},
    }


def catalogue_lines(products: Iterable[int], variants: int = 2) -> list[dict[str, Any]]:
    """Whole products, each followed by its children."""
    found: list[dict[str, Any]] = []
    for product in products:
        found.append(product_line(product))
        found += [variant_line(product, index) for index in range(1, variants + 1)]
        found.append(media_line(product))
    return found


def shuffled(lines: Sequence[dict[str, Any]], seed: int = 7) -> list[dict[str, Any]]:
    """`lines` in another order."""
    mixed = list(lines)
    random.Random(seed).shuffle(mixed)
    return mixed


def encoded(lines: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


@dataclass(slots=True)
class Served:
    """An Outbound behind which a file lies. `breaks` are positions at which a connection breaks off, each once; `statuses` are
    answered before the file is; `asked` are the ranges that were asked for."""

    content: bytes
    breaks: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    good_url: str = ""
    piece: int = 1000
    asked: list[tuple[str, str]] = field(default_factory=list)
    ranged: bool = True

    def send(self, call: Call, *, failed: Any = None) -> Answer:
        raise AssertionError("a result is read as a stream")

    @contextmanager
    def stream(self, call: Call) -> Iterator[Streamed]:
        self.asked.append((call.url, call.headers["Range"]))
        if self.statuses:
            yield Streamed(self.statuses.pop(0), {}, iter(()))
        elif self.good_url and call.url != self.good_url:
            yield Streamed(403, {}, iter((b"expired",)))
        else:
            yield self._answer(call.headers["Range"])

    def _answer(self, asked: str) -> Streamed:
        first, last = map(int, re.findall(r"\d+", asked))
        if not self.ranged:
            return Streamed(200, {"content-length": str(len(self.content))}, self._pieces(0, len(self.content)))
        if first >= len(self.content):
            return Streamed(416, {"content-range": f"bytes */{len(self.content)}"}, iter(()))
        end = min(last + 1, len(self.content))
        headers = {"content-range": f"bytes {first}-{end - 1}/{len(self.content)}", "content-length": str(end - first)}
        return Streamed(206, headers, self._pieces(first, end))

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        position = start
        while position < end:
            stop = min(position + self.piece, end)
            broken = next((at for at in self.breaks if position <= at < stop), None)
            if broken is not None:
                self.breaks.remove(broken)
                yield self.content[position:broken]
                raise TransientError("the connection broke off")
            yield self.content[position:stop]
            position = stop

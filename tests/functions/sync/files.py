"""Catalogue files of our own making."""

from __future__ import annotations

from collections.abc import Iterable

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Status"
)


def shopify_row(number: int, *, price: str | None = None, title: str | None = None) -> str:
    cents = 1000 + 7 * number
    shown = f"{cents // 100}.{cents % 100:02d}" if price is None else price
    name = f"Lamp {number}" if title is None else title
    return f"lamp-{number},{name},<p>Bright</p>,Lumen,Lamps,home,true,Title,Default Title,L-{number},{shown},active"


def shopify(rows: Iterable[str]) -> bytes:
    return "\r\n".join([HEADER, *rows, ""]).encode()


def catalogue(rows: int, *, bad: Iterable[int] = (), raised: Iterable[int] = ()) -> bytes:
    """`rows` products of one variant; those of `bad` (from 1) have no readable price, those of `raised` another price."""
    wrong, dear = frozenset(bad), frozenset(raised)

    def price(number: int) -> str | None:
        if number in wrong:
            return "ask us"
        return "99.00" if number in dear else None

    return shopify(shopify_row(number, price=price(number)) for number in range(1, rows + 1))

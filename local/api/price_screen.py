"""How a price history looks, as `GET /v1/products/{id}/price-history` answers it."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from local.showing import money, table


def price_points(answer: dict[str, Any], variant_id: str | None) -> Table:
    """The points of one variant (None: of an offer), oldest first."""
    daily = answer.get("resolution") == "day"
    points = [point for point in answer["items"] if point["variant_id"] == variant_id]
    headers = ("day", "price", "lowest", "highest", "in stock") if daily else ("at", "price", "in stock", "source")
    return table(headers, (_day(point) if daily else _moment(point) for point in points))


def derived(answer: dict[str, Any], variant_id: str | None) -> str:
    """What the API derives from a variant's prices, in one line; empty if it derives nothing."""
    for found in answer.get("statistics") or ():
        if found["variant_id"] == variant_id:
            windows = "; ".join(_window(window) for window in found["windows"])
            badges = ", ".join(badge["kind"] for badge in found["badges"]) or "none"
            return f"{windows}; badges: {badges}"
    return ""


def _moment(point: dict[str, Any]) -> tuple[str, ...]:
    return point["at"], money(point["price"]), _available(point), str(point["source"] or "now")


def _day(point: dict[str, Any]) -> tuple[str, ...]:
    lowest, highest = money(point["lowest"]), money(point["highest"])
    return point["at"][:10], money(point["price"]), lowest, highest, _available(point)


def _available(point: dict[str, Any]) -> str:
    return {True: "yes", False: "no"}.get(point["available"], "-")


def _window(window: dict[str, Any]) -> str:
    return f"{window['days']} days: {money(window['lowest'])} to {money(window['highest'])}"

"""How the demo looks: an import's screen, and what the demo shows around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local.api.import_screen import ImportScreen
from local.api.price_screen import derived, price_points
from local.showing import money, plain, table

_SHOWN_DROPS = 10


class Screen(ImportScreen):
    def title(self, text: str) -> None:
        self.console.print(f"\n[bold]{plain(text)}[/bold]")

    def price_drops(self, drops: Sequence[dict[str, Any]]) -> None:
        rows = (
            (
                (f"{drop['title']} ({drop['sku']})" if drop.get("sku") else str(drop["title"]))[:60],
                money(drop["old_price"]),
                money(drop["new_price"]),
                f"−{drop['drop_percent']} %",
            )
            for drop in drops[:_SHOWN_DROPS]
        )
        self.console.print(table(("product", "old price", "new price", "drop"), rows))
        if len(drops) > _SHOWN_DROPS:
            self.say(f"… and {len(drops) - _SHOWN_DROPS} more")

    def events(self, counts: Sequence[tuple[str, int]]) -> None:
        self.console.print(table(("event", "count"), counts))

    def history(self, path: str, answer: dict[str, Any], variant_id: str) -> None:
        """The points of one variant's price history, and what the API derives from them."""
        self.say(f"GET {path}")
        self.console.print(price_points(answer, variant_id))
        if says := derived(answer, variant_id):
            self.say(says)

    def links(self, rows: Sequence[tuple[str, str]]) -> None:
        width = max(len(name) for name, _ in rows)
        for name, where in rows:
            self.console.print(f"  {name.ljust(width)}  {plain(where)}", highlight=False, soft_wrap=True)

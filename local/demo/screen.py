"""How the demo looks: an import's screen, and what the demo shows around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local.api.import_screen import ImportScreen
from local.api.price_screen import derived, price_points
from local.showing import minute, money, plain, table

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

    def journey(self, addresses: Sequence[str], status: int) -> None:
        """The addresses that a browser came by, without what only that one browser may know."""
        for address in addresses:
            self.say(f"  → {address.split('?')[0]}")
        self.say(f"  … which answered {status}")

    def runs(self, runs: Sequence[dict[str, Any]], counted: Sequence[str]) -> None:
        """Runs as the API shows them, one per line."""
        rows = ((run["kind"], run["status"], *(run["totals"][name] for name in counted)) for run in runs)
        self.console.print(table(("run", "status", *counted), rows))

    def sync_status(self, seen: dict[str, Any]) -> None:
        """One shop as `GET /v1/admin/catalog/sync-status` shows it."""
        lag, products = seen["lag_seconds"], seen["products"]
        counted = ", ".join(f"{products[name]} {name}" for name in ("created", "updated", "unchanged"))
        told = (
            seen["status"],
            "never" if lag is None else f"{lag} s ago",
            counted,
            seen["webhooks"]["received"],
            minute(seen["next_run_at"]) if seen["next_run_at"] else "-",
            seen["circuit"]["state"] if seen["circuit"] else "unknown",
        )
        self.say("GET /v1/admin/catalog/sync-status")
        self.console.print(table(("status", "in step", "products", "webhooks", "next run (UTC)", "circuit"), [told]))

    def links(self, rows: Sequence[tuple[str, str]]) -> None:
        width = max(len(name) for name, _ in rows)
        for name, where in rows:
            self.console.print(f"  {name.ljust(width)}  {plain(where)}", highlight=False, soft_wrap=True)

"""How the demo shows what quality found and did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local.demo.screen import Screen
from local.showing import table

_SHOWN = 8
_MEASURES = ("score", "missing", "invalid", "duplicates")
_FIGURES = (
    "job_count",
    "items_processed",
    "items_fixed",
    "billable_items",
    "quality_score_before",
    "quality_score_after",
)


def show_report(screen: Screen, report: dict[str, Any]) -> None:
    """The whole collection's measures, and the rules that most often do not hold."""
    whole = next(each["before"] for each in report["fields"] if each["field"] == "")
    screen.console.print(table(_MEASURES, [tuple(whole[name] for name in _MEASURES)]))
    failing = sorted(report["rules"], key=lambda rule: -int(rule["failed_before"]))[:_SHOWN]
    rows = ((rule["failed_before"], rule["severity"], rule["summary"]) for rule in failing if rule["failed_before"])
    screen.console.print(table(("times", "severity", "rule that does not hold"), rows))


def show_fixes(screen: Screen, products: Sequence[dict[str, Any]]) -> None:
    """What would become what, field by field."""
    every = [(product["title"], fix) for product in products for fix in product["fixes"]]
    rows = ((title[:30], fix["path"][-30:], _short(fix["old"]), _short(fix["new"])) for title, fix in every[:_SHOWN])
    screen.console.print(table(("product", "field", "is", "would be"), rows))
    if len(every) > _SHOWN:
        screen.say(f"… and {len(every) - _SHOWN} more")


def show_usage(screen: Screen, usage: dict[str, Any]) -> None:
    """The daily record that the jobs left."""
    screen.say("GET /v1/analytics/usage")
    totals = usage["totals"]
    names = tuple(name.replace("_", " ") for name in _FIGURES)
    screen.console.print(table(names, [tuple(totals[name] for name in _FIGURES)]))


def _short(text: str) -> str:
    """In quotes: what surrounds a value is part of what is wrong with it."""
    shown = repr(text)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"

"""Prices through time as the API shows them."""

from __future__ import annotations

from typing import Any

from skuflow.catalog.price_history import Day, Moment, State
from skuflow.catalog.price_statistics import Statistics
from skuflow.catalog.product_view import money_view
from skuflow.kernel.clock import iso


def moment_view(moment: Moment) -> dict[str, Any]:
    return {
        "at": iso(moment.at),
        "variant_id": moment.variant_id or None,
        **_state_view(moment.state),
        "lowest": money_view(moment.state.price),
        "highest": money_view(moment.state.price),
        "source": moment.source or None,
        "carried": moment.carried,
    }


def day_view(day: Day) -> dict[str, Any]:
    return {
        "at": f"{day.day.isoformat()}T00:00:00.000Z",
        "variant_id": day.variant_id or None,
        **_state_view(day.state),
        "lowest": money_view(day.lowest),
        "highest": money_view(day.highest),
        "source": None,
        "carried": False,
    }


def _state_view(state: State) -> dict[str, Any]:
    return {
        "price": money_view(state.price),
        "compare_at": money_view(state.compare_at),
        "available": state.available,
    }


def statistics_view(statistics: Statistics) -> dict[str, Any]:
    reduction = statistics.reduction
    return {
        "variant_id": statistics.variant_id or None,
        **_state_view(statistics.current),
        "since": iso(statistics.since),
        "windows": [
            {
                "days": window.days,
                "lowest": money_view(window.lowest),
                "highest": money_view(window.highest),
                "median": money_view(window.median),
            }
            for window in statistics.windows
        ],
        "prior_low": money_view(statistics.prior_low),
        "reduction": {
            "since": iso(reduction.since),
            "reference": money_view(reduction.reference),
            "drop_percent": reduction.drop_percent,
        }
        if reduction
        else None,
        "badges": [{"kind": badge.kind, "percent": badge.percent} for badge in statistics.badges],
    }

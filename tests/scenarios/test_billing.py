"""From work done to money owed: jobs and usage are metered, months are closed, invoices come out, whatever the weather."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.scenarios.pump import FAIR, Pump, Weather
from tests.scenarios.seller import Seller
from tests.scenarios.stage import Stage
from tests.scenarios.test_quality import Untidy, nothing_was_put_aside, told
from tests.scenarios.trade import INCLUDED, SCOPES, Trade

HOUSEHOLDS = tuple(f"household-{n}" for n in range(4))
STORMY = [
    Weather(duplicates=0.3, shuffle=True, deaths=0.15, twins=0.0, seed=5),
    Weather(duplicates=0.3, shuffle=True, deaths=0.15, twins=0.2, seed=6),
]


def trade_on(stage: Stage) -> Trade:
    area = ("catalog:read", "imports:read", "imports:write", "quality:read", "quality:write")
    return Trade(Seller.joins(stage, "Harbour & Field", (*area, *SCOPES)))


@pytest.mark.parametrize("weather", [FAIR, *STORMY])
def test_a_month_is_closed_once_for_everybody(stage: Stage, weather: Weather) -> None:
    trade = trade_on(stage)
    trade.opens(*HOUSEHOLDS)
    for extra, household in enumerate(HOUSEHOLDS):
        trade.subscribes(household)
        trade.uses(INCLUDED + 20 * extra, subject=household)
    for _ in range(3):
        trade.bills(weather)
    invoices = trade.invoices()
    assert [one["number"] for one in invoices] == [f"NG-{n:06d}" for n in range(1, 9)]
    for extra, household in enumerate(HOUSEHOLDS):
        mine = [one for one in invoices if one["subject"] == household]
        amounts = sorted(
            line["amount"]["amount_minor"] for one in mine for line in one["lines"] if line["amount"]["amount_minor"]
        )
        assert amounts == sorted([2000, 2000, *([100 * extra] if extra else [])])
        assert sum(one["total"]["amount_minor"] for one in mine) == sum(amounts) + sum(
            one["tax"]["amount_minor"] for one in mine
        )
    finalized = told(stage, "InvoiceFinalized")
    assert sorted(one["number"] for one in finalized) == [one["number"] for one in invoices]
    assert nothing_was_put_aside(stage)


def test_usage_that_comes_late_is_billed_with_the_next_invoice(stage: Stage) -> None:
    trade = trade_on(stage)
    trade.opens("client")
    subscription_id = trade.subscribes()
    trade.uses(INCLUDED)
    trade.bills()
    trade.bills()
    trade.uses(40)
    trade.does("POST", f"/v1/subscriptions/{subscription_id}/cancel", {"when": "now"})
    trade.bills()
    late = [line for one in trade.invoices() for line in one["lines"] if line["kind"] == "late_usage"]
    assert [line["amount"]["amount_minor"] for line in late] == [200]


def test_a_job_that_mends_the_catalogue_is_metered_once(stage: Stage) -> None:
    trade = trade_on(stage)
    trade.seller.uploads(Untidy(3))
    Pump(stage).run()
    made = trade.seller.call("quality/api", "POST", "/v1/quality/jobs", body={"mode": "fix"})
    assert made.status == 201, made.body
    Pump(stage, STORMY[0]).run()
    today = datetime.now(UTC).date().isoformat()
    totals: dict[str, Any] = trade.does("GET", "/v1/analytics/usage", start=today, end=today)["totals"]
    assert (totals["job_count"], totals["items_processed"], totals["items_fixed"]) == (1, 3, 3)
    assert totals["billable_items"] == 3
    assert nothing_was_put_aside(stage)

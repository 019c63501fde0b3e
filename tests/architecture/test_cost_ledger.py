"""The cost ledger covers what there is: every function, every request with a price, every price with its page; the document is made
from it."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from local.costs.assumptions import assumptions
from local.costs.billing import Tariff
from local.costs.charging import is_known, priced_as
from local.costs.cost_document import path, renewed
from local.costs.fixed import HOLDINGS
from local.costs.ledger import encoded, load
from local.costs.prices import prices, regions
from tests.architecture.repository import ROOT, doors

LEDGER, PRICES, ASSUMED = load(), prices(), assumptions()

UNMEASURED = {
    "platform/check_health": "Operators ask it, and what watches for them; it is no part of a retailer's work."
}
"""Function -> why it is part of no unit of work."""

WORKED_OUT = {"routes", "polled_queues", "daily_starts", "tables"}
"""Holdings whose cost is worked out from their number, see `local.costs.fixed`."""


def measured_doors() -> set[str]:
    return {door for unit in LEDGER.measured.units.values() for door in unit.doors}


def requests() -> set[str]:
    return {name for unit in LEDGER.measured.units.values() for name in unit.total() if ":" in name}


def test_every_function_is_part_of_a_unit_of_work_or_says_why_not() -> None:
    there = {f"{context}/{trigger}" for context, trigger in doors()}
    missing = there - measured_doors() - set(UNMEASURED)
    assert not missing, f"add a unit to tests/bench/units_of_work.py and run `make costs`: {sorted(missing)}"
    assert measured_doors() | set(UNMEASURED) <= there, "the ledger knows functions that are gone; run: make costs"


def test_every_request_of_the_ledger_has_a_price_and_a_latency() -> None:
    assert {price for name in requests() if (price := priced_as(name)) is not None} <= set(PRICES)
    assert {name.partition(":")[0] for name in requests()} <= set(ASSUMED.latency)


def test_every_quantity_of_the_ledger_means_something_to_the_bill() -> None:
    quantities = {name for unit in LEDGER.measured.units.values() for name in unit.total()}
    assert [name for name in sorted(quantities) if not is_known(name)] == []


def test_everything_that_is_held_has_a_price() -> None:
    held = {name for counts in LEDGER.deployment.holdings.values() for name in counts}
    assert held <= set(HOLDINGS) | WORKED_OUT
    assert set(HOLDINGS.values()) <= set(PRICES)


def test_every_prefix_of_the_bucket_has_a_time_for_which_it_is_kept() -> None:
    kept = {place for unit in LEDGER.measured.units.values() for place in unit.kept}
    prefixes = {place.removeprefix("bucket:") for place in kept if place.startswith("bucket:")}
    assert prefixes <= set(ASSUMED.kept["bucket_months"])


@pytest.mark.parametrize("name", sorted(PRICES))
def test_a_price_names_its_page_its_day_and_what_was_confirmed(name: str) -> None:
    price = PRICES[name]
    assert {"ca-central-1", "us-east-1"} <= set(regions(PRICES))
    assert price.source.startswith("https://aws.amazon.com/")
    assert isinstance(price.date, datetime.date)
    assert set(price.confirmed) <= set(price.usd)
    assert all(isinstance(usd, Decimal) and usd > 0 for usd in price.usd.values())


def test_the_shares_of_a_mix_add_up_to_one() -> None:
    for whole in (
        ("product_read", "product_search", "price_history_page"),
        ("webhook_changed", "webhook_unchanged", "webhook_stock"),
        ("import_row_created", "import_row_updated", "import_row_unchanged"),
    ):
        assert sum(ASSUMED.mix[part] for part in whole) == 1, whole


def test_the_ledger_is_as_the_machine_writes_it() -> None:
    assert (ROOT / "local" / "costs" / "units.json").read_bytes() == encoded(LEDGER), "run: make costs"


def test_the_document_shows_this_ledger_and_these_prices() -> None:
    text = (ROOT / path()).read_text(encoding="utf-8")
    assert text == renewed(text, Tariff(LEDGER, PRICES, ASSUMED, "ca-central-1")), "run: make costs"

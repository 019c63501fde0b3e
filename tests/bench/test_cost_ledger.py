"""No unit of work asks more of AWS than the checked-in ledger says. Measured anew with every run; counted, never timed."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from local.costs.comparison import changes, verdict
from local.costs.ledger import Measured, Unit, load
from tests.bench.units_of_work import measured


@cache
def now() -> Measured:
    return measured(load().deployment.functions)


def requests(unit: Unit, service: str = "") -> Decimal:
    return sum((n for name, n in unit.total().items() if ":" in name and name.startswith(service)), Decimal(0))


def test_no_unit_of_work_costs_more_than_the_ledger_says() -> None:
    told = verdict(changes(load().measured, now()))
    assert not told, told


def test_no_context_writes_more_metrics_of_its_own_than_the_ledger_says() -> None:
    assert dict(now().metrics) == dict(load().measured.metrics), "run: make costs"


@pytest.mark.parametrize(
    ("unit", "most"),
    [("key_check", 2), ("product_read", 2), ("product_search", 3), ("product_changed", 6), ("webhook_changed", 21)],
)
def test_what_is_done_most_often_asks_little(unit: str, most: int) -> None:
    assert requests(now().units[unit]) <= most


def test_an_unchanged_row_writes_next_to_nothing() -> None:
    assert now().units["import_row_unchanged"].total()["write_units"] <= Decimal("0.1")


def test_a_webhook_is_followed_to_its_last_event() -> None:
    doors = now().units["webhook_changed"].doors
    assert {
        "sync/receive_shopify_webhook",
        "sync/process_shopify_webhook",
        "sync/on_table_change",
        "catalog/apply_product_batch",
        "catalog/on_table_change",
        "catalog/update_projections",
        "sync/record_batch_outcome",
        "quality/record_product",
    } == set(doors)
    assert doors["catalog/on_table_change"]["events"] >= 1


def test_reading_writes_nothing() -> None:
    for name in ("product_read", "product_search", "price_history_page", "client_read"):
        unit = now().units[name]
        assert "write_units" not in unit.total()
        assert unit.kept == {}


def test_a_minute_without_work_starts_one_function_and_writes_nothing() -> None:
    for name in ("minute_of_run_due_shops", "minute_of_release_expired_reservations"):
        total = now().units[name].total()
        assert total["invocations"] == 1
        assert "write_units" not in total


def test_a_stream_reader_is_woken_once_by_the_records_that_pass_its_filters() -> None:
    told = now().units["product_changed"].doors
    assert told["catalog/on_table_change"]["invocations"] == 1
    assert told["catalog/update_projections"]["stream_records"] == 1, "its own projections do not wake it"

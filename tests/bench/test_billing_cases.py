"""The bench of billing cases: what it makes of cases that hold, that differ, and that it cannot read."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.bench.billing_cases import judged, main
from tests.bench.case_files import read

TIERS = [{"up_to": 10, "unit": "3", "flat": "1"}, {"up_to": None, "unit": "2", "flat": "0"}]
RANGES = [{"from_value": 0, "to_value": 10, "per_unit_amount": "3", "flat_amount": "1"}, {"per_unit_amount": "2"}]
BLOCKS = [{"block": 10, "max_blocks": 2, "price": "5"}, {"block": 100, "max_blocks": -1, "price": "4"}]
YEAR = {"price_cents": 36600, "interval": "year", "anniversary": "2024-01-01", "started": "2024-01-01"}

HOLD: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "graduated": ("graduated", {"tiers": TIERS, "quantity": 12}, {"amount": "35", "cents": 3500}),
    "ranges": ("graduated", {"graduated_ranges": RANGES, "units": "0.5"}, {"amount": "2.5"}),
    "volume": ("volume", {"tiers": TIERS, "quantity": "10.01"}, {"amount": "20.02"}),
    "package": (
        "package",
        {"package_size": 10, "package_price": "7", "free_units": 5, "quantity": 16},
        {"amount": "14"},
    ),
    "per unit": ("standard", {"unit": "0.015", "quantity": 3}, {"amount": "0.045", "cents": 4}),
    "yen": ("per_unit", {"unit": "0.5", "quantity": 3, "currency": "JPY"}, {"amount": "1.5", "cents": 2}),
    "shares": (
        "graduated_percentage",
        {"tiers": [{"up_to": None, "rate_pct": "1", "flat": "3"}], "quantity": 7},
        {"amount": "3.07"},
    ),
    "free": (
        "percentage",
        {
            "rate_pct": "10",
            "fixed_per_event": "1",
            "events": 3,
            "amount": "60",
            "running_total": [10, 30],
            "free_events": 2,
        },
        {"amount": "4"},
    ),
    "bounds": (
        "percentage_min_max",
        {"rate_pct": "10", "events": [1, 50, 900], "min_per_event": "1", "max_per_event": "20"},
        {"amount": "26"},
    ),
    "blocks": ("graduated_blocks", {"tiers": BLOCKS, "quantity": 21}, {"amount": "14"}),
    "past the last block": (
        "graduated_blocks",
        {"tiers": [{"block": 10, "max_blocks": 2, "price": "5"}], "quantity": 200},
        {"amount": "10"},
    ),
    "top block": ("volume_blocks", {"tiers": BLOCKS, "quantity": 21}, {"amount": "4"}),
    "late": (
        "graduated_blocks_minus_already_billed",
        {"tiers": BLOCKS, "records": [11, 10], "already_billed": "10"},
        {"amount": "4"},
    ),
    "level": (
        "weighted_sum",
        {
            "period": "2024-02-01/2024-02-29",
            "unit": "2",
            "opening": 29,
            "events": [{"at": "2024-02-29T00:00:00Z", "delta": -29}],
        },
        {"amount": "56"},
    ),
    "days": (
        "proration_days",
        {"price_cents": 700, "billable_days": 2, "period_days": 7},
        {"cents": 200, "precise_cents": "200"},
    ),
    "credit": (
        "termination_credit_with_tax",
        {"price_cents": 3000, "tax_pct": 10, "unused_days": 1, "period_days": 30},
        {"net_cents": 100, "tax_cents": 10, "total_cents": 110},
    ),
    "ended": (
        "proration_days_anniversary",
        {**YEAR, "terminated": "2024-01-31"},
        {"net_cents": 3100, "credit_cents": 33500},
    ),
    "begun within a period": (
        "proration_days_anniversary",
        {**YEAR, "started": "2024-12-01"},
        {"net_cents": 3100},
    ),
    "before": (
        "proration_ratio_quarterly_actual_days",
        {"start": "2024-03-31", "next_billing_date": "2024-04-01"},
        {"ratio_9dp": "0.010989011"},
    ),
    "after": (
        "proration_ratio_monthly_fixed30",
        {"previous_billing_date": "2024-02-10", "end": "2024-03-01"},
        {"ratio_9dp": "0.7", "days": 21},
    ),
    "even months": (
        "days_between_fixed",
        {"start": "2023-02-23", "end": "2023-03-15", "fixed_days": 28},
        {"days": 20},
    ),
    "floor": (
        "minimum_commitment",
        {"commitment_cents": 5000, "base_fee_cents": 1000, "charges_cents": 1500},
        {"true_up_cents": 2500},
    ),
    "a model by its words": ("Tiered-Slab pricing", {"tiers": TIERS, "quantity": 12}, {"amount": "35"}),
    "packages in tiers": (
        "volume",
        {
            "tiers": [{"up_to": 60, "package_size": 20, "unit": "5"}, {"package_size": 30, "unit": "6"}],
            "quantity": 41,
        },
        {"amount": "15"},
    ),
    "trial": (
        "proration_days",
        {"price_cents": 2800, "period_days": 28, "trial_days": 7},
        {"cents": 2100, "precise_amount_cents": "2100"},
    ),
    "trailing": (
        "proration_ratio_trailing_actual_days",
        {"last_billing_date": "2024-02-10", "end": "2024-03-01"},
        {"ratio": "0.689655172"},
    ),
    "a month of 28 days by name": (
        "days_between_fixed_days_in_month",
        {"start": "2023-02-23", "end": "2023-03-15", "fixed_days_in_month": 28},
        {"days": 20},
    ),
    "a level under another name": (
        "weighted_sum",
        {"period": "2024-02-01/2024-02-29", "unit": "2", "carried_level": 29, "events": []},
        {"amount": "58"},
    ),
    "aggregate": (
        "aggregation",
        {"aggregation_type": "unique_count", "events": ["a", "b", "a"], "unit": "3"},
        {"amount": "6"},
    ),
}


def case(model: str, inputs: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    return {"case": "c", "model": model, "inputs": inputs, "expected": expected}


@pytest.mark.parametrize("name", HOLD)
def test_a_case_that_holds_passes_and_does_not_if_it_expected_something_else(name: str) -> None:
    model, inputs, expected = HOLD[name]
    assert judged(case(model, inputs, expected)).outcome == "pass"
    for figure, value in expected.items():
        other = {**expected, figure: str(Decimal(value) + 3)}
        assert judged(case(model, inputs, other)).outcome != "pass"


def test_a_half_that_is_rounded_up_elsewhere_is_told_as_such() -> None:
    verdict = judged({**case("per_unit", {"unit": "0.125", "quantity": 1}, {}), "expected_cents": 13})
    assert (verdict.outcome, "half" in verdict.why) == ("deliberately different", True)


def test_figures_that_break_off_are_held_as_far_as_they_go() -> None:
    thirds = {"price_cents": 100, "billable_days": 1, "period_days": 3}
    assert judged(case("proration_days", thirds, {"precise_cents": "33.33333"})).outcome == "pass"
    assert judged(case("proration_days", thirds, {"precise_cents": "33.33334"})).outcome == "pass"
    assert judged(case("proration_days", thirds, {"precise_cents": "33.33335"})).outcome == "fail"
    assert judged(case("proration_days", thirds, {"precise_cents": "33.33"})).outcome == "fail"


@pytest.mark.parametrize(
    "wrong",
    [
        3,
        None,
        {},
        {"case": "x", "model": "per_unit"},
        {"case": "x", "model": "astrology", "inputs": {}, "expected_cents": 1},
        {"case": "x", "model": "graduated", "inputs": {"tiers": "many", "quantity": 1}, "expected_cents": 1},
        {"case": "x", "model": "graduated", "inputs": {"tiers": TIERS}, "expected_cents": 1},
        {"case": "x", "model": "per_unit", "inputs": {"unit": "cheap", "quantity": True}, "expected_cents": 1},
        {"case": "x", "model": "per_unit", "inputs": {"unit": "1", "quantity": 1}},
        {"case": "x", "model": "per_unit", "inputs": {"unit": "1", "quantity": 1}, "expected": {"luck": 1}},
        {
            "case": "x",
            "model": "proration_days_calendar",
            "inputs": {"price_cents": 1, "period": "soon"},
            "expected_cents": 1,
        },
        {"case": "x", "model": "proration_ratio_lunar_actual_days", "inputs": {}, "expected_cents": 1},
        {"case": "x", "model": "graduated_prorated", "inputs": {"tiers": TIERS}, "expected_cents": 1},
    ],
)
def test_what_cannot_be_read_fails_with_a_reason(wrong: object) -> None:
    verdict = judged(wrong)
    assert verdict.outcome == "fail"
    assert verdict.why


def test_what_was_not_read_of_a_case_that_fails_is_named() -> None:
    inputs = {"unit": "2", "quantity": 3, "surcharge": "1"}
    assert judged(case("per_unit", inputs, {"amount": "6"})).outcome == "pass"
    assert (
        judged(case("per_unit", inputs, {"amount": "7"})).why
        == "amount is 6, expected 7; nothing was made of surcharge"
    )


def test_each_case_is_listed_and_the_last_line_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = case("per_unit", {"unit": "1.005", "quantity": 1}, {"cents": 100})
    tie = case("per_unit", {"unit": "1.005", "quantity": 1}, {"cents": 101})
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([good, tie, {}]), encoding="utf-8")
    assert main([str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["pass", "deliberately", "fail"]
    assert lines[-2] == "1 deliberately different, counted as failed"
    assert lines[-1] == "1 passed, 2 failed"
    path.write_text(json.dumps([good]), encoding="utf-8")
    assert main([str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


@pytest.mark.parametrize(("content", "told"), [(None, "cannot read"), ("{", "not JSON"), ("[]", "no list of cases")])
def test_a_file_without_cases_is_told_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, told: str
) -> None:
    path = tmp_path / "cases.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main([str(path)]) == 2
    assert told in capsys.readouterr().err
    with pytest.raises(ValueError, match=told):
        read(path)


def test_it_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "FILE" in capsys.readouterr().err

"""The bench of tax cases tells right from wrong, and never falls over a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.tax_cases import judged, main


def case(expected: Any, **inputs: Any) -> dict[str, Any]:
    return {"case": "one", "inputs": inputs, "expected": expected}


RIGHT = [
    case({"GST": "5.00", "QST": "9.98", "total": "114.98"}, province="QC", price="100.00"),
    case({"HST": "15.00"}, province="NS", price="100.00", date="2025-03-31"),
    case({"HST": "14.00"}, province="NS", price="100.00", date="2025-04-01"),
    case({"HST": "15.00"}, province="NS", price="100.00", at="2025-04-01T02:59:59+00:00"),
    case({"HST": "0.04"}, province="ON", lines=["0.10", "0.10", "0.10"]),
    case({"HST": "2.00"}, province="ON", price="40.00", tax_code="book"),
    case({"HST": "13.00", "net": "100.00"}, province="ON", price="113.00", tax_included=True),
    case({"GST": "5.00", "total": "105.00"}, province="BC", price="100.00", exempt="PST_BC"),
    case({"TPS": "5.00", "tvq": "9.98", "Total": "114.98"}, province="Québec", price=100),
    case({"hst_cents": 260, "total_cents": 2259}, region="Ontario", price_cents=1999),
    case(
        {"HST": "15.00"},
        customer_province="Nova Scotia",
        seller_province="ON",
        price="100",
        date_of_supply="2025/03/31",
    ),
    case({"IGST": "20.00"}, country="IN", seller_state="KA", customer_state="Maharashtra", price="50", rate=40),
    case({"HST": "0"}, province="ON", price="100", supply="zero-rated"),
    case({"HST": "0.50"}, province="ON", price="10", product="printed book"),
    case({"HST": "7.15"}, province="ON", items=[{"amount": "25", "qty": 2}, {"amount": "5"}]),
    case({"GST": "5", "QST_rate": "9.975"}, province="QC"),
    case({"rate": "14 %"}, province="NS", date="2025-04-01"),
    case({"rule": "half a cent is a whole one"}, rule="rounding"),
    case({"rule": "9.97 %, 14.97 % and 14.975 % must not appear"}, rule="display"),
]
WRONG = [
    (case({"HST": "13.01"}, province="ON", price="100.00"), "HST is 13.00, expected 13.01"),
    (case({"GST": "5.00"}, province="QC", price="100.00"), "QST is 9.98, expected none"),
    (case({"HST": "1"}, province="ZZ", price="100.00"), "customer.region"),
    (case({"HST": "1"}, province="ON", price="a lot"), "not a number"),
    (case({"HST": "1"}, province="ON"), "the rate of HST is 13 %, expected 1"),
    (case({"HST": "1"}, province="ON", lines=[{}]), "no price"),
    (case({"PST": "7.00"}, province="MB", price="100"), "RST is 7.00, expected none"),
    (case({"HST": "1"}, province="ON", price="1.00", tax_code="whisky"), "no tax code"),
    (case({"HST": "1"}, province="ON", price="1.00", date="soon"), "not a day"),
    (case({"rule": "be nice"}, rule="manners"), "the rule"),
    (case({"HST": [1]}, province="ON", price="1.00"), "not a number"),
    (case({}, province="ON", price="1.00"), "what is expected"),
    ("text", "must be an object"),
    (None, "must be an object"),
]


@pytest.mark.parametrize("one", RIGHT)
def test_a_case_that_we_agree_with_passes(one: dict[str, Any]) -> None:
    assert judged(one).outcome == "pass", judged(one).why


@pytest.mark.parametrize(("one", "why"), WRONG)
def test_a_case_that_we_do_not_agree_with_or_understand_fails_with_the_reason(one: object, why: str) -> None:
    verdict = judged(one)
    assert verdict.outcome == "fail"
    assert why in verdict.why


def test_a_day_before_the_table_differs_deliberately() -> None:
    verdict = judged(case({"HST": "1"}, province="ON", price="1.00", date="2001-01-01"))
    assert verdict.outcome == "deliberately different"
    assert "2010-07-01" in verdict.why


def test_the_last_line_counts_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([*RIGHT, *(one for one, _ in WRONG)]))
    assert main([str(file)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == f"{len(RIGHT)} passed, {len(WRONG)} failed"
    file.write_text(json.dumps(RIGHT))
    assert main([str(file)]) == 0


def test_a_file_without_cases_is_refused(tmp_path: Path) -> None:
    assert main([str(tmp_path / "none.json")]) == 2
    assert main([]) == 2

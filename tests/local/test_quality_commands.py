"""`skuflow quality …`: a look through the products to its end, what it found and would fix, the report in each form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from functions.quality.api.rule_rendering import rule_view
from functions.quality.api.views import FindingView, JobView, NightlyView, ProductFixesView, ReportView, RuleView
from local.api.quality_screen import JobScreen
from local.cli.main import app
from skuflow.quality.rules.built_in import BUILT_IN
from skuflow.quality.rules.rule import Override
from tests.local.answering import WHEN, Platform, answering, page, refusal

JOBS, JOB = "/v1/quality/jobs", "/v1/quality/jobs/qjb_1"
COUNTS = (
    "looked_at", "checked", "findings", "batches_decided", "batches_answered", "fixes_proposed", "fixes_applied",
    "fixes_skipped", "products_fixed",
)  # fmt: skip


@pytest.fixture
def platform() -> Iterator[Platform]:
    with answering() as server:
        yield server


def quality(platform: Platform, *arguments: object) -> Result:
    command = ["quality", *map(str, arguments), "--api", platform.base, "--key", "sk_1"]
    return CliRunner().invoke(app, command, env={"COLUMNS": "250", "TERM": "dumb"})


def job(status: str, mode: str = "score", *, follows: str | None = None, **progress: int) -> dict[str, Any]:
    """The job qjb_1 as the API shows it."""
    result = {
        "score_before": "71.50", "score_after": "93.00", "items_processed": 120, "items_fixed": 7, "billable_items": 120,
        "source_type": "shopify", "source_items": 120, "duration_seconds": 3,
    }  # fmt: skip
    said = {
        "job_id": "qjb_1", "collection": "products", "mode": mode, "status": status, "follows": follows, "nightly": False,
        "created_at": WHEN, "updated_at": WHEN, "completed_at": WHEN if status == "completed" else None, "check_images": False,
        "filters": {"source": "", "status": "", "brand": "", "category": [], "product_ids": []},
        "progress": {**dict.fromkeys(COUNTS, 0), **progress},
        "result": result if status == "completed" else None,
        "failure": {"code": "not_found", "detail": "the rules are gone"} if status == "failed" else None,
    }  # fmt: skip
    return JobView.model_validate(said).model_dump(mode="json")


def report() -> dict[str, Any]:
    before = {"score": "71.50", "missing": "4.00", "invalid": "2.00", "duplicates": "1.00"}
    after = {**before, "score": "93.00"}
    summary = {name: value for name, value in job("completed").items() if name in JobView.model_fields}
    rule = {
        "rule_id": "title.required",
        "field": "product.title",
        "severity": "error",
        "summary": "A product has a title",
    }
    said = {
        "job": summary,
        "fields": [{"field": "", "before": before, "after": after}],
        "rules": [{**rule, "failed_before": 5, "failed_after": 2, "example_product_ids": ["prd_1"]}],
        "worst": [{"product_id": "prd_1", "title": "Boots [red]", "score": "40.00", "findings": 3}],
    }
    return ReportView.model_validate(said).model_dump(mode="json")


def fixes() -> dict[str, Any]:
    fix = {"path": "title", "old": " Boots", "new": "Boots", "reason": "blanks", "rule_ids": ["title.whitespace"]}
    wish = {"path": "brand", "old": "Harbor", "new": "Harbour", "reason": "alike", "rule_id": "brand.known"}
    said = {
        "product_id": "prd_1",
        "title": "Boots",
        "fixes": [
            {**fix, "outcome": "applied", "skipped_because": None},
            {**fix, "path": "tags", "outcome": "skipped", "skipped_because": "changed_since"},
        ],
        "suggestions": [{**wish, "confidence": 80}],
    }
    return ProductFixesView.model_validate(said).model_dump(mode="json")


def test_a_check_is_watched_to_its_end_and_tells_the_score(platform: Platform) -> None:
    platform.answers[f"POST {JOBS}"] = job("queued")
    platform.answers[JOB] = [
        job("checking"),
        job("checking", checked=50),
        job("completed", checked=120, findings=31),
    ]
    done = quality(platform, "check", "--brand", "Harbour")
    assert done.exit_code == 0, done.stderr
    told = ("checking: 50 products", "score 71.50 → 93.00", "120 products checked, 31 findings", "quality report qjb_1")
    assert [said for said in told if said not in done.stdout] == []
    assert platform.sent("POST", JOBS) == [{"mode": "score", "check_images": False, "filters": {"brand": "Harbour"}}]


def test_a_preview_says_how_to_make_its_fixes(platform: Platform) -> None:
    platform.answers[f"POST {JOBS}"] = job("queued", "preview")
    platform.answers[JOB] = job("completed", "preview", checked=120, fixes_proposed=9)
    done = quality(platform, "check", "--mode", "preview", "--images")
    assert "9 fixes proposed" in done.stdout
    assert "skuflow quality apply qjb_1" in done.stdout
    assert platform.sent("POST", JOBS)[0]["check_images"] is True


def test_a_mode_that_does_not_exist_is_refused_before_anything_is_asked(platform: Platform) -> None:
    done = quality(platform, "check", "--mode", "guess")
    assert done.exit_code == 2
    assert platform.received == []


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_job_that_did_not_come_to_its_end_is_exit_code_1(platform: Platform, status: str) -> None:
    platform.answers[f"POST {JOBS}"] = job("queued")
    platform.answers[JOB] = job(status)
    done = quality(platform, "check")
    assert done.exit_code == 1
    assert f"qjb_1 is {status}" in done.stderr
    assert ("the rules are gone" in done.stderr) == (status == "failed")


def test_nobody_has_to_wait(platform: Platform) -> None:
    platform.answers[f"POST {JOBS}"] = job("queued")
    done = quality(platform, "check", "--no-wait", "--json")
    assert json.loads(done.stdout) == job("queued")
    assert platform.sent("GET", JOB) == []


@pytest.mark.parametrize("what", ["apply", "revert"])
def test_fixes_are_applied_and_taken_back(platform: Platform, what: str) -> None:
    platform.answers[f"POST /v1/quality/jobs/qjb_0/{what}"] = job("queued", what, follows="qjb_0")
    counts = {"batches_decided": 4, "fixes_applied": 12, "fixes_skipped": 1}
    platform.answers[JOB] = [
        job("applying", what, follows="qjb_0", batches_decided=4, batches_answered=1),
        job("completed", what, follows="qjb_0", batches_answered=4, **counts),
    ]
    done = quality(platform, what, "qjb_0")
    assert done.exit_code == 0, done.stderr
    assert "applying: 1 of 4 batches of fixes" in done.stdout
    assert "7 products changed: 12 fixes applied, 1 skipped" in done.stdout
    assert "products checked" not in done.stdout


def test_jobs_are_listed_whether_they_have_a_score_or_not(platform: Platform) -> None:
    platform.answers[JOBS] = page(job("completed"), {**job("checking", "fix"), "job_id": "qjb_2"})
    done = quality(platform, "jobs", "--limit", "2")
    assert [said for said in ("qjb_1", "93.00", "qjb_2", "checking", "fix") if said not in done.stdout] == []
    platform.answers[JOBS] = page()
    assert "skuflow quality check" in quality(platform, "jobs").stdout


def test_findings_are_listed_by_rule_and_with_the_way_out(platform: Platform) -> None:
    said = {
        "product_id": "prd_1", "title": "Boots", "variant_id": "var_1", "rule_id": "variant.gtin.unique", "value": "4006381333931",
        "field": "variant.gtin", "aspect": "duplicate", "severity": "error", "message": "is not the only one", "remedy": "give one",
    }  # fmt: skip
    platform.answers[f"{JOB}/findings"] = page(FindingView.model_validate(said).model_dump(mode="json"))
    done = quality(platform, "findings", "qjb_1", "--rule", "variant.gtin.unique", "--severity", "error")
    told = ("prd_1", "var_1", "4006381333931", "is not the only one: give one")
    assert [one for one in told if one not in done.stdout] == []
    wanted = {"limit": "50", "rule_id": "variant.gtin.unique", "severity": "error"}
    assert platform.sent("GET", f"{JOB}/findings") == [wanted]


def test_fixes_are_listed_with_what_became_of_them_and_suggestions_with_how_sure_we_are(platform: Platform) -> None:
    platform.answers[f"{JOB}/fixes"] = page(fixes())
    done = quality(platform, "fixes", "qjb_1")
    told = ("applied", "changed_since", "suggested, 80 % sure", "Harbour")
    assert [one for one in told if one not in done.stdout] == []
    assert json.loads(quality(platform, "fixes", "qjb_1", "--json").stdout) == [fixes()]


def test_a_report_is_shown_and_a_title_does_not_steer_the_terminal(platform: Platform) -> None:
    platform.answers[f"{JOB}/report"] = report()
    done = quality(platform, "report", "qjb_1")
    told = ("collection", "71.50 → 93.00", "title.required", "5 → 2", "Boots [red]", "40.00")
    assert [one for one in told if one not in done.stdout] == []
    assert json.loads(quality(platform, "report", "qjb_1", "--json").stdout) == report()


def test_a_report_goes_into_new_files_and_never_over_one(platform: Platform, tmp_path: Path) -> None:
    platform.answers[f"{JOB}/report.csv"] = b"kind,name\r\n"
    platform.answers[f"{JOB}/report.html"] = b"<!doctype html>"
    table, shown = tmp_path / "r.csv", tmp_path / "r.html"
    done = quality(platform, "report", "qjb_1", "--csv", table, "--html", shown)
    assert done.exit_code == 0, done.stderr
    assert (table.read_bytes(), shown.read_bytes()) == (b"kind,name\r\n", b"<!doctype html>")
    assert quality(platform, "report", "qjb_1", "--csv", table).exit_code == 1


def test_no_file_is_left_of_a_report_that_is_not_there_yet(platform: Platform, tmp_path: Path) -> None:
    platform.refuses = refusal(409, "the job is checking; a report is there when it is completed")
    file = tmp_path / "r.csv"
    done = quality(platform, "report", "qjb_1", "--csv", file)
    assert done.exit_code == 1
    assert "the job is checking" in done.stderr
    assert not file.exists()


def test_rules_are_listed_with_those_that_are_off(platform: Platform) -> None:
    rule = next(one for one in BUILT_IN if one.rule_id == "title.required")
    shown = [rule_view(rule, None), rule_view(BUILT_IN[-1], Override(BUILT_IN[-1].rule_id, enabled=False))]
    platform.answers["/v1/quality/rules"] = {
        "items": [RuleView.model_validate(one).model_dump(mode="json") for one in shown]
    }
    done = quality(platform, "rules")
    assert [one for one in ("title.required", "error", " off ", BUILT_IN[-1].rule_id) if one not in done.stdout] == []


def test_a_terminal_shows_a_bar_that_fills_while_fixes_are_applied() -> None:
    written = StringIO()
    screen = JobScreen(Console(file=written, force_terminal=True, width=120))
    with screen.running("qjb_1") as show:
        show(job("checking", "fix", checked=50))
        show(job("applying", "fix", batches_decided=4, batches_answered=3))
    assert "applying: 3 of 4 batches" in written.getvalue()


def test_what_is_done_by_night_is_shown_and_said_anew_one_thing_at_a_time(platform: Platform) -> None:
    path, stands = "/v1/quality/nightly", {"enabled": True, "mode": "fix", "check_images": False}
    platform.answers[path] = platform.answers[f"PUT {path}"] = NightlyView.model_validate(stands).model_dump()
    assert "fix" in quality(platform, "nightly").stdout
    assert platform.sent("PUT", path) == []
    assert quality(platform, "nightly", "--off").exit_code == 0
    assert platform.sent("PUT", path) == [{**stands, "enabled": False}]

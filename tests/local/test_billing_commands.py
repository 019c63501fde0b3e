"""`skuflow billing …`: what a run would bill and why, a run to its end, invoices and plans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from functions.billing.api.plans import plan_view
from functions.billing.api.rendering_invoices import dry_view, invoice_summary, invoice_view, run_view
from functions.billing.api.views_invoices import BillingRunView, InvoiceView
from local.api.billing_screen import RunScreen
from local.cli.main import app
from skuflow.billing.plans import Plan, PlanHead
from skuflow.billing.runs.dry_run import Explained
from skuflow.billing.runs.model import Failure, Progress, Run
from skuflow.billing.seed_plans import seed_offers
from tests.doubles import START
from tests.local.answering import Platform, answering, page
from tests.unit.billing.pdf.samples import CAUSE, ISSUED, invoice

RUNS, RUN = "/v1/billing-runs", "/v1/billing-runs/brun_1"
INVOICE = "/v1/invoices/inv_7f3a_4"


@pytest.fixture
def platform() -> Iterator[Platform]:
    with answering() as server:
        yield server


def billing(platform: Platform, *arguments: object) -> Result:
    command = ["billing", *map(str, arguments), "--api", platform.base, "--key", "sk_1"]
    return CliRunner().invoke(app, command, env={"COLUMNS": "200", "TERM": "dumb"})


def run(status: str, *failures: Failure, **progress: int) -> dict[str, Any]:
    """A run over 30 subscriptions, as the API shows it."""
    made = Run(
        run_id="brun_1",
        kind="requested",
        status=status,  # type: ignore[arg-type]
        as_of=ISSUED,
        created_at=ISSUED,
        updated_at=ISSUED,
        cause=CAUSE,
        subscriptions=30,
        batches=2,
        progress=Progress(**progress),
    )
    return BillingRunView.model_validate(run_view(made, list(failures))).model_dump(mode="json")


def explained(*told: Explained, cursor: str | None = None) -> dict[str, Any]:
    return BillingRunView.model_validate(dry_view(ISSUED, list(told), cursor)).model_dump(mode="json")


def test_a_dry_run_explains_each_amount_and_bills_nothing(platform: Platform) -> None:
    platform.answers[f"POST {RUNS}"] = explained(
        Explained("sub_7f3a", invoice(number="", status="draft")), Explained("sub_2", None, "there is nothing to bill")
    )
    done = billing(platform, "run", "--dry")
    assert done.exit_code == 0, done.stderr
    told = (
        "Éléonore Lévesque-Çelik",
        "Catalogue items scored and fixed",
        "first 10,000 items",
        "0.005",
        "61.25 CAD",
        "QST 9.975 %",
        "on 80.03 CAD",
        "92.01 CAD",
        "sub_2: no invoice, for there is nothing to bill",
        "this run would make: 1, 92.01 CAD in all. Nothing was billed.",
    )
    assert [said for said in told if said not in done.stdout] == []
    assert platform.sent("POST", RUNS) == [{"dry": True}]


def test_a_dry_run_asks_for_page_after_page(platform: Platform) -> None:
    pages = [explained(Explained("sub_1", None, "x"), cursor="more"), explained(Explained("sub_2", None, "y"))]
    platform.answers[f"POST {RUNS}"] = pages
    done = billing(platform, "run", "--dry", "--as-of", "2026-12-01T00:00:00Z", "--json")
    assert [one["subscription_id"] for one in json.loads(done.stdout)] == ["sub_1", "sub_2"]
    wanted = {"dry": True, "as_of": "2026-12-01T00:00:00Z"}
    assert platform.sent("POST", RUNS) == [wanted, {**wanted, "cursor": "more"}]


def test_a_run_is_watched_to_its_end(platform: Platform) -> None:
    platform.answers[f"POST {RUNS}"] = run("planning")
    platform.answers[RUN] = [
        run("planning"),
        run("billing", batches=1, invoices=24, without_invoice=1),
        run("completed", batches=2, invoices=28, without_invoice=2),
    ]
    done = billing(platform, "run", "--subscription", "sub_1", "--subscription", "sub_2")
    assert done.exit_code == 0, done.stderr
    assert "billing: 25 of 30 subscriptions" in done.stdout
    assert "brun_1: subscriptions 30, invoices 28, nothing to bill 2, failed 0" in done.stdout
    assert platform.sent("POST", RUNS) == [{"subscription_ids": ["sub_1", "sub_2"]}]


def test_what_could_not_be_billed_is_named_and_the_exit_code_is_1(platform: Platform) -> None:
    fault = Failure("sub_9", "invalid", "'ZZ' is not a province or territory of Canada", ISSUED)
    platform.answers[f"POST {RUNS}"] = run("planning")
    platform.answers[RUN] = run("completed", fault, batches=2, invoices=29, failed=1)
    done = billing(platform, "run")
    assert done.exit_code == 1
    assert "sub_9: 'ZZ' is not a province" in done.stdout
    assert "1 subscriptions could not be billed" in done.stderr


def test_machines_get_the_run_and_nothing_else_on_stdout(platform: Platform) -> None:
    platform.answers[f"POST {RUNS}"] = run("planning")
    platform.answers[RUN] = run("completed", batches=2, invoices=30)
    done = billing(platform, "run", "--json")
    assert json.loads(done.stdout) == platform.answers[RUN]


def test_invoices_are_listed_with_what_is_due(platform: Platform) -> None:
    draft = replace(invoice(number="", status="draft"), invoice_id="inv_2")
    platform.answers["/v1/invoices"] = page(invoice_summary(invoice()), invoice_summary(draft))
    done = billing(platform, "invoices", "--status", "pending", "--limit", "5")
    assert [said for said in ("NEST-000123", "92.01 CAD", "pending", "inv_2") if said not in done.stdout] == []
    assert platform.sent("GET", "/v1/invoices") == [{"limit": "5", "status": "pending"}]


def test_without_invoices_the_way_to_one_is_told(platform: Platform) -> None:
    platform.answers["/v1/invoices"] = page()
    assert "skuflow billing run" in billing(platform, "invoices").stdout


def test_an_invoice_is_shown_with_its_workings(platform: Platform) -> None:
    platform.answers[INVOICE] = InvoiceView.model_validate(invoice_view(invoice())).model_dump(mode="json")
    done = billing(platform, "invoice", "inv_7f3a_4")
    told = ("NEST-000123", "further items", "11.25", "Coupon AUTOMNE10", "GST 5 %", "123456789 RT0001", "due")
    assert [said for said in told if said not in done.stdout] == []
    shown = billing(platform, "invoice", "inv_7f3a_4", "--json")
    assert json.loads(shown.stdout) == platform.answers[INVOICE]


def test_the_pdf_goes_into_a_new_file_and_never_over_one(platform: Platform, tmp_path: Path) -> None:
    platform.answers[f"{INVOICE}.pdf"] = {"url": f"{platform.base}/kept", "file_name": "x.pdf", "expires_at": "…"}
    platform.answers["/kept"] = b"%PDF-1.4"
    file = tmp_path / "invoice.pdf"
    done = billing(platform, "invoice", "inv_7f3a_4", "--pdf", file)
    assert done.exit_code == 0, done.stderr
    assert file.read_bytes() == b"%PDF-1.4"
    assert billing(platform, "invoice", "inv_7f3a_4", "--pdf", file).exit_code == 1


def test_no_file_is_left_of_an_invoice_that_does_not_exist(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "invoice.pdf"
    assert billing(platform, "invoice", "inv_none", "--pdf", file).exit_code == 1
    assert not file.exists()


def test_plans_are_listed_with_their_fees(platform: Platform) -> None:
    shown = []
    for code, offer in seed_offers("sel_1").items():
        head = PlanHead(code=code, latest=1, product=offer.product, created_at=START, updated_at=START, cause=CAUSE)
        shown.append(plan_view(head, Plan(code=code, version=1, offer=offer, published_at=START, cause=CAUSE)))
    platform.answers["/v1/plans"] = page(*json.loads(json.dumps(shown, default=str)))
    done = billing(platform, "plans")
    told = ("sku-genie-growth", "19.99 CAD a month", "billable_items (per_item)", "29.99 CAD a month", "on sale")
    assert [said for said in told if said not in done.stdout] == []


def test_a_terminal_shows_a_bar_that_fills() -> None:
    written = StringIO()
    screen = RunScreen(Console(file=written, force_terminal=True, width=120))
    with screen.running("brun_1") as show:
        show(run("billing", batches=1, invoices=24, without_invoice=1))
        show(run("completed", batches=2, invoices=28, without_invoice=2))
    assert "30/30" in written.getvalue()

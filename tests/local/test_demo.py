"""The demo for real: the whole app on an instance of its own, from synthesis to the last event."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from local.cli.demo_commands import SAMPLE
from local.demo.second_version import Layout, second_version
from local.demo.shop_act import PRODUCTS, VARIANTS
from local.workspace import Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

NAME = f"demo-{os.getpid()}"
INSTANCE = ("--instance", NAME)


def skuflow(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.cli.main", *arguments, *INSTANCE]
    return subprocess.run(command, cwd=Workspace.here().root, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module", autouse=True)
def stopped_afterwards() -> Iterator[None]:
    yield
    skuflow("down")
    shutil.rmtree(Workspace.here().instances / NAME, ignore_errors=True)


def figures(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


@pytest.fixture(scope="module")
def done() -> subprocess.CompletedProcess[str]:
    return skuflow("demo")


def test_the_sample_is_imported_twice_and_every_lowered_price_is_found(
    done: subprocess.CompletedProcess[str],
) -> None:
    assert done.returncode == 0, done.stderr
    found = figures(done)
    lowered = second_version(SAMPLE.read_bytes(), Layout("utf-8", ",", ".", ("Variant Price",))).lowered
    assert (found["products"], found["variants"], found["rejected"]) == (16, 32, 1)
    assert found["price_drops"] == lowered > 0
    assert found["created"] == 38
    assert found["updated"] + found["unchanged"] == 38
    assert found["status"] == "completed"
    assert [each["status"] for each in found["imports"]] == ["completed", "completed"]
    assert found["events"] >= found["products"] + 2 * found["price_drops"]


def test_the_catalogue_is_scored_and_mended_and_the_work_metered(done: subprocess.CompletedProcess[str]) -> None:
    found = figures(done)
    quality = found["quality"]
    assert (quality["products"], quality["fixes_proposed"], quality["items_fixed"]) == (found["products"], 2, 2)
    assert Decimal(quality["score_after"]) > Decimal(quality["score_before"]) > 0
    assert quality["billable_items"] >= found["products"]


def test_a_month_is_closed_and_its_invoice_adds_up(done: subprocess.CompletedProcess[str]) -> None:
    found = figures(done)
    billing = found["billing"]
    items = found["quality"]["billable_items"]
    subtotal = Decimal("49.00") + Decimal("0.05") * (items - 10)
    tax = (subtotal * Decimal("0.13")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert (billing["invoices"], billing["lines"]) == (4, 2)
    assert billing["invoice_number"] in {"HS-000003", "HS-000004"}
    assert [Decimal(billing[name]) for name in ("subtotal", "tax", "total")] == [subtotal, tax, subtotal + tax]
    assert Path(billing["pdf"]).read_bytes().startswith(b"%PDF-")


def test_a_shop_is_connected_read_heard_healed_and_let_go(done: subprocess.CompletedProcess[str]) -> None:
    shop = figures(done)["shop"]
    assert shop["domain"].endswith(".myshopify.com")
    assert (shop["products"], shop["variants"]) == (PRODUCTS, PRODUCTS * VARIANTS)
    assert (shop["healed"], shop["uninstalled"], shop["status_checks"]) == (True, True, 5)
    assert shop["first_sync_seconds"] > 0
    assert shop["webhook_seconds"] > 0


def test_the_status_of_that_shop_can_be_looked_at_afterwards(done: subprocess.CompletedProcess[str]) -> None:
    shop = figures(done)["shop"]
    caller = ("--client", shop["client_id"], "--json")
    (seen,) = json.loads(skuflow("sync", "status", *caller).stdout)
    assert (seen["shop"], seen["status"]) == (shop["domain"], "uninstalled")
    runs = json.loads(skuflow("sync", "runs", shop["domain"], *caller).stdout)
    assert [(run["kind"], run["status"]) for run in runs] == [("manual", "completed"), ("first", "completed")]


def test_the_demo_tells_people_what_it_did_and_how_to_go_on(done: subprocess.CompletedProcess[str]) -> None:
    api = figures(done)["api"]
    told = (
        "Deploying to the embedded AWS",
        "39 of 39 rows",
        "ask in store",
        "Price drops found: 11",
        "ProductAdded",
        "Price history of",
        "How good is this catalogue?",
        "Letter Set & Envelopes",
        "The run that closes the month",
        "HST 13 %",
        "/admin/oauth/authorize",
        "/v1/shopify/callback",
        "GET /v1/admin/catalog/sync-status",
        "the webhook was dropped",
        "uninstalled",
        "skuflow sync status",
        f"{api}/docs",
        f"{api}/openapi.json",
        "skuflow logs",
        "skuflow down",
    )
    assert [said for said in told if said not in done.stdout] == []


def test_the_platform_is_left_running(done: subprocess.CompletedProcess[str]) -> None:
    status = json.loads(skuflow("status", "--json").stdout)
    assert status["running"] is True
    assert len(status["functions"]) >= 22
    assert status["shopify_app"] == "sandbox-skuflow"
    assert status["dead_letters"] == {}


def test_its_client_is_served_from_the_command_line(done: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
    assert done.returncode == 0, done.stderr
    caller = ("--client", figures(done)["client_id"], "--json")
    importing = skuflow("sync", "import", str(SAMPLE), *caller)
    assert importing.returncode == 0, importing.stderr
    imported = json.loads(importing.stdout)
    assert imported["status"] == "completed"
    assert (imported["updated"] + imported["unchanged"], imported["rejected"]) == (38, 1)
    newest, *_ = json.loads(skuflow("sync", "imports", *caller).stdout)
    assert newest["import_id"] == imported["import_id"]
    (remark,) = json.loads(skuflow("sync", "report", imported["import_id"], *caller).stdout)
    repaired = skuflow("sync", "repair", imported["import_id"], str(tmp_path / "repair.csv"), *caller)
    assert repaired.returncode == 0, repaired.stderr
    assert remark["value"] in (tmp_path / "repair.csv").read_text()
    products = json.loads(skuflow("catalog", "products", "--limit", "50", *caller).stdout)
    assert len(products) == 16
    for command in ("show", "history", "pricing", "stock"):
        found = json.loads(skuflow("catalog", command, products[0]["product_id"], *caller).stdout)
        assert found["product_id"] == products[0]["product_id"]


def test_a_file_that_is_refused_is_explained_and_still_ends_with_figures(
    done: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    assert done.returncode == 0, done.stderr
    broken = tmp_path / "feed.csv"
    broken.write_text("<?xml version='1.0'?><products/>")
    refused = skuflow("demo", str(broken))
    assert refused.returncode == 1
    assert "XML" in refused.stderr
    found = figures(refused)
    assert (found["status"], found["products"], found["created"]) == ("refused", 0, 0)
    assert found["imports"][0]["refusal"]["code"] == "not_csv"


def test_one_function_is_redeployed_by_itself(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr
    again = skuflow("deploy", "catalog/api", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["function"] == "skuflow-local-catalog-api"
    unknown = skuflow("deploy", "catalog/nothing")
    assert (unknown.returncode, "catalog/api" in unknown.stderr) == (1, True)

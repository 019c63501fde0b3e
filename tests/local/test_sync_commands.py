"""`skuflow sync …`: a file goes in by the HTTP API, and its rows are accounted for."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from local.cli.main import app
from tests.local.answering import WHEN, Platform, answering, imported, page, row, suggestion

IMPORT = "/v1/imports/imp_1"


@pytest.fixture
def platform() -> Iterator[Platform]:
    with answering() as server:
        server.statuses = ["completed"]
        yield server


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.csv"
    file.write_text("Title,Price\nMug,12.00\n")
    return file


def sync(platform: Platform, *arguments: object) -> Result:
    command = ["sync", *map(str, arguments), "--api", platform.base, "--key", "sk_1"]
    return CliRunner().invoke(app, command, env={"COLUMNS": "200", "TERM": "dumb"})


def test_a_file_is_uploaded_awaited_and_accounted_for(platform: Platform, shop: Path) -> None:
    platform.statuses = ["reading", "completed"]
    done = sync(platform, "import", shop)
    assert done.exit_code == 0, done.stderr
    told = (
        "Uploading shop.csv",
        "22 of 22 bytes",
        "imp_1",
        "reading",
        "completed: 9 of 9 rows",
        "no number",
        "give a number",
    )
    assert [said for said in told if said not in done.stdout] == []
    assert "skuflow sync report imp_1" in done.stdout
    assert "skuflow sync repair imp_1 repair.csv" in done.stdout
    assert platform.sent("POST", "/v1/imports") == [{"file_name": "shop.csv"}]


def test_the_first_rejected_rows_are_shown_and_no_more_are_asked_for(platform: Platform, shop: Path) -> None:
    platform.answers[f"{IMPORT}/report"] = page(*(row(line) for line in range(2, 40)), next_cursor="more")
    done = sync(platform, "import", shop)
    assert done.stdout.count("no number") == 8
    assert "and more in the report" in done.stdout
    assert len(platform.sent("GET", f"{IMPORT}/report")) == 1


def test_machines_get_the_import_and_nothing_else_on_stdout(platform: Platform, shop: Path) -> None:
    done = sync(platform, "import", shop, "--json")
    assert json.loads(done.stdout) == imported("completed")
    assert "completed: 9 of 9 rows" in done.stderr


def test_without_waiting_the_import_is_left_to_the_platform(platform: Platform, shop: Path) -> None:
    done = sync(platform, "import", shop, "--no-wait")
    assert done.exit_code == 0
    assert "skuflow sync show imp_1 --wait" in done.stdout
    assert platform.sent("GET", IMPORT) == []
    assert json.loads(sync(platform, "import", shop, "--no-wait", "--json").stdout)["status"] == "awaiting_upload"


def test_currency_and_columns_go_with_the_import(platform: Platform, shop: Path) -> None:
    sync(platform, "import", shop, "--currency", "EUR", "--map", "title=Title", "--map", "price=Our price")
    wanted = {"name": "shop.csv", "mapping": {"title": "Title", "price": "Our price"}}
    assert platform.sent("POST", "/v1/import-mappings") == [wanted]
    assert platform.sent("POST", "/v1/imports") == [{"file_name": "shop.csv", "currency": "EUR", "mapping_id": "map_1"}]
    sync(platform, "import", shop, "--mapping", "map_7")
    assert platform.sent("POST", "/v1/imports")[1] == {"file_name": "shop.csv", "mapping_id": "map_7"}


def test_a_refused_file_ends_with_1_the_reason_and_the_way_out(platform: Platform, shop: Path) -> None:
    refusal = {"code": "not_csv", "detail": "the file is XML, not CSV", "remedy": "upload the CSV export instead"}
    platform.answers[IMPORT] = imported("refused", refusal=refusal)
    done = sync(platform, "import", shop, "--json")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == "error: the file is XML, not CSV → upload the CSV export instead"
    assert json.loads(done.stdout)["refusal"] == refusal


@pytest.mark.parametrize(
    ("status", "said"), [("needs_mapping", "--map"), ("failed", "skuflow logs"), ("cancelled", "ended as 'cancelled'")]
)
def test_an_import_that_ends_otherwise_ends_with_1(platform: Platform, shop: Path, status: str, said: str) -> None:
    platform.answers[IMPORT] = imported(status)
    done = sync(platform, "import", shop)
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_file_with_foreign_columns_is_answered_with_what_was_recognised(platform: Platform, shop: Path) -> None:
    platform.answers[IMPORT] = imported("needs_mapping", suggestion=suggestion())
    done = sync(platform, "import", shop)
    told = ("recognised: title = Naam", "not found: price", "columns that could be it: Prijs")
    assert [said for said in told if said not in done.stdout] == []


def test_imports_are_listed_newest_first_up_to_the_limit(platform: Platform) -> None:
    items = [imported("completed"), imported("refused"), imported("reading")]
    platform.answers["/v1/imports"] = page(*items, next_cursor="more")
    done = sync(platform, "imports", "--limit", 3)
    assert done.stdout.count("imp_1") == 3
    assert "2026-01-31 12:00" in done.stdout
    assert platform.sent("GET", "/v1/imports") == [{"limit": "3"}]
    assert json.loads(sync(platform, "imports", "--limit", 2, "--json").stdout) == items[:2]
    platform.answers["/v1/imports"] = page()
    assert "no imports yet" in sync(platform, "imports").stdout


def test_one_import_is_shown_or_awaited(platform: Platform) -> None:
    platform.answers[IMPORT] = imported("reading", delimiter="\t", mapping={"price": "Our price"})
    done = sync(platform, "show", "imp_1")
    assert done.exit_code == 0
    assert "price: Our price" in done.stdout
    assert "tab" in done.stdout
    platform.answers[IMPORT] = imported("failed")
    assert sync(platform, "show", "imp_1").exit_code == 0
    assert sync(platform, "show", "imp_1", "--wait").exit_code == 1


def test_the_report_holds_every_page_with_the_warnings(platform: Platform) -> None:
    done = sync(platform, "report", "imp_1", "--json")
    assert [(line["line"], line["severity"]) for line in json.loads(done.stdout)] == [
        (3, "error"),
        (4, "warning"),
        (9, "error"),
    ]
    assert sync(platform, "report", "imp_1").stdout.count("give a number") == 3
    platform.answers[f"{IMPORT}/report"] = page()
    assert "every row was taken" in sync(platform, "report", "imp_1").stdout


def test_the_report_becomes_a_file_that_no_spreadsheet_runs(platform: Platform, tmp_path: Path) -> None:
    values = ("=1+1", "@x", "-12.50", 'a "b"')
    platform.answers[f"{IMPORT}/report"] = page(*(row(2, value=value) for value in values))
    out = tmp_path / "report.csv"
    assert sync(platform, "report", "imp_1", "--csv", out).exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as lines:
        found = list(csv.DictReader(lines))
    assert [line["value"] for line in found] == ["'=1+1", "'@x", "-12.50", 'a "b"']
    again = sync(platform, "report", "imp_1", "--csv", out)
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)


def test_an_import_without_a_report_leaves_no_file(platform: Platform, tmp_path: Path) -> None:
    platform.statuses = ["reading"]
    done = sync(platform, "report", "imp_1", "--csv", tmp_path / "report.csv")
    assert done.exit_code == 1
    assert "the import is 'reading'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_rows_to_mend_are_downloaded(platform: Platform, tmp_path: Path) -> None:
    platform.answers[f"{IMPORT}/repair-file"] = {"url": f"{platform.base}/file", "file_name": "x", "expires_at": WHEN}
    platform.answers["/file"] = b"Title,Price\nMug,x\n"
    out = tmp_path / "repair.csv"
    assert sync(platform, "repair", "imp_1", out).exit_code == 0
    assert out.read_bytes() == b"Title,Price\nMug,x\n"
    (download,) = [headers for _, path, headers, _ in platform.received if path == "/file"]
    assert "Authorization" not in download


@pytest.mark.parametrize("expired", [False, True], ids=["nothing to mend", "the address has expired"])
def test_a_repair_file_that_does_not_come_leaves_no_file(platform: Platform, tmp_path: Path, expired: bool) -> None:
    if expired:
        answer = {"url": f"{platform.base}/gone", "file_name": "x", "expires_at": WHEN}
        platform.answers[f"{IMPORT}/repair-file"] = answer
    done = sync(platform, "repair", "imp_1", tmp_path / "repair.csv")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_saved_mappings_are_listed(platform: Platform) -> None:
    saved = {"mapping_id": "map_1", "name": "Supplier A", "mapping": {"price": "Preis"}, "updated_at": WHEN}
    platform.answers["/v1/import-mappings"] = page(saved)
    assert "price: Preis" in sync(platform, "mappings").stdout
    assert json.loads(sync(platform, "mappings", "--json").stdout) == [saved]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "absent.csv"), "does not exist"),
        (("import", __file__, "--currency", "EURO"), "no ISO 4217 code"),
        (("import", __file__, "--map", "price"), "FIELD=HEADER"),
        (("import", __file__, "--map", "a=b", "--mapping", "map_1"), "leave one of the two out"),
        (("imports", "--limit", "0"), "greater than or equal to 1"),
    ],
)
def test_wrong_usage_ends_with_2_before_anything_is_asked(
    platform: Platform, arguments: tuple[str, ...], said: str
) -> None:
    done = sync(platform, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert platform.received == []

"""`skuflow sync connect`, `shops`, `status`, …: what people see of shops, over the HTTP API."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner, Result

from local.cli.main import app
from tests.local.answering import SHOP, WHEN, Platform, answering, page, privacy_request, run, shop, source_status

SHOPS, STATUS = "/v1/shopify/shops", "/v1/admin/catalog/sync-status"
SYNCS = f"{SHOPS}/{SHOP}/syncs"


@pytest.fixture
def platform() -> Iterator[Platform]:
    with answering() as server:
        yield server


def sync(platform: Platform, *arguments: str, typed: str | None = None) -> Result:
    command = ["sync", *arguments, "--api", platform.base, "--key", "sk_1"]
    return CliRunner().invoke(app, command, input=typed, env={"COLUMNS": "220", "TERM": "dumb"})


def test_shops_are_listed_with_how_they_are(platform: Platform) -> None:
    platform.answers[SHOPS] = page(shop(), shop(shop="pine.myshopify.com", status="needs_reauth", last_success_at=None))
    done = sync(platform, "shops")
    assert done.exit_code == 0, done.stderr
    told = (SHOP, "pine.myshopify.com", "needs_reauth", "2026-01-31 12:00")
    assert [said for said in told if said not in done.stdout] == []
    assert [each["shop"] for each in json.loads(sync(platform, "shops", "--json").stdout)] == [
        SHOP,
        "pine.myshopify.com",
    ]


def test_without_shops_people_are_told_how_to_begin(platform: Platform) -> None:
    platform.answers |= {SHOPS: page(), STATUS: page()}
    assert "skuflow sync connect SHOP" in sync(platform, "shops").stdout
    assert "skuflow sync connect SHOP" in sync(platform, "status").stdout


def test_an_address_is_given_for_the_shops_owner(platform: Platform) -> None:
    link = {"url": "https://api.example/v1/shopify/authorize?ticket=cli_1.x", "expires_at": WHEN}
    platform.answers["/v1/shopify/install"] = link
    done = sync(platform, "connect", SHOP)
    assert done.stdout.splitlines()[0] == link["url"]
    assert platform.sent("GET", "/v1/shopify/install") == [{"shop": SHOP}]
    assert json.loads(sync(platform, "connect", SHOP, "--json").stdout) == link


def test_a_shop_is_disconnected_once_that_is_sure(platform: Platform) -> None:
    platform.answers[f"DELETE {SHOPS}/{SHOP}"] = True
    refused = sync(platform, "disconnect", SHOP, typed="n\n")
    assert (refused.exit_code, platform.sent("DELETE", f"{SHOPS}/{SHOP}")) == (1, [])
    done = sync(platform, "disconnect", SHOP, "--yes", "--json")
    assert json.loads(done.stdout) == {"shop": SHOP, "status": "disconnected"}
    assert len(platform.sent("DELETE", f"{SHOPS}/{SHOP}")) == 1


def test_disconnecting_a_shop_that_is_not_there_says_so(platform: Platform) -> None:
    done = sync(platform, "disconnect", SHOP, "--yes")
    assert (done.exit_code, "there is no such shop" in done.stderr) == (1, True)


def test_a_run_is_asked_for_and_watched_to_its_end(platform: Platform) -> None:
    platform.answers[f"POST {SYNCS}"] = run("starting")
    looks = [{"run": run(status), "remarks": []} for status in ("running", "applying", "completed")]
    platform.answers[f"{SYNCS}/run_1"] = looks
    done = sync(platform, "run", SHOP)
    assert done.exit_code == 0, done.stderr
    assert "1,200 products" in done.stdout
    assert len(platform.sent("GET", f"{SYNCS}/run_1")) == 3
    assert platform.sent("POST", SYNCS) == [{}]


def test_a_run_that_fails_ends_with_1_the_reason_and_the_way_out(platform: Platform) -> None:
    failure = {"code": "access_denied", "detail": "the shop refused", "remedy": "connect it again"}
    platform.answers[f"POST {SYNCS}"] = run("starting")
    platform.answers[f"{SYNCS}/run_1"] = {"run": run("failed", failure=failure), "remarks": []}
    done = sync(platform, "run", SHOP, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["failure"] == failure
    assert done.stderr.splitlines()[-1] == "error: the shop refused → connect it again"


def test_a_run_may_be_left_to_the_platform(platform: Platform) -> None:
    platform.answers[f"POST {SYNCS}"] = run("starting")
    done = sync(platform, "run", SHOP, "--no-wait")
    assert (done.exit_code, "skuflow sync status" in done.stdout) == (0, True)
    assert platform.sent("GET", f"{SYNCS}/run_1") == []


def test_runs_are_listed_newest_first(platform: Platform) -> None:
    platform.answers[SYNCS] = page(run("running"), run("completed", kind="first"))
    done = sync(platform, "runs", SHOP)
    assert done.stdout.index("running") < done.stdout.index("completed")
    assert len(json.loads(sync(platform, "runs", SHOP, "--json").stdout)) == 2


def test_the_status_tells_of_lag_runs_troubles_and_circuits(platform: Platform) -> None:
    trouble = {"code": "provider_failed", "detail": "Shopify does not answer", "remedy": "wait", "at": WHEN}
    troubled = source_status(
        shop="pine.myshopify.com",
        lag_seconds=None,
        run=run("applying"),
        trouble=trouble,
        circuit={"state": "open", "failures": 3, "opened_at": WHEN, "retry_at": WHEN},
    )
    unknown = source_status(shop="oak.myshopify.com", circuit=None)
    platform.answers[STATUS] = [page(source_status(), next_cursor="more"), page(troubled, unknown)] * 2
    done = sync(platform, "status")
    assert done.exit_code == 0, done.stderr
    told = (
        "4,000 s ago",
        "never",
        "applying 50%",
        "Shopify does not answer → wait",
        "open",
        "unknown",
        "9 created",
        "77",
    )
    assert [said for said in told if said not in done.stdout] == []
    assert len(json.loads(sync(platform, "status", "--json").stdout)) == 3


def test_privacy_requests_are_listed_with_their_deadline(platform: Platform) -> None:
    platform.answers["/v1/privacy-requests"] = page(privacy_request())
    done = sync(platform, "privacy-requests")
    assert [
        said for said in ("prq_1", "2026-01-31 12:00", "customers/redact", "191167") if said not in done.stdout
    ] == []

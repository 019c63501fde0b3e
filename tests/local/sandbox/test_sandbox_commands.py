"""`skuflow sandbox …`: looking at the sandbox and switching things in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from local.cli.main import app
from local.sandbox.control import SandboxControl
from tests.local.sandbox.app_side import Shopkeeper


def skuflow(base: str, *arguments: str) -> Result:
    env = {"COLUMNS": "200", "TERM": "dumb", "SKUFLOW_SANDBOX_URL": base}
    return CliRunner().invoke(app, ["sandbox", *arguments], env=env)


def document(base: str, *arguments: str) -> Any:
    done = skuflow(base, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_status_tells_what_is_made_to_go_wrong(process: str, sandbox: SandboxControl) -> None:
    made = document(
        process, "faults", "set", "latency", "--shop", "x.myshopify.com", "--seconds", "0.1", "--count", "3"
    )
    assert (made["kind"], made["scope"], made["count"]) == ("latency", "x.myshopify.com", 3)
    shown = skuflow(process, "status")
    assert shown.exit_code == 0
    assert "latency" in shown.output
    assert "stands in for shopify" in shown.output
    assert document(process, "faults", "clear", made["id"]) == {"cleared": 1}
    assert document(process, "status")["faults"] == []


def test_shops_are_listed(process: str, keeper: Shopkeeper) -> None:
    found = {each["domain"]: each for each in document(process, "shops")}
    assert found[keeper.shop.domain]["installed"] is True


def test_a_variant_is_edited_by_its_sku_and_the_delivery_shown(process: str, keeper: Shopkeeper) -> None:
    keeper.shop.create("Mug", variants=[{"sku": "MUG-1", "price": "16.50"}])
    keeper.subscribe("http://127.0.0.1:9/hooks", "PRODUCTS_UPDATE")
    of_shop = ("--shop", keeper.shop.domain)
    changed = document(process, "edit", "MUG-1", "--price", "15", "--quantity", "4", "--title", "Cup", *of_shop)
    assert (changed["title"], changed["variants"][0]["price"], changed["variants"][0]["quantity"]) == (
        "Cup",
        "15.00",
        4,
    )
    keeper.shop.settled()
    shown = skuflow(process, "deliveries", "--topic", "products/update", *of_shop)
    assert "products/update" in shown.output
    assert "ConnectError" in shown.output


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("edit", "no-such-sku", "--price", "1"), 2, "has the SKU"),
        (("faults", "set", "earthquake"), 1, "give one of"),
        (("deliveries", "--shop", "nowhere.myshopify.com"), 1, "Not Found"),
    ],
)
def test_what_cannot_be_done_is_one_line(process: str, arguments: tuple[str, ...], exit_code: int, said: str) -> None:
    done = skuflow(process, *arguments)
    assert done.exit_code == exit_code
    assert said in done.output


def test_without_a_running_sandbox_it_says_what_to_start() -> None:
    env = {"SKUFLOW_INSTANCE": "never-started", "SKUFLOW_SANDBOX_URL": ""}
    done = CliRunner().invoke(app, ["sandbox", "status"], env=env)
    assert done.exit_code == 3
    assert "skuflow up --instance never-started" in done.output

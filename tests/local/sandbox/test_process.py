"""The sandbox as a process: its own health, its clock, and what it keeps when it is started again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local.problems import LocalProblem
from local.sandbox.control import DEFAULT_SHOP, SandboxControl
from tests.local.sandbox.app_side import Shopkeeper, connected
from tests.local.sandbox.conftest import ROOT, free_port, start


def test_it_says_what_it_stands_in_for(sandbox: SandboxControl) -> None:
    health = sandbox.health()
    assert (health["status"], health["providers"]) == ("ok", ["shopify"])


def test_time_goes_forward_until_the_clock_is_set_right(sandbox: SandboxControl) -> None:
    before = sandbox.health()["now"]
    later = sandbox.advance(86_400)["now"]
    assert later > before
    assert before <= sandbox.set_clock_right()["now"] < later
    with pytest.raises(LocalProblem, match="advance_seconds"):
        sandbox.advance(-1)


def test_the_first_shop_is_furnished(sandbox: SandboxControl) -> None:
    shop = next(each for each in sandbox.shops() if each["domain"] == DEFAULT_SHOP)
    assert (shop["name"], shop["currency"], shop["products"]) == ("Harbour & Field", "CAD", 20)


def test_barcodes_of_the_first_shop_are_valid(sandbox: SandboxControl) -> None:
    codes = [
        variant["barcode"] for each in sandbox.shop().products() for variant in each["variants"] if variant["barcode"]
    ]
    assert len(codes) == len(set(codes)) > 5
    for code in codes:
        weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code)))
        assert weighted % 10 == 0, code


def test_seeding_is_repeatable_and_within_shopify_s_limits(sandbox: SandboxControl) -> None:
    def seeded(domain: str) -> list[str]:
        shop = sandbox.shop(domain)
        shop.open()
        shop.seed(products=4, variants_per_product=2, seed=5)
        return [variant["price"] for each in shop.products() for variant in each["variants"]]

    assert seeded("one.myshopify.com") == seeded("two.myshopify.com")
    with pytest.raises(LocalProblem, match="2048"):
        sandbox.shop("one.myshopify.com").seed(variants_per_product=2049)


def test_what_it_does_not_understand_it_refuses_in_words(sandbox: SandboxControl) -> None:
    with pytest.raises(LocalProblem, match="there is none of that id"):
        sandbox.shop().edit(1, title="x")
    with pytest.raises(LocalProblem, match="title"):
        sandbox.shop().create(" ")
    with pytest.raises(LocalProblem, match="Not Found"):
        sandbox.shop("nowhere.myshopify.com").state()


def test_nothing_running_is_told_with_a_way_out() -> None:
    control = SandboxControl(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(LocalProblem, match="no sandbox answers"):
        control.health()
    control.client.close()


def test_a_damaged_state_is_told_and_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"shopify": {"app": 1}}')
    command = [sys.executable, "-m", "local.sandbox", "--port", str(free_port()), "--state", str(state)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert "state.json is damaged" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert state.read_text() == '{"shopify": {"app": 1}}'


def test_shops_tokens_and_results_outlive_a_restart(tmp_path: Path) -> None:
    state, port = tmp_path / "state.json", free_port()
    control = SandboxControl(f"http://127.0.0.1:{port}")
    first = start(port, "--state", str(state), "--no-default-shop")
    try:
        control.wait_until_ready()
        control.settings(bulk_delay=0.01)
        keeper = connected(control, "kept.myshopify.com")
        keeper.shop.seed(products=2, variants_per_product=1)
        started = keeper.run_bulk("{ products { edges { node { id } } } }")["bulkOperation"]["id"]
        result = keeper.client.get(keeper.finished(started)["url"]).content
        control.advance(100)
    finally:
        first.terminate()
        first.wait(10)
    second = start(port, "--state", str(state), "--no-default-shop")
    try:
        control.wait_until_ready()
        again = Shopkeeper(control.shop("kept.myshopify.com"), keeper.client, keeper.token, keeper.refresh_token)
        assert again.data("{ productsCount { count } }")["productsCount"]["count"] == 2
        assert again.client.get(again.operation(started)["url"]).content == result
        assert again.refresh().status_code == 200
        assert [each["domain"] for each in control.shops()] == ["kept.myshopify.com"]
    finally:
        second.terminate()
        second.wait(10)
        keeper.client.close()
        control.client.close()

"""The sandbox as part of an instance: it starts, stops and is emptied with it, and keeps its shops when the instance does."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from local.demo.merchant import Merchant
from local.problems import LocalProblem
from local.stage import sandbox
from local.stage.instance import Instance
from local.workspace import Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SHOP = "maple.myshopify.com"


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Instance]]:
    """What a test starts, stopped afterwards."""
    running: list[Instance] = []
    yield running
    for instance in running:
        sandbox.stop(instance)


def start(started: list[Instance], instance: Instance) -> Instance:
    running = sandbox.start(Workspace.here(), instance)
    started.append(running)
    return running


def shops(instance: Instance) -> set[str]:
    found = httpx.get(f"{instance.sandbox}/sandbox/shopify/", timeout=30, trust_env=False).json()["shops"]
    return {each["domain"] for each in found}


def test_it_runs_beside_the_instance_and_is_found_again(tmp_path: Path, started: list[Instance]) -> None:
    running = start(started, Instance("main", tmp_path))
    assert sandbox.is_ready(running)
    recorded = json.loads((tmp_path / "instance.json").read_text())
    assert (recorded["sandbox_port"], recorded["sandbox_pid"]) == (running.sandbox_port, running.sandbox_pid)
    assert sandbox.start(Workspace.here(), running) == running
    stopped = sandbox.stop(running)
    assert not sandbox.is_ready(stopped)
    assert (stopped.sandbox_pid, json.loads((tmp_path / "instance.json").read_text())["sandbox_pid"]) == (0, 0)
    assert sandbox.stop(stopped) == stopped


def test_its_secret_is_the_instances_own_and_not_in_its_command(tmp_path: Path, started: list[Instance]) -> None:
    one, other = start(started, Instance("a", tmp_path / "a")), start(started, Instance("b", tmp_path / "b"))
    assert len({one.app_secret, other.app_secret}) == 2
    assert one.sandbox_port != other.sandbox_port
    command = Path(f"/proc/{one.sandbox_pid}/cmdline")
    assert not command.exists() or one.app_secret.encode() not in command.read_bytes()


def test_it_knows_where_the_platform_is(tmp_path: Path, started: list[Instance]) -> None:
    running = start(started, Instance("main", tmp_path))
    sandbox.introduce(running, "http://127.0.0.1:4566/api")
    settings = httpx.post(f"{running.sandbox}/sandbox/shopify/settings", json={}, timeout=30, trust_env=False).json()
    assert settings["platform"] == "http://127.0.0.1:4566/api"
    assert settings["compliance_url"] == "http://127.0.0.1:4566/api/v1/shopify/webhooks"


@pytest.mark.parametrize("kept", [True, False])
def test_its_shops_outlive_a_stop_only_with_the_instances_state(
    tmp_path: Path, started: list[Instance], kept: bool
) -> None:
    running = start(started, Instance("main", tmp_path, kept=kept))
    Merchant(running.sandbox, SHOP).open_shop("CAD", products=2, variants=1)
    again = start(started, sandbox.stop(running))
    assert again.sandbox_port == running.sandbox_port
    assert (SHOP in shops(again)) is kept
    emptied = start(started, sandbox.forget(sandbox.stop(again)))
    assert SHOP not in shops(emptied)


def test_nothing_of_the_developers_environment_reaches_it(
    tmp_path: Path, started: list[Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_DEVELOPER", "must not get in")
    running = start(started, Instance("main", tmp_path))
    environment = Path(f"/proc/{running.sandbox_pid}/environ")
    assert not environment.exists() or b"SECRET_OF_THE_DEVELOPER" not in environment.read_bytes()


def test_a_sandbox_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MODULE", "local.no_such_sandbox")
    with pytest.raises(LocalProblem, match="no_such_sandbox") as problem:
        sandbox.start(Workspace.here(), Instance("main", tmp_path))
    assert str(tmp_path / "sandbox.log") in problem.value.remedy


def test_a_stranger_that_got_its_number_is_left_alone(tmp_path: Path) -> None:
    asked: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    try:
        stopped = sandbox.stop(replace(Instance("main", tmp_path), sandbox_pid=os.getpid(), sandbox_port=1))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (stopped.sandbox_pid, asked) == (0, [])

"""The command line: what it takes, what it says, how it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.cli.main import app
from local.platform import configured
from local.problems import LocalProblem
from local.stage import process
from local.stage.instance import Instance, find, names
from local.workspace import Workspace
from tests.architecture.repository import contexts

runner = CliRunner()
NEED_A_PLATFORM = [
    ["status"], ["deploy"], ["deploy", "catalog/api"], ["logs"], ["trace", "imp_1"],
    ["replay", "--from", "1h"], ["seed"], ["dlq", "list"], ["dlq", "show", "x"],
    ["dlq", "redrive", "x"], ["dlq", "purge", "x", "--yes"], ["clients", "list"], ["clients", "create", "A shop"],
    ["keys", "issue", "--client", "cli_1"], ["events", "tail"], ["access", "clients", "list"],
    ["access", "users", "invite", "kim@maple.example", "--client", "cli_1"], ["access", "users", "list", "--client", "cli_1"],
    ["access", "users", "sign-in", "kim@maple.example"],
    ["quality", "check", "--client", "cli_1"], ["quality", "rules", "--client", "cli_1"],
    ["billing", "run", "--dry", "--client", "cli_1"], ["billing", "invoices", "--client", "cli_1"],
    ["sync", "imports", "--client", "cli_1"], ["sync", "shops", "--client", "cli_1"], ["sync", "shopify-app"],
    ["catalog", "products", "--key", "sk_1"],
]  # fmt: skip


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty checkout, so that a platform that runs beside the tests is not touched."""
    workspace = Workspace(tmp_path)
    monkeypatch.setattr(Workspace, "here", classmethod(lambda _cls: workspace))
    monkeypatch.delenv("SKUFLOW_DEBUG", raising=False)
    return workspace


@pytest.mark.parametrize("command", NEED_A_PLATFORM, ids=" ".join)
def test_a_command_that_needs_a_platform_ends_with_3_and_says_how_to_start_one(command: list[str]) -> None:
    result = runner.invoke(app, command)
    assert result.exit_code == 3
    assert result.stderr.strip() == "error: no platform is running (instance 'main') → start one with: skuflow up"
    assert result.stdout == ""


def test_the_remedy_names_the_instance_that_was_asked_for() -> None:
    result = runner.invoke(app, ["status", "--instance", "second"])
    assert result.exit_code == 3
    assert "skuflow up --instance second" in result.stderr


def test_status_tells_machines_that_nothing_runs() -> None:
    result = runner.invoke(app, ["status", "--json"])
    assert result.exit_code == 3
    assert json.loads(result.stdout) == {"instance": "main", "running": False, "others": []}


def test_stopping_what_does_not_run_is_no_failure() -> None:
    result = runner.invoke(app, ["down", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["stopped"] is False


def test_reset_of_a_stopped_instance_deletes_its_kept_state(checkout: Workspace) -> None:
    instance = Instance("main", checkout.instances / "main", kept=True)
    instance.save()
    (instance.state / "services").mkdir(parents=True)
    assert runner.invoke(app, ["reset"]).exit_code == 0
    assert not instance.state.exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["demo", "absent.csv"], "does not exist"),
        (["demo", "--currency", "EURO"], "no ISO 4217 code"),
        (["demo", "--map", "price"], "FIELD=HEADER"),
        (["up", "--residency", "mars"], "choose one of ca, us, eu, in"),
        (["up", "--tunnel", "http://abc.example.com"], "give https:// and a host"),
        (["up", "--tunnel", "https://abc.example.com/below"], "give https:// and a host"),
        (["logs", "--since", "yesterday"], "15m"),
        (["dlq", "show", "x", "--limit", "0"], "greater than or equal to 1"),
        (["invoke", "catalog/api"], "Missing argument"),
        (["launch"], "No such command"),
        (["keys", "issue", "--client", "c", "--kind", "golden"], "choose secret or publishable"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(
    command: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.cli.watch_commands.target", lambda *_: None)
    monkeypatch.setattr("local.operations.log_lines.sources", lambda *_: [])
    result = runner.invoke(app, command, env={"COLUMNS": "200", "TERM": "dumb"})
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    "command",
    [[], ["up"], ["down"], ["reset"], ["status"], ["deploy"], ["demo"], ["seed"], ["logs"],
     ["trace"], ["replay"], ["invoke"], ["dlq"],
     ["dlq", "redrive"], ["events", "tail"],
     ["quality", "check"], ["quality", "jobs"], ["quality", "findings"], ["quality", "fixes"], ["quality", "apply"],
     ["quality", "revert"], ["quality", "report"], ["quality", "rules"],
     ["billing", "run"], ["billing", "invoice"], ["billing", "plans"],
     ["access", "clients", "create"], ["access", "keys", "issue"], ["access", "users", "invite"],
     ["access", "users", "list"], ["access", "users", "sign-in"], ["sync", "import"], ["sync", "imports"], ["sync", "show"],
     ["sync", "report"], ["sync", "repair"], ["sync", "mappings"],
     ["sync", "shopify-app"], ["sync", "shops"], ["sync", "connect"], ["sync", "disconnect"], ["sync", "run"], ["sync", "runs"],
     ["sync", "status"], ["sync", "privacy-requests"], ["catalog", "products"], ["catalog", "show"],
     ["catalog", "history"], ["catalog", "pricing"], ["catalog", "stock"]],
    ids=" ".join,
)  # fmt: skip
def test_every_command_explains_itself(command: list[str]) -> None:
    result = runner.invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_every_context_has_a_group_of_its_own() -> None:
    shown = runner.invoke(app, ["--help"]).stdout
    assert [name for name in contexts() if f" {name} " not in shown] == []


def test_an_instance_name_that_could_leave_its_folder_is_refused() -> None:
    result = runner.invoke(app, ["status", "--instance", "../elsewhere"])
    assert result.exit_code == 1
    assert "is no instance name" in result.stderr


def test_a_failure_nobody_foresaw_is_one_line_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr("local.cli.status_command.instance_named", broken)
    result = runner.invoke(app, ["status"])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "SKUFLOW_DEBUG=1" in result.stderr
    monkeypatch.setenv("SKUFLOW_DEBUG", "1")
    assert isinstance(runner.invoke(app, ["status"]).exception, KeyError)


def test_a_demo_that_cannot_start_still_ends_with_one_line_of_json(checkout: Workspace) -> None:
    (checkout.root / "shop.csv").write_text("Title\nMug\n")
    requirements = checkout.root / "requirements"
    requirements.mkdir()
    (requirements / "embedded-aws.txt").write_text("")
    result = runner.invoke(app, ["demo", str(checkout.root / "shop.csv"), "--json"])
    assert result.exit_code == 1
    assert "make setup" in result.stderr
    figures = json.loads(result.stdout)
    assert figures["products"] == figures["events"] == 0
    assert figures["status"] == "started"
    assert "not installed" in figures["problem"]


def test_an_instance_is_remembered_between_commands(checkout: Workspace) -> None:
    instance = Instance("second", checkout.instances / "second", port=4999, pid=1, kept=True, residency="eu")
    instance.save()
    assert find(checkout, "second") == instance
    assert names(checkout) == ["second"]
    assert instance.region == "eu-central-1"


def test_a_damaged_record_is_named_with_its_remedy(checkout: Workspace) -> None:
    home = checkout.instances / "main"
    home.mkdir(parents=True)
    (home / "instance.json").write_text("{")
    result = runner.invoke(app, ["down"])
    assert result.exit_code == 1
    assert f"delete {home}" in result.stderr.replace("\n", "")


def test_kept_state_does_not_move_to_another_region(checkout: Workspace) -> None:
    kept = Instance("main", checkout.instances / "main", kept=True, residency="ca")
    with pytest.raises(LocalProblem, match="lives in ca-central-1"):
        configured(kept, residency="us")
    assert configured(replace(kept, kept=False), residency="us", keep=True).region == "us-east-1"
    assert configured(kept) is kept


def test_the_process_is_told_everything_and_inherits_nothing(
    checkout: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    instance = Instance("main", checkout.instances / "main", port=4999)
    settings = process.settings(instance)
    assert not {"AWS_PROFILE", "PYTHONPATH"} & settings.keys()
    assert settings["BIND_HOST"] == "127.0.0.1"
    assert settings["GATEWAY_PORT"] == "4999"
    assert Path(settings["TMPDIR"]).is_relative_to(instance.home)
    assert "PERSIST_STATE" not in settings
    assert process.settings(replace(instance, kept=True))["STATE_DIR"].startswith(str(instance.home))


def test_only_an_instance_that_queues_is_without_a_cap_that_refuses(checkout: Workspace) -> None:
    instance = Instance("main", checkout.instances / "main", port=4999)
    caps = [process.settings(one)["LAMBDA_ACCOUNT_CONCURRENCY"] for one in (instance, replace(instance, queueing=True))]
    assert caps == ["16", "0"]

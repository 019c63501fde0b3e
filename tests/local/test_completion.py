"""The command line in a shell and in somebody's AWS account: completion, profiles, regions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from typer.main import get_command
from typer.testing import CliRunner

from local.aws import Aws
from local.cli.main import app
from local.stage.instance import Instance
from local.workspace import Workspace

runner = CliRunner()
OPERATING = [
    ["up"], ["down"], ["reset"], ["deploy"], ["status"], ["logs"], ["trace"], ["replay"], ["invoke"], ["events", "tail"],
    ["dlq", "list"], ["dlq", "show"], ["dlq", "redrive"], ["dlq", "purge"],
]  # fmt: skip


def completed(line: str) -> list[str]:
    words = line.split(" ")
    told = {"_SKUFLOW_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return runner.invoke(app, [], env=told, prog_name="skuflow").stdout.split()


def test_commands_complete() -> None:
    assert completed("skuflow dlq ") == ["list", "show", "redrive", "purge"]
    assert completed("skuflow tra") == ["trace"]


def test_functions_queues_and_instances_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "functions" / "sync" / "read_import").mkdir(parents=True)
    (tmp_path / "functions" / "sync" / "read_import" / "handler.py").write_text("")
    workspace = Workspace(tmp_path)
    Instance("second", workspace.instances / "second").save()
    monkeypatch.setattr(Workspace, "here", classmethod(lambda _cls: workspace))
    assert completed("skuflow logs --function sy") == ["sync/read_import"]
    assert completed("skuflow invoke ") == ["sync/read_import"]
    assert completed("skuflow replay --consumer ") == ["sync/read_import"]
    assert completed("skuflow dlq show ") == ["sync-read-import-dlq", "sync-read-import-rejects"]
    assert completed("skuflow status --instance ") == ["second"]


def test_completion_installs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("shellingham.detect_shell", lambda *_: ("bash", "/bin/bash"))
    shown = runner.invoke(app, ["--show-completion"], prog_name="skuflow")
    assert "complete -o default -F _skuflow_completion skuflow" in shown.stdout
    assert runner.invoke(app, ["--install-completion"], prog_name="skuflow").exit_code == 0
    assert "skuflow" in (tmp_path / ".bashrc").read_text()


@pytest.mark.parametrize("command", OPERATING, ids=" ".join)
def test_help_gives_an_example(command: list[str]) -> None:
    shown = runner.invoke(app, [*command, "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).stdout
    assert f"skuflow {' '.join(command)}" in shown.partition("Example: ")[2]


def commands(found: Any, name: str = "skuflow") -> dict[str, Any]:
    """Every command below `found`, by what one types."""
    below = getattr(found, "commands", None)
    if below is None:
        return {name: found}
    return {typed: one for key, each in below.items() for typed, one in commands(each, f"{name} {key}").items()}


def test_whatever_takes_a_stage_takes_a_profile_and_a_region() -> None:
    told = {name: {option.name for option in one.params} for name, one in commands(get_command(app)).items()}
    staged = {name for name, options in told.items() if "stage" in options}
    assert {"skuflow status", "skuflow dlq redrive", "skuflow sync imports", "skuflow access clients list"} <= staged
    assert [name for name in staged if not {"profile", "region"} <= told[name]] == []


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile `work`, whose region is eu-central-1."""
    (tmp_path / "config").write_text("[profile work]\nregion = eu-central-1\n")
    (tmp_path / "credentials").write_text("[work]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("SKUFLOW_DEBUG", raising=False)


def listed(*arguments: str) -> list[str]:
    done = runner.invoke(app, ["dlq", "list", "--stage", "dev", "--json", *arguments])
    assert done.exit_code == 0, done.stderr
    return [one["queue"] for one in json.loads(done.stdout)]


def test_a_command_looks_where_profile_and_region_say(profile: None) -> None:
    with mock_aws():
        for region, queue in (("eu-central-1", "one-dlq"), ("us-east-1", "two-dlq")):
            Aws("dev", region, profile="work").sqs.create_queue(QueueName=f"skuflow-dev-{queue}")
        assert listed("--profile", "work") == ["one-dlq"]
        assert listed("--profile", "work", "--region", "us-east-1") == ["two-dlq"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--stage", "dev", "--profile", "absent"), 1, "check your AWS credentials and region"),
        (("--stage", "dev"), 1, "check your AWS credentials and region"),
        (("--profile", "work"), 2, "belongs to --stage"),
        (("--region", "eu-central-1"), 2, "belongs to --stage"),
    ],
)
def test_an_account_that_cannot_be_reached_is_one_line_with_the_way_out(
    profile: None, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = runner.invoke(app, ["dlq", "list", *arguments], env={"COLUMNS": "200", "TERM": "dumb"})
    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr

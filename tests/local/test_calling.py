"""Who calls which platform: keys given, found, or issued for one command."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from local.cli.main import app
from tests.local.answering import Platform, answering, page, refusal

CLIENT = "cli_0123456789"


class Operator:
    """The AWS that an operator's credentials open, with `access/administer` in it."""

    def __init__(self, base: str) -> None:
        self.functions = self
        self.base = base
        self.asked: list[dict[str, Any]] = []

    def api_url(self) -> str:
        return self.base

    def function_name(self, function: str) -> str:
        return function

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - as AWS spells it
        assert FunctionName == "access/administer"
        self.asked.append(json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps({"key_id": "key_1", "key": "sk_issued"}).encode())}


@pytest.fixture
def platform() -> Iterator[Platform]:
    with answering() as server:
        server.answers["/v1/products"] = page()
        yield server


@pytest.fixture
def operator(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Operator:
    aws = Operator(platform.base)
    monkeypatch.setattr("local.cli.calling.target", lambda *_: aws)
    return aws


def products(*arguments: str, key: str | None = None) -> Result:
    """`skuflow catalog products`, with `key` in the environment."""
    env = {"COLUMNS": "200", "TERM": "dumb", "SKUFLOW_API_KEY": key}
    return CliRunner().invoke(app, ["catalog", "products", *arguments], env=env)


def keys(platform: Platform) -> list[str]:
    return [headers["Authorization"] for _, _, headers, _ in platform.received]


def test_the_key_of_the_environment_is_used(platform: Platform, operator: Operator) -> None:
    assert products(key="sk_env\r\n").exit_code == 0
    assert keys(platform) == ["Bearer sk_env"]
    assert operator.asked == []


def test_a_key_on_the_command_line_weighs_more(platform: Platform) -> None:
    assert products("--api", f"{platform.base}/", "--key", "sk_given", key="sk_env").exit_code == 0
    assert keys(platform) == ["Bearer sk_given"]


def test_an_operator_gets_a_key_for_one_command_that_can_do_no_more(platform: Platform, operator: Operator) -> None:
    assert products("--client", CLIENT, key="sk_of_another_client").exit_code == 0
    assert keys(platform) == ["Bearer sk_issued"]
    issued, revoked = operator.asked
    ends = datetime.fromisoformat(issued.pop("expires_at"))
    assert timedelta(hours=1) < ends - datetime.now(UTC) <= timedelta(days=1)
    label = "one command of skuflow"
    assert issued == {
        "action": "issue_key", "client_id": CLIENT, "kind": "secret", "label": label, "scopes": ["catalog:read"],
    }  # fmt: skip
    assert revoked == {"action": "revoke_key", "client_id": CLIENT, "key_id": "key_1"}


def test_the_key_ends_with_a_command_that_fails_too(platform: Platform, operator: Operator) -> None:
    platform.refuses = refusal(422, "no")
    assert products("--client", CLIENT).exit_code == 1
    assert operator.asked[-1]["action"] == "revoke_key"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "set SKUFLOW_API_KEY"),
        (("--api", "http://127.0.0.1:1", "--client", CLIENT), "without --api"),
        (("--key", "sk_1", "--client", CLIENT), "leave one of the two out"),
        (("--api", "https://api.example", "--stage", "dev", "--key", "sk_1"), "leave one of the two out"),
        (("--api", "http://api.example", "--key", "sk_1"), "begin with https://"),
        (("--api", "api.example", "--key", "sk_1"), "begin with https://"),
    ],
)
def test_a_caller_who_cannot_be_told_is_wrong_usage(arguments: tuple[str, ...], said: str) -> None:
    done = products(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize("key", ["sk_sec\x00ret", "sk_sec ret", "sk_secrét"])
def test_a_key_that_is_none_is_not_repeated_on_the_terminal(key: str) -> None:
    done = products("--api", "http://127.0.0.1:1", "--key", key)
    assert done.exit_code == 2
    assert "ret" not in done.stderr


def test_an_unknown_key_is_told_as_such(platform: Platform) -> None:
    platform.refuses = {"status": 403, "message": "Forbidden"}
    done = products("--api", platform.base, "--key", "sk_1")
    assert done.exit_code == 1
    assert "check the key" in done.stderr
    assert "sk_1" not in done.stderr


def test_a_fault_of_the_platforms_names_the_way_to_its_log(platform: Platform) -> None:
    platform.refuses = refusal(500, "an error that was not foreseen")
    done = products("--api", platform.base, "--key", "sk_1")
    assert done.exit_code == 1
    assert done.stderr.endswith("→ see: skuflow logs --correlation-id corr-1\n")


def test_an_address_where_nothing_answers_is_told_in_one_line() -> None:
    done = products("--api", "http://127.0.0.1:1", "--key", "sk_1")
    assert done.exit_code == 1
    assert done.stderr.startswith("error: the platform does not answer")
    assert done.stderr.count("\n") == 1

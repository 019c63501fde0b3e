"""`skuflow sync shopify-app`: two secrets tell a stage which app it is."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from typer.testing import CliRunner, Result

from local.aws import Aws
from local.cli.main import app
from local.operations import shopify_app

NAMES = ("skuflow/dev/shopify/client-id", "skuflow/dev/shopify/client-secret")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """A stage as it is after its deployment: the secrets are there, and have no value."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ca-central-1")
    with mock_aws():
        stage = Aws("dev")
        for name in NAMES:
            stage.secrets.create_secret(Name=name)
        yield stage


def command(*arguments: str, typed: str | None = None) -> Result:
    asked = ["sync", "shopify-app", "--stage", "dev", *arguments]
    return CliRunner().invoke(app, asked, input=typed, env={"COLUMNS": "200", "TERM": "dumb"})


def value(aws: Aws, name: str, version: str = "AWSCURRENT") -> str:
    return aws.secrets.get_secret_value(SecretId=name, VersionStage=version)["SecretString"]


def test_an_app_is_set_by_its_id_and_a_secret_that_is_typed_or_piped(aws: Aws) -> None:
    done = command("--client-id", "0ddba11", "--json", typed="  shh-1\n")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {"client_id": "0ddba11", "changed": True}
    assert [value(aws, name) for name in NAMES] == ["0ddba11", "shh-1"]
    assert "shh-1" not in done.output


def test_a_new_secret_leaves_the_id_and_keeps_the_secret_before(aws: Aws) -> None:
    command("--client-id", "0ddba11", "--client-secret", "shh-1")
    assert command("--client-secret", "shh-2").exit_code == 0
    assert [value(aws, name) for name in NAMES] == ["0ddba11", "shh-2"]
    assert value(aws, NAMES[1], "AWSPREVIOUS") == "shh-1"


def test_setting_the_same_again_does_not_push_the_secret_before_out(aws: Aws) -> None:
    for secret in ("shh-1", "shh-2", "shh-2"):
        command("--client-id", "0ddba11", "--client-secret", secret)
    assert value(aws, NAMES[1], "AWSPREVIOUS") == "shh-1"


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (["--client-secret", "shh"], None, "--client-id"),
        (["--client-id", "0ddba11"], "\n", "--client-secret"),
        (["--client-id", "0ddba11", "--client-secret", "two words"], None, "copy it again"),
        (["--client-id", "ünder"], "shh\n", "copy it again"),
    ],
)
def test_what_cannot_be_an_app_is_refused_and_nothing_is_set(
    aws: Aws, arguments: list[str], typed: str | None, said: str
) -> None:
    done = command(*arguments, typed=typed)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "shh" not in done.output
    assert "two words" not in done.output
    assert shopify_app.client_id(aws) == ""


def test_a_stage_without_the_secrets_is_told_to_be_deployed_first(aws: Aws) -> None:
    for name in NAMES:
        aws.secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    done = command("--client-id", "0ddba11", "--client-secret", "shh")
    assert (done.exit_code, "deploy the stage first" in done.stderr) == (1, True)


def test_the_sandbox_is_taken_until_somebody_sets_another_app(aws: Aws) -> None:
    assert shopify_app.adopt_sandbox(aws, "made-up")
    assert [value(aws, name) for name in NAMES] == ["sandbox-skuflow", "made-up"]
    assert shopify_app.adopt_sandbox(aws, "made-up-anew")
    assert value(aws, NAMES[1]) == "made-up-anew"
    shopify_app.adopt(aws, "0ddba11", "shh")
    assert not shopify_app.adopt_sandbox(aws, "made-up")
    assert [value(aws, name) for name in NAMES] == ["0ddba11", "shh"]


def test_whoever_may_not_read_the_secret_is_told_so(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetSecretValue")

    monkeypatch.setattr(aws.secrets, "get_secret_value", denied)
    with pytest.raises(ClientError, match="AccessDenied"):
        shopify_app.client_id(aws)

"""Secrets: read when needed, kept for a while, read again when refused."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from skuflow.kernel.errors import Misconfigured, TransientError, Unauthenticated
from skuflow.platform.aws import client
from skuflow.platform.secrets import Secrets
from tests.doubles import FakeClock

NAME = "skuflow/test/shop"


@pytest.fixture
def secrets(aws: None, clock: FakeClock) -> Secrets:
    manager = client("secretsmanager")
    manager.create_secret(Name=NAME, SecretString='{"token": "one"}')
    return Secrets(manager, clock)


def rotate(secrets: Secrets, token: str) -> None:
    secrets.client.put_secret_value(SecretId=NAME, SecretString=f'{{"token": "{token}"}}')


def test_a_secret_is_kept_for_five_minutes(secrets: Secrets, clock: FakeClock) -> None:
    assert secrets.get_field(NAME, "token") == "one"
    rotate(secrets, "two")
    clock.advance(minutes=4, seconds=59)
    assert secrets.get_field(NAME, "token") == "one"
    clock.advance(seconds=1)
    assert secrets.get_field(NAME, "token") == "two"


def test_a_refused_secret_is_read_again_once(secrets: Secrets) -> None:
    secrets.get(NAME)
    rotate(secrets, "two")
    tried: list[str] = []

    def call(text: str) -> str:
        tried.append(text)
        if "one" in text:
            raise Unauthenticated("old token")
        return "done"

    assert secrets.using(NAME, call) == "done"
    assert len(tried) == 2


def test_a_secret_that_is_refused_when_fresh_is_the_caller_s_trouble(secrets: Secrets) -> None:
    def call(_text: str) -> None:
        raise Unauthenticated("no")

    with pytest.raises(Unauthenticated):
        secrets.using(NAME, call)


@pytest.mark.parametrize("content", ["text", "[]", "{}", '"x"', "null"])
def test_a_missing_field_is_named_and_the_content_is_not_shown(secrets: Secrets, content: str) -> None:
    secrets.client.put_secret_value(SecretId=NAME, SecretString=content)
    with pytest.raises(Misconfigured) as refusal:
        secrets.get_field(NAME, "token")
    assert "token" in refusal.value.detail
    assert refusal.value.problems[0].field == NAME


def test_after_a_rotation_the_text_before_is_accepted_too(secrets: Secrets) -> None:
    assert secrets.previous(NAME) is None
    assert secrets.accepted(NAME) == ('{"token": "one"}',)
    rotate(secrets, "two")
    assert secrets.accepted(NAME) == ('{"token": "one"}',)
    assert secrets.accepted(NAME, fresh=True) == ('{"token": "two"}', '{"token": "one"}')
    assert secrets.previous(NAME) == '{"token": "one"}'


def test_that_there_is_no_text_before_is_kept_for_five_minutes_too(secrets: Secrets, clock: FakeClock) -> None:
    assert secrets.previous(NAME) is None
    rotate(secrets, "two")
    clock.advance(minutes=4, seconds=59)
    assert secrets.previous(NAME) is None
    clock.advance(seconds=1)
    assert secrets.previous(NAME) == '{"token": "one"}'


def test_a_rotation_to_the_same_text_is_one_text(secrets: Secrets) -> None:
    rotate(secrets, "one")
    assert secrets.accepted(NAME) == ('{"token": "one"}',)


def test_the_text_before_of_a_secret_that_is_not_there_is_not_simply_absent(secrets: Secrets) -> None:
    with pytest.raises(Misconfigured, match="skuflow/test/none"):
        secrets.accepted("skuflow/test/none")


def test_a_secret_that_is_not_there_is_named(secrets: Secrets) -> None:
    with pytest.raises(Misconfigured, match="skuflow/test/none"):
        secrets.get("skuflow/test/none")


def test_a_binary_secret_is_no_text(secrets: Secrets) -> None:
    secrets.client.create_secret(Name="binary", SecretBinary=b"\x00")
    with pytest.raises(Misconfigured):
        secrets.get("binary")


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (ClientError({"Error": {"Code": "ThrottlingException"}}, "GetSecretValue"), TransientError),
        (EndpointConnectionError(endpoint_url="https://x"), TransientError),
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue"), Misconfigured),
    ],
)
def test_what_may_pass_is_told_from_what_will_not(clock: FakeClock, failure: Exception, kind: type[Exception]) -> None:
    class Broken:
        def get_secret_value(self, **_request: Any) -> Any:
            raise failure

    with pytest.raises(kind):
        Secrets(Broken(), clock).get(NAME)  # type: ignore[arg-type]

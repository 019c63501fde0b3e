"""Our app's credentials: both of two secrets after a rotation, read anew when refused, but not for every forgery."""

from __future__ import annotations

import pytest

from skuflow.kernel.errors import Misconfigured
from skuflow.platform.aws import client
from skuflow.platform.secrets import Secrets
from skuflow.sync.shops.secrets import AppCredentials
from tests.calls import Tally, watched
from tests.doubles import FakeClock

ID, SECRET = "skuflow/test/shopify/client-id", "skuflow/test/shopify/client-secret"


@pytest.fixture
def credentials(aws: None, clock: FakeClock) -> AppCredentials:
    client("secretsmanager").create_secret(Name=ID, SecretString=" app-1\n")
    client("secretsmanager").create_secret(Name=SECRET, SecretString="one")
    return AppCredentials(Secrets(client("secretsmanager"), clock), ID, SECRET, clock)


def rotate(text: str) -> None:
    client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=text)


def test_what_surrounds_a_pasted_secret_is_taken_off(credentials: AppCredentials) -> None:
    assert credentials.client_id() == "app-1"


def test_the_secret_before_the_last_rotation_is_accepted_and_the_new_one_used(
    credentials: AppCredentials, clock: FakeClock
) -> None:
    assert credentials.accepted_secrets() == ("one",)
    rotate("two")
    assert credentials.accepted_secrets(fresh=True) == ("two", "one")
    assert credentials.client_secret() == "two"
    rotate("three")
    clock.advance(minutes=5)
    assert "one" not in credentials.accepted_secrets()


def test_a_stream_of_forgeries_asks_for_the_secret_every_five_seconds_at_most(
    credentials: AppCredentials, clock: FakeClock
) -> None:
    credentials.accepted_secrets()
    tally = Tally()
    with watched(tally):
        for _ in range(60):
            credentials.accepted_secrets(fresh=True)
            clock.advance(seconds=1)
    assert tally.requests == {"secrets-manager:GetSecretValue": 24}


@pytest.mark.parametrize("blank", [" ", "\n\t "])
def test_a_blank_secret_signs_and_opens_nothing(credentials: AppCredentials, blank: str) -> None:
    rotate(blank)
    with pytest.raises(Misconfigured) as told:
        credentials.accepted_secrets(fresh=True)
    assert told.value.problems[0].field == SECRET


def test_a_secret_that_nobody_has_set_is_named(aws: None, clock: FakeClock) -> None:
    credentials = AppCredentials(Secrets(client("secretsmanager"), clock), ID, SECRET, clock)
    with pytest.raises(Misconfigured) as told:
        credentials.client_id()
    assert told.value.problems[0].field == ID

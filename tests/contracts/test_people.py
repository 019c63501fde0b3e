"""A user pool in memory and Cognito (as moto knows it) behave alike."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from skuflow.access.cognito import CognitoPeople, People
from skuflow.access.people import is_user_id
from skuflow.kernel.errors import Invalid, Misconfigured, SkuflowError, Throttled, TransientError
from skuflow.platform.aws import client
from tests.fakes.people import FakePeople


@pytest.fixture
def pool(aws: None) -> str:
    made: str = client("cognito-idp").create_user_pool(PoolName="p", UsernameAttributes=["email"])["UserPool"]["Id"]
    client("cognito-idp").create_group(GroupName="operator", UserPoolId=made)
    return made


@pytest.fixture(params=["memory", "cognito"])
def people(request: pytest.FixtureRequest, pool: str) -> People:
    return FakePeople() if request.param == "memory" else CognitoPeople(lambda: client("cognito-idp"), pool)


def appoint(people: People, pool: str, user_id: str) -> None:
    if isinstance(people, FakePeople):
        people.operators.add(user_id)
    else:
        client("cognito-idp").admin_add_user_to_group(UserPoolId=pool, Username=user_id, GroupName="operator")


def dismiss(people: People, pool: str, user_id: str) -> None:
    if isinstance(people, FakePeople):
        people.operators.discard(user_id)
    else:
        client("cognito-idp").admin_remove_user_from_group(UserPoolId=pool, Username=user_id, GroupName="operator")


def test_a_person_is_made_once_and_has_an_id_of_their_own(people: People) -> None:
    kim, eve = people.invite("kim@maple.example"), people.invite("eve@maple.example")
    assert is_user_id(kim)
    assert kim != eve
    assert people.invite("kim@maple.example") == kim


def test_staff_are_staff_until_they_are_not(people: People, pool: str) -> None:
    kim = people.invite("kim@maple.example")
    assert not people.is_operator(kim)
    appoint(people, pool, kim)
    assert people.is_operator(kim)
    assert not people.is_operator(people.invite("eve@maple.example"))
    dismiss(people, pool, kim)
    assert not people.is_operator(kim)


def test_nobody_is_no_staff(people: People) -> None:
    assert not people.is_operator("00000000-0000-4000-8000-000000000000")


def test_whoever_is_invited_is_known_by_a_proven_address_and_must_choose_a_password(pool: str) -> None:
    user_id = CognitoPeople(lambda: client("cognito-idp"), pool).invite("kim@maple.example")
    found = client("cognito-idp").admin_get_user(UserPoolId=pool, Username=user_id)
    attributes = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
    assert (attributes["email"], attributes["email_verified"]) == ("kim@maple.example", "true")
    assert found["UserStatus"] == "FORCE_CHANGE_PASSWORD"


class Failing:
    """A Cognito client whose every call fails in one way; `known` says what looking somebody up gives instead."""

    def __init__(self, error: Exception, *, known: list[Any] | None = None) -> None:
        self.error, self.known = error, known or []

    def admin_get_user(self, **_asked: Any) -> Any:
        if not self.known:
            raise self.error
        found = self.known.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def admin_create_user(self, **_asked: Any) -> Any:
        raise self.error

    admin_list_groups_for_user = admin_create_user


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "kim@maple.example is the trouble"}}, "AdminCreateUser")


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (refused("TooManyRequestsException"), Throttled),
        (refused("InvalidParameterException"), Invalid),
        (refused("ResourceNotFoundException"), Misconfigured),
        (refused("InternalErrorException"), TransientError),
        (EndpointConnectionError(endpoint_url="https://cognito-idp.test"), TransientError),
    ],
    ids=str,
)
def test_what_the_pool_refuses_is_said_in_our_words_and_without_the_address(
    error: Exception, meant: type[SkuflowError]
) -> None:
    people = CognitoPeople(lambda: Failing(error), "pool")  # type: ignore[arg-type, return-value]
    for ask in (lambda: people.invite("kim@maple.example"), lambda: people.is_operator("x")):
        with pytest.raises(meant) as told:
            ask()
        assert "@" not in f"{told.value.detail}{told.value.problems}"


def test_who_is_invited_twice_at_once_is_one_person() -> None:
    """Nobody is known; somebody else makes them in between; then they are."""
    user_id = "1c0d9a5e-70f1-40d5-8c4a-1f9f2c1e7b11"
    known = [refused("UserNotFoundException"), {"UserAttributes": [{"Name": "sub", "Value": user_id}]}]
    cognito = Failing(refused("UsernameExistsException"), known=known)
    assert CognitoPeople(lambda: cognito, "pool").invite("kim@maple.example") == user_id  # type: ignore[arg-type, return-value]

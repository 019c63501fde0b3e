"""The authorizer as a WebSocket API asks it: once, at `$connect`, with everything in the query."""

from __future__ import annotations

from typing import Any

import pytest

from functions.access.authorizer.handler import handle
from tests.access import AccessWorld
from tests.doubles import FakeLambdaContext

ARN = "arn:aws:execute-api:ca-central-1:123456789012:a1b2c3d4e5/live/$connect"


def connect(world: AccessWorld, query: dict[str, str] | None) -> dict[str, Any]:
    event = {
        "type": "REQUEST",
        "methodArn": ARN,
        "headers": {"Host": "a1b2c3d4e5.execute-api.ca-central-1.amazonaws.com"},
        "queryStringParameters": query,
        "requestContext": {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "connectionId": "L0SM9cOFvHcCIhw=",
            "identity": {"sourceIp": "192.0.2.7"},
        },
    }
    return handle(event, FakeLambdaContext(), world.authorizer)


def effect(answer: dict[str, Any]) -> tuple[str, str]:
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Action"] == "execute-api:Invoke"
    return statement["Effect"], statement["Resource"]


def test_a_key_and_a_token_connect_to_their_client(world: AccessWorld) -> None:
    client_id = world.client(home_currency="EUR")
    key = world.key(client_id, kind="publishable")
    answer = connect(world, {"token": key["key"]})
    assert effect(answer) == ("Allow", ARN)
    assert (answer["principalId"], answer["context"]["client_id"]) == (key["key_id"], client_id)
    user_id = world.user(client_id, "analyst")
    answer = connect(world, {"token": world.token(user_id)})
    assert (answer["principalId"], answer["context"]["role"]) == (user_id, "analyst")
    assert answer["context"]["home_currency"] == "EUR"
    assert all(isinstance(value, str) for value in answer["context"].values())


def test_who_acts_for_several_clients_names_one(world: AccessWorld) -> None:
    clients = [world.client("One"), world.client("Two")]
    (user_id,) = {world.user(client_id, "viewer", "kim@agency.example") for client_id in clients}
    token = world.token(user_id)
    assert effect(connect(world, {"token": token}))[0] == "Deny"
    for client_id in clients:
        answer = connect(world, {"token": token, "client_id": client_id})
        assert (effect(answer)[0], answer["context"]["client_id"]) == ("Allow", client_id)
    assert effect(connect(world, {"token": token, "client_id": world.client("Foreign")}))[0] == "Deny"


def test_staff_connect_to_the_client_they_name(world: AccessWorld) -> None:
    client_id, token = world.client(), world.token(world.operator())
    answer = connect(world, {"token": token, "client_id": client_id})
    assert (effect(answer)[0], answer["context"]["role"]) == ("Allow", "operator")
    assert effect(connect(world, {"token": token}))[0] == "Deny"


@pytest.mark.parametrize(
    "query", [None, {}, {"token": ""}, {"token": "x"}, {"Token": "x"}, {"token": "sk_test_" + "0" * 48}]
)
def test_anything_else_is_denied_and_told_nothing(world: AccessWorld, query: dict[str, str] | None) -> None:
    world.key(world.client())
    answer = connect(world, query)
    assert effect(answer) == ("Deny", ARN)
    assert answer["context"] == {}


def test_a_key_does_not_connect_for_another_client(world: AccessWorld) -> None:
    key, other = world.key(world.client())["key"], world.client("Other")
    assert effect(connect(world, {"token": key, "client_id": other}))[0] == "Deny"

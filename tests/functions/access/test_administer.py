"""The operators' door."""

from __future__ import annotations

from typing import Any

import pytest

from functions.access.administer.handler import handle
from skuflow.access.keys import PUBLISHABLE_SCOPES, SCOPES
from skuflow.kernel.errors import TransientError
from skuflow.platform.aws import session
from tests.access import AccessWorld
from tests.doubles import FakeLambdaContext
from tests.functions.access.test_authorizer import ask

CLIENT = {
    "action": "create_client",
    "name": "Maple Outfitters",
    "home_currency": "CAD",
    "time_zone": "America/Toronto",
    "residency": "ca",
}


def do(world: AccessWorld, request: Any) -> dict[str, Any]:
    return handle(request, FakeLambdaContext(), world.administer)


def test_an_operator_opens_a_client_and_issues_its_first_key(world: AccessWorld) -> None:
    client = do(world, CLIENT)
    assert client["client_id"].startswith("cli_")
    key = do(world, {"action": "issue_key", "client_id": client["client_id"], "kind": "secret", "label": "first"})
    assert (key["created_by"], key["scopes"]) == ("operator", list(SCOPES))
    assert ask(world, f"Bearer {key['key']}")["context"]["client_id"] == client["client_id"]


def test_a_publishable_key_gets_what_such_a_key_may_hold(world: AccessWorld) -> None:
    key = world.key(world.client(), kind="publishable")
    assert key["scopes"] == list(PUBLISHABLE_SCOPES)


def test_clients_are_listed_in_pages_and_each_once(world: AccessWorld) -> None:
    made = sorted(world.client(f"Client {n}") for n in range(5))
    first = do(world, {"action": "list_clients", "limit": 3})
    rest = do(world, {"action": "list_clients", "limit": 3, "cursor": first["next_cursor"]})
    assert [client["client_id"] for client in first["items"] + rest["items"]] == made


def test_the_list_shows_what_a_client_is_now(world: AccessWorld) -> None:
    client_id = world.client()
    do(world, {"action": "set_client_status", "client_id": client_id, "status": "suspended"})
    assert [client["status"] for client in do(world, {"action": "list_clients"})["items"]] == ["suspended"]


def test_closing_is_final(world: AccessWorld) -> None:
    client_id = world.client()
    for status in ("closed", "closed"):
        assert (
            do(world, {"action": "set_client_status", "client_id": client_id, "status": status})["status"] == "closed"
        )
    answer = do(world, {"action": "set_client_status", "client_id": client_id, "status": "active"})
    assert answer["error"]["code"] == "invalid"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"home_currency": "CAN"}, "home_currency"),
        ({"time_zone": "Toronto"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"alert_thresholds": {"Price Drop": 5}}, "alert_thresholds.Price Drop"),
        ({"notification_channels": [{"kind": "pigeon", "target": "x"}]}, "notification_channels.0"),
        ({"notification_channels": [{"kind": "email", "target": ""}]}, "notification_channels.0"),
        ({"nickname": "M"}, "nickname"),
    ],
)
def test_a_faulty_client_is_refused_by_field(world: AccessWorld, change: dict[str, Any], field: str) -> None:
    answer = do(world, {**CLIENT, **change})
    assert [fault["field"] for fault in answer["error"]["errors"]] == [field]
    assert do(world, {"action": "list_clients"})["items"] == []


def test_all_faults_are_told_at_once(world: AccessWorld) -> None:
    answer = do(world, {**CLIENT, "name": "", "home_currency": "XXX", "time_zone": "Mars/Base"})
    assert [fault["field"] for fault in answer["error"]["errors"]] == ["name", "home_currency", "time_zone"]


@pytest.mark.parametrize(
    "request_",
    [
        None,
        [],
        "create_client",
        {},
        {"action": "drop_everything"},
        {"action": ["create_client"]},
        {"action": "create_client"},
        {"action": "create_client", **CLIENT, "residency": "mars"},
        {"action": "issue_key", "client_id": "cli_0000000000000009", "label": "for nobody"},
        {"action": "issue_key", "client_id": "nobody", "label": "x"},
        {"action": "list_clients", "limit": 0},
        {"action": "list_clients", "cursor": "bogus"},
        {"action": "revoke_key", "client_id": "cli_0000000000000009", "key_id": "key_1"},
        {"action": "set_client_status", "client_id": "cli_0000000000000009", "status": "active"},
    ],
)
def test_a_request_that_cannot_be_served_is_explained(world: AccessWorld, request_: Any) -> None:
    answer = do(world, request_)
    assert set(answer) == {"error"}
    assert answer["error"]["detail"]


def test_a_trouble_of_ours_is_raised(world: AccessWorld) -> None:
    session().create_client("dynamodb").delete_table(TableName="skuflow-test-access")
    with pytest.raises(TransientError):
        do(world, CLIENT)

"""The access API's door: a client's record and its keys."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.access.api.handler import handle
from skuflow.kernel.clock import iso
from skuflow.platform.aws import session
from tests.access import AccessWorld
from tests.functions.access.test_authorizer import ask
from tests.http import ALL_SCOPES, Answer, Api

EVERYTHING = [*ALL_SCOPES.split(), "analytics:write"]


class Caller:
    """The API as seen with one key."""

    def __init__(self, world: AccessWorld, client_id: str, scopes: list[str] | None = None) -> None:
        self.world, self.client_id, self.scopes = world, client_id, EVERYTHING if scopes is None else scopes

    def call(self, method: str, path: str, **more: Any) -> Answer:
        return Api(handle, self.world.api).call(method, path, client_id=self.client_id, scopes=self.scopes, **more)

    def issue(self, **body: Any) -> Answer:
        return self.call("POST", "/v1/api-keys", body={"label": "a key", "scopes": ["catalog:read"], **body})


@pytest.fixture
def caller(world: AccessWorld) -> Caller:
    return Caller(world, world.client())


def test_a_client_reads_its_own_record(world: AccessWorld) -> None:
    client_id = world.client("Maple", notification_channels=[{"kind": "email", "target": "ops@maple.example"}])
    answer = Caller(world, client_id).call("GET", "/v1/client")
    assert (answer.status, answer.body["name"], answer.body["client_id"]) == (200, "Maple", client_id)
    assert answer.body["notification_channels"] == [{"kind": "email", "target": "ops@maple.example"}]
    assert answer.body["created_at"] == "2026-03-14T09:26:53.589Z"


def test_an_issued_key_works_and_is_not_shown_again(caller: Caller) -> None:
    answer = caller.issue(scopes=["catalog:read", "imports:write"])
    assert (answer.status, answer.body["scopes"]) == (201, ["catalog:read", "imports:write"])
    grant = ask(caller.world, f"Bearer {answer.body['key']}")
    assert grant["context"]["client_id"] == caller.client_id
    listed = caller.call("GET", "/v1/api-keys").body["items"]
    assert [(item["key_id"], item["status"]) for item in listed] == [(answer.body["key_id"], "active")]
    assert answer.body["key"] not in json.dumps(listed)
    assert answer.body["key"].endswith(listed[0]["hint"])


def test_no_table_holds_a_key(caller: Caller) -> None:
    key = caller.issue(label="kept", scopes=["keys:read"]).body
    again = caller.call(
        "POST",
        "/v1/api-keys",
        body={"label": "repeatable", "scopes": ["keys:read"]},
        headers={"Idempotency-Key": "one"},
    ).body
    db = session().create_client("dynamodb")
    stored = json.dumps([db.scan(TableName=f"skuflow-test-{name}")["Items"] for name in ("access", "idempotency")])
    assert key["key_id"] in stored
    for shown in (key["key"], again["key"]):
        assert shown not in stored
        assert shown.rpartition("_")[2] not in stored


def test_a_repeated_request_issues_one_key_and_does_not_show_it_again(caller: Caller) -> None:
    request: dict[str, Any] = {
        "body": {"label": "once", "scopes": ["catalog:read"]},
        "headers": {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"},
    }
    first = caller.call("POST", "/v1/api-keys", **request)
    second = caller.call("POST", "/v1/api-keys", **request)
    assert first.body["key"].startswith("sk_test_")
    assert (second.status, second.body) == (201, {**first.body, "key": None})
    assert len(caller.call("GET", "/v1/api-keys").body["items"]) == 1


def test_a_publishable_key_has_its_own_prefix(caller: Caller) -> None:
    answer = caller.issue(kind="publishable", scopes=["catalog:read", "analytics:write"])
    assert answer.body["key"].startswith("pk_test_")
    assert ask(caller.world, f"Bearer {answer.body['key']}")["context"]["key_kind"] == "publishable"


@pytest.mark.parametrize("scope", [s for s in EVERYTHING if s not in {"catalog:read", "analytics:write"}])
def test_a_publishable_key_cannot_do_more_than_read_the_catalogue_and_write_analytics(
    caller: Caller, scope: str
) -> None:
    answer = caller.issue(kind="publishable", scopes=["catalog:read", scope])
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "scopes")


@pytest.mark.parametrize("beyond", ["imports:write", "keys:read"])
def test_a_key_cannot_grant_what_it_lacks(world: AccessWorld, beyond: str) -> None:
    caller = Caller(world, world.client(), ["keys:write", "catalog:read"])
    answer = caller.issue(scopes=["catalog:read", beyond])
    assert (answer.status, answer.body["code"]) == (403, "forbidden")
    assert beyond in answer.body["detail"]
    assert caller.issue(scopes=["catalog:read"]).status == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["catalog:everything"]}, "scopes"),
        ({"label": ""}, "label"),
        ({"label": "   "}, "label"),
        ({"label": "x" * 101}, "label"),
        ({"label": "line\nbreak"}, "label"),
        ({"kind": "root"}, "kind"),
        ({"expires_at": "2026-03-14T09:26:53Z"}, "expires_at"),
        ({"expires_at": "2027-01-01T00:00:00"}, "expires_at"),
        ({"client_id": "cli_0000000000000009"}, "client_id"),
    ],
)
def test_a_faulty_key_is_refused_by_field(caller: Caller, body: dict[str, Any], field: str) -> None:
    answer = caller.issue(**body)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)
    assert caller.call("GET", "/v1/api-keys").body["items"] == []


def test_a_rotated_key_and_its_successor_work_side_by_side_until_the_overlap_ends(caller: Caller) -> None:
    old = caller.issue(scopes=["catalog:read", "keys:read"], label="till").body
    answer = caller.call("POST", f"/v1/api-keys/{old['key_id']}/rotate", body={"overlap_seconds": 3600})
    new = answer.body
    assert (answer.status, new["label"], new["scopes"]) == (201, "till", old["scopes"])
    assert new["replaces"]["replaced_by"] == new["key_id"]
    assert new["replaces"]["expires_at"] == iso(caller.world.clock() + timedelta(hours=1))
    assert new["key"] != old["key"]
    assert ask(caller.world, f"Bearer {old['key']}")["isAuthorized"]
    assert ask(caller.world, f"Bearer {new['key']}")["isAuthorized"]
    caller.world.clock.advance(hours=1)
    assert not ask(caller.world, f"Bearer {old['key']}")["isAuthorized"]
    assert ask(caller.world, f"Bearer {new['key']}")["isAuthorized"]


def test_a_key_with_an_end_keeps_its_lifetime_and_not_a_second_more_of_its_own(caller: Caller) -> None:
    end = caller.world.clock() + timedelta(days=30)
    old = caller.issue(expires_at=iso(end)).body
    caller.world.clock.advance(days=29, hours=23)
    new = caller.call("POST", f"/v1/api-keys/{old['key_id']}/rotate", body={"overlap_seconds": 86400}).body
    assert new["replaces"]["expires_at"] == iso(end)
    assert new["expires_at"] == iso(caller.world.clock() + timedelta(days=30))


def test_a_key_is_rotated_once(caller: Caller) -> None:
    old = caller.issue().body
    assert caller.call("POST", f"/v1/api-keys/{old['key_id']}/rotate", body={}).status == 201
    assert caller.call("POST", f"/v1/api-keys/{old['key_id']}/rotate", body={}).status == 409


def test_an_ended_key_has_no_successor(caller: Caller) -> None:
    old = caller.issue().body
    assert caller.call("DELETE", f"/v1/api-keys/{old['key_id']}").status == 204
    assert caller.call("POST", f"/v1/api-keys/{old['key_id']}/rotate", body={}).status == 409


def test_rotating_a_stronger_key_is_no_way_to_get_its_scopes(caller: Caller) -> None:
    strong = caller.issue(scopes=["imports:write", "keys:write"]).body
    weak = Caller(caller.world, caller.client_id, ["keys:write"])
    answer = weak.call("POST", f"/v1/api-keys/{strong['key_id']}/rotate", body={})
    assert (answer.status, answer.body["code"]) == (403, "forbidden")
    assert ask(caller.world, f"Bearer {strong['key']}")["isAuthorized"]


@pytest.mark.parametrize("overlap", [-1, 604801])
def test_an_overlap_is_at_most_a_week(caller: Caller, overlap: int) -> None:
    key = caller.issue().body
    answer = caller.call("POST", f"/v1/api-keys/{key['key_id']}/rotate", body={"overlap_seconds": overlap})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "overlap_seconds")


def test_a_revoked_key_stays_in_the_list_and_stops_working(caller: Caller) -> None:
    key = caller.issue().body
    for _ in range(2):
        assert caller.call("DELETE", f"/v1/api-keys/{key['key_id']}").status == 204
    listed = caller.call("GET", "/v1/api-keys").body["items"]
    assert [(item["status"], item["revoked_at"]) for item in listed] == [("revoked", iso(caller.world.clock()))]
    assert not ask(caller.world, f"Bearer {key['key']}")["isAuthorized"]


def test_another_client_s_key_looks_absent(caller: Caller) -> None:
    key = caller.issue().body
    stranger = Caller(caller.world, caller.world.client("Stranger"))
    for method, path, body in (
        ("DELETE", f"/v1/api-keys/{key['key_id']}", None),
        ("POST", f"/v1/api-keys/{key['key_id']}/rotate", {}),
    ):
        theirs = stranger.call(method, path, body=body)
        nobodys = stranger.call(method, path.replace(key["key_id"], "key_none"), body=body)
        assert theirs.status == nobodys.status == 404
        assert theirs.body["detail"] == nobodys.body["detail"]
    assert stranger.call("GET", "/v1/api-keys").body["items"] == []
    assert ask(caller.world, f"Bearer {key['key']}")["isAuthorized"]


def test_keys_are_listed_in_pages(caller: Caller) -> None:
    issued = sorted(caller.issue(label=f"key {n}").body["key_id"] for n in range(5))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = caller.call("GET", "/v1/api-keys", query=query).body
        seen += [item["key_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == issued


def test_a_cursor_cannot_be_turned_on_another_client(caller: Caller) -> None:
    for n in range(3):
        caller.issue(label=f"key {n}")
    cursor = caller.call("GET", "/v1/api-keys", query={"limit": 1}).body["next_cursor"]
    stranger = Caller(caller.world, caller.world.client("Stranger"))
    assert stranger.call("GET", "/v1/api-keys", query={"cursor": cursor}).status == 422

"""The audit log: who did what, when and from where; written with the act or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.access.api.handler import handle
from skuflow.access.audit import ACTIONS, BY_OPERATOR, RETENTION, Act
from skuflow.access.revoke_key import revoke_key
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import session
from tests.access import AccessWorld
from tests.functions.access.test_users import Person
from tests.http import Api


@pytest.fixture
def client_id(world: AccessWorld) -> str:
    return world.client()


@pytest.fixture
def owner(world: AccessWorld, client_id: str) -> Person:
    return Person(world, world.user(client_id))


def log(owner: Person, **query: Any) -> list[dict[str, Any]]:
    answer = owner.call("GET", "/v1/audit-log", query=query)
    assert answer.status == 200, answer.body
    items: list[dict[str, Any]] = answer.body["items"]
    return items


def live_a_life(world: AccessWorld, owner: Person, client_id: str) -> dict[str, Any]:
    """Every act there is, a minute apart; the key's and the user's id."""
    made: dict[str, Any] = {}
    acts = [
        lambda: made.update(
            key=owner.call("POST", "/v1/api-keys", body={"label": "till", "scopes": ["catalog:read"]}).body
        ),
        lambda: made.update(next=owner.call("POST", f"/v1/api-keys/{made['key']['key_id']}/rotate", body={}).body),
        lambda: owner.call("DELETE", f"/v1/api-keys/{made['key']['key_id']}"),
        lambda: made.update(user=owner.invite("kim@maple.example", "viewer").body),
        lambda: owner.call("PATCH", f"/v1/users/{made['user']['user_id']}", body={"role": "admin"}),
        lambda: owner.call("DELETE", f"/v1/users/{made['user']['user_id']}"),
        lambda: world.act("set_client_status", client_id=client_id, status="suspended"),
        lambda: world.act("set_client_status", client_id=client_id, status="active"),
    ]
    for act in acts:
        world.clock.advance(minutes=1)
        act()
    return made


def test_every_act_is_there_newest_first_with_who_what_when_and_from_where(
    world: AccessWorld, owner: Person, client_id: str
) -> None:
    opened = world.clock()
    made = live_a_life(world, owner, client_id)
    told = log(owner)
    assert [entry["action"] for entry in told] == [
        "client.status_changed", "client.status_changed", "user.removed", "user.role_changed", "user.invited",
        "key.revoked", "key.rotated", "key.issued", "user.invited", "client.created",
    ]  # fmt: skip
    assert {entry["action"] for entry in told} == set(ACTIONS) - {"operator.acted"}
    by_owner = {"kind": "user", "id": owner.user_id, "source": "192.0.2.7"}
    by_staff = {"kind": "operator", "id": "operator", "source": "access/administer"}
    assert [entry["actor"] for entry in told] == [by_staff] * 2 + [by_owner] * 6 + [by_staff] * 2
    changed = told[3]
    assert (changed["target"], changed["before"], changed["after"]) == (
        made["user"]["user_id"], {"role": "viewer"}, {"role": "admin"},
    )  # fmt: skip
    assert (told[0]["before"], told[0]["after"]["status"]) == ({"status": "suspended"}, "active")
    assert told[6]["after"]["replaced_by"] == made["next"]["key_id"]
    assert told[-1]["at"] == iso(opened)


def test_no_secret_and_no_address_stands_in_it(world: AccessWorld, owner: Person, client_id: str) -> None:
    made = live_a_life(world, owner, client_id)
    told = json.dumps(log(owner))
    for secret in (made["key"]["key"], made["next"]["key"], "hash", "@maple.example"):
        assert secret not in told


def test_a_key_that_acts_is_named(world: AccessWorld, owner: Person, client_id: str) -> None:
    api = Api(handle, world.api)
    api.call(
        "POST", "/v1/api-keys", client_id=client_id, body={"label": "b", "scopes": ["catalog:read"]}, principal="key_a"
    )
    assert log(owner, actor="key_a")[0]["actor"] == {"kind": "key", "id": "key_a", "source": "192.0.2.7"}


def test_it_is_searched_by_actor_action_and_time(world: AccessWorld, owner: Person, client_id: str) -> None:
    live_a_life(world, owner, client_id)
    everything = log(owner)
    assert log(owner, actor=owner.user_id) == everything[2:8]
    assert log(owner, action="user.invited") == [everything[4], everything[8]]
    assert log(owner, action="user.invited", actor="operator") == [everything[8]]
    assert log(owner, since=everything[5]["at"]) == everything[:6]
    assert log(owner, until=everything[5]["at"]) == everything[6:]
    assert log(owner, since=everything[7]["at"], until=everything[4]["at"]) == everything[5:8]
    assert owner.call("GET", "/v1/audit-log", query={"action": "user.thanked"}).status == 422


@pytest.mark.parametrize("query", [{}, {"action": "client.status_changed"}, {"actor": "operator"}])
def test_it_is_read_in_pages(world: AccessWorld, owner: Person, client_id: str, query: dict[str, str]) -> None:
    live_a_life(world, owner, client_id)
    seen: list[Any] = []
    asked: dict[str, Any] = {**query, "limit": 1}
    while True:
        page = owner.call("GET", "/v1/audit-log", query=asked).body
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert seen == log(owner, **query)


def test_what_changes_nothing_leaves_no_entry(world: AccessWorld, owner: Person, client_id: str) -> None:
    before = log(owner)
    world.act("set_client_status", client_id=client_id, status="active")
    owner.call("PATCH", f"/v1/users/{owner.user_id}", body={"role": "owner"})
    owner.call("PATCH", f"/v1/users/{owner.user_id}", body={"role": "viewer"})
    owner.call("POST", "/v1/api-keys", body={"label": "", "scopes": []})
    assert log(owner) == before


def test_an_act_whose_entry_cannot_be_written_does_not_happen(
    world: AccessWorld, owner: Person, client_id: str
) -> None:
    """Two acts with one entry id: the second entry cannot be written."""
    first, second = (world.key(client_id)["key_id"] for _ in range(2))
    act = Act(BY_OPERATOR, world.clock(), "aud_taken")
    whose = ClientId(client_id)
    revoke_key(first, client_id=whose, store=world.api.store, act=act)
    with pytest.raises(VersionConflict):
        revoke_key(second, client_id=whose, store=world.api.store, act=act)
    assert world.api.store.get_key(whose, second).revoked_at is None


def test_entries_expire_when_they_have_been_kept_long_enough(world: AccessWorld, client_id: str) -> None:
    items = session().create_client("dynamodb").scan(TableName="skuflow-test-access")["Items"]
    (entry,) = [item for item in items if item["entity"]["S"] == "AUDIT"]
    assert int(entry["expires_at"]["N"]) == int((world.clock() + RETENTION).timestamp())
    assert not any("expires_at" in item for item in items if item["entity"]["S"] != "AUDIT")


def test_another_client_s_log_is_its_own(world: AccessWorld, owner: Person) -> None:
    stranger = world.client("Stranger")
    world.user(stranger, "viewer")
    assert stranger not in json.dumps(log(owner))

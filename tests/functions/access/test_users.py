"""People: invited, given roles, removed; never by somebody who may do less."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.access.administer.handler import handle as administer
from functions.access.api.handler import handle
from skuflow.access.people import MAX_MEMBERSHIPS
from skuflow.access.roles import ROLE_SCOPES, ROLES
from skuflow.kernel.tenancy import ClientId
from tests.access import AccessWorld
from tests.doubles import FakeLambdaContext
from tests.functions.access.test_authorizer import ask
from tests.http import Answer, Api
from tests.interleaving import interleaved


class Person:
    """The API as a signed-in person sees it: each call goes by the authorizer's word."""

    def __init__(self, world: AccessWorld, user_id: str) -> None:
        self.world, self.user_id = world, user_id

    def call(self, method: str, path: str, **how: Any) -> Answer:
        granted = ask(self.world, f"Bearer {self.world.token(self.user_id)}")
        assert granted["isAuthorized"]
        return Api(handle, self.world.api).call(method, path, granted=granted["context"], **how)

    def invite(self, email: str, role: str, **how: Any) -> Answer:
        return self.call("POST", "/v1/users", body={"email": email, "role": role}, **how)

    def gets_in(self) -> bool:
        return bool(ask(self.world, f"Bearer {self.world.token(self.user_id)}")["isAuthorized"])


@pytest.fixture
def client_id(world: AccessWorld) -> str:
    return world.client()


@pytest.fixture
def owner(world: AccessWorld, client_id: str) -> Person:
    return Person(world, world.user(client_id))


def person(world: AccessWorld, client_id: str, role: str, email: str = "") -> Person:
    return Person(world, world.user(client_id, role, email))


def test_an_invited_person_is_mailed_once_and_gets_in(world: AccessWorld, owner: Person, client_id: str) -> None:
    answer = owner.invite(" Kim@Maple.Example ", "analyst")
    assert (answer.status, answer.body["email"], answer.body["added_by"]) == (201, "kim@maple.example", owner.user_id)
    assert owner.invite("kim@maple.example", "analyst").body == answer.body
    assert world.people.invited.count("kim@maple.example") == 1
    granted = ask(world, f"Bearer {world.token(answer.body['user_id'])}")["context"]
    assert (granted["client_id"], granted["role"]) == (client_id, "analyst")
    assert len(owner.call("GET", "/v1/users").body["items"]) == 2


def test_a_repeated_invitation_leaves_one_entry_in_the_audit_log(owner: Person) -> None:
    for _ in range(3):
        owner.invite("kim@maple.example", "viewer")
    invited = owner.call("GET", "/v1/audit-log", query={"action": "user.invited", "actor": owner.user_id}).body["items"]
    assert len(invited) == 1


def test_inviting_into_another_role_is_a_conflict(owner: Person) -> None:
    owner.invite("kim@maple.example", "viewer")
    assert owner.invite("kim@maple.example", "admin").status == 409


@pytest.mark.parametrize(
    "email",
    ["", "kim", "kim@", "@maple.example", "kim@maple", "kim maple@maple.example", "kim@maple..example", "kim@-maple.example",
     "kim@maple.example\n.evil", "kim@maple.example,eve@evil.example", "x" * 65 + "@maple.example", "kïm@maple.example",
     "Kim <kim@maple.example>", "k@" + "a" * 250 + ".example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_anybody_is_made(world: AccessWorld, owner: Person, email: str) -> None:
    before = list(world.people.invited)
    answer = owner.invite(email, "viewer")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "email")
    assert world.people.invited == before


@pytest.mark.parametrize("role", ["operator", "root", "", "Owner"])
def test_there_are_four_roles_to_give(owner: Person, role: str) -> None:
    assert owner.invite("kim@maple.example", role).status == 422


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_analysts_and_viewers_manage_neither_people_nor_keys(world: AccessWorld, client_id: str, role: str) -> None:
    owner_id = world.user(client_id)
    somebody = person(world, client_id, role)
    for method, path, body in (
        ("GET", "/v1/users", None),
        ("POST", "/v1/users", {"email": "eve@evil.example", "role": "viewer"}),
        ("PATCH", f"/v1/users/{owner_id}", {"role": "viewer"}),
        ("DELETE", f"/v1/users/{owner_id}", None),
        ("GET", "/v1/api-keys", None),
        ("POST", "/v1/api-keys", {"label": "mine", "scopes": ["catalog:read"]}),
        ("GET", "/v1/audit-log", None),
    ):
        assert somebody.call(method, path, body=body).status == 403, (method, path)


def test_owners_and_admins_issue_rotate_and_revoke_keys(world: AccessWorld, client_id: str) -> None:
    for role in ("owner", "admin"):
        somebody = person(world, client_id, role)
        key = somebody.call(
            "POST", "/v1/api-keys", body={"label": role, "scopes": ["catalog:write", "keys:write"]}
        ).body
        assert key["created_by"] == somebody.user_id
        assert somebody.call("POST", f"/v1/api-keys/{key['key_id']}/rotate", body={}).status == 201
        assert somebody.call("DELETE", f"/v1/api-keys/{key['key_id']}").status == 204


def test_admins_give_every_role_but_owner_and_touch_no_owner(world: AccessWorld, owner: Person, client_id: str) -> None:
    admin, second = person(world, client_id, "admin"), person(world, client_id, "owner", "second@maple.example")
    assert [admin.invite(f"{role}2@maple.example", role).status for role in ROLES] == [403, 201, 201, 201]
    viewer = person(world, client_id, "viewer")
    assert admin.call("PATCH", f"/v1/users/{viewer.user_id}", body={"role": "owner"}).status == 403
    assert admin.call("PATCH", f"/v1/users/{viewer.user_id}", body={"role": "admin"}).status == 200
    assert admin.call("PATCH", f"/v1/users/{second.user_id}", body={"role": "viewer"}).status == 403
    assert admin.call("DELETE", f"/v1/users/{second.user_id}").status == 403
    assert owner.call("PATCH", f"/v1/users/{second.user_id}", body={"role": "viewer"}).status == 200


@pytest.mark.parametrize("role", ROLES)
def test_a_key_gives_and_takes_only_roles_whose_scopes_it_holds_and_never_an_owner_s(
    world: AccessWorld, client_id: str, role: str
) -> None:
    target = world.user(client_id, role)
    world.user(client_id, "owner", "another@maple.example")
    weak = {"users:write", *ROLE_SCOPES["viewer"]}
    for scopes in (weak, set(ROLE_SCOPES["owner"])):
        api = Api(handle, world.api)
        may = role != "owner" and set(ROLE_SCOPES[role]) <= scopes
        how: dict[str, Any] = {"client_id": client_id, "scopes": scopes}
        made = api.call("POST", "/v1/users", body={"email": f"{len(scopes)}@maple.example", "role": role}, **how)
        assert made.status == (201 if may else 403)
        if not may:
            assert api.call("DELETE", f"/v1/users/{target}", **how).status == 403


def test_the_last_owner_is_neither_demoted_nor_removed(world: AccessWorld, owner: Person, client_id: str) -> None:
    path = f"/v1/users/{owner.user_id}"
    assert owner.call("PATCH", path, body={"role": "admin"}).status == 409
    assert owner.call("DELETE", path).status == 409
    assert "error" in _operators(world, "remove_user", client_id=client_id, user_id=owner.user_id)
    second = person(world, client_id, "owner", "second@maple.example")
    assert owner.call("DELETE", path).status == 204
    assert second.call("DELETE", f"/v1/users/{second.user_id}").status == 409
    assert second.gets_in()


@pytest.mark.parametrize("seed", range(6))
def test_two_owners_who_remove_each_other_at_once_leave_one(world: AccessWorld, client_id: str, seed: int) -> None:
    owners = [person(world, client_id, "owner", f"{name}@maple.example") for name in ("one", "two")]
    api = Api(handle, world.api)

    def removing(by: Person, whom: Person) -> Any:
        granted = ask(world, f"Bearer {world.token(by.user_id)}")["context"]
        return lambda: api.call("DELETE", f"/v1/users/{whom.user_id}", granted=granted)

    answers = interleaved(seed, [removing(owners[0], owners[1]), removing(owners[1], owners[0])])
    assert sorted(answer.status for answer in answers)[0] == 204
    assert {answer.status for answer in answers} <= {204, 409, 412}
    left = world.act("list_users", client_id=client_id)["items"]
    assert [user["role"] for user in left] == ["owner"]
    assert world.api.members.owners(ClientId(client_id)) == 1


def test_a_removed_person_is_out_and_may_be_invited_again(world: AccessWorld, owner: Person, client_id: str) -> None:
    kim = person(world, client_id, "analyst")
    path = f"/v1/users/{kim.user_id}"
    assert owner.call("DELETE", path).status == 204
    assert not kim.gets_in()
    assert owner.call("DELETE", path).status == 404
    assert owner.call("PATCH", path, body={"role": "viewer"}).status == 404
    again = owner.invite("analyst@" + client_id.replace("_", "-") + ".example", "viewer").body
    assert (again["user_id"], again["role"]) == (kim.user_id, "viewer")
    assert kim.gets_in()


def test_another_client_s_user_looks_absent(world: AccessWorld, owner: Person) -> None:
    theirs = world.user(world.client("Stranger"), "viewer")
    for method, body in (("PATCH", {"role": "admin"}), ("DELETE", None)):
        assert owner.call(method, f"/v1/users/{theirs}", body=body).status == 404


def test_users_are_listed_in_pages(world: AccessWorld, owner: Person, client_id: str) -> None:
    made = {owner.user_id} | {world.user(client_id, "viewer", f"v{n}@maple.example") for n in range(4)}
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = owner.call("GET", "/v1/users", query=query).body
        seen += [user["user_id"] for user in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == sorted(made)


def test_a_person_acts_for_a_limited_number_of_clients(world: AccessWorld) -> None:
    clients = [world.client(f"Client {n}") for n in range(MAX_MEMBERSHIPS + 1)]
    for client_id in clients[:-1]:
        world.user(client_id, "viewer", "agency@agency.example")
    refused = _operators(world, "invite_user", client_id=clients[-1], email="agency@agency.example", role="viewer")
    assert refused["error"]["code"] == "conflict"
    context = ask(world, f"Bearer {world.token(world.people.known['agency@agency.example'])}")["context"]
    assert len(context["clients"].split()) == MAX_MEMBERSHIPS
    assert sum(len(name) + len(text) for name, text in context.items()) < 4000


def test_a_role_counts_from_the_next_question_on(world: AccessWorld, owner: Person, client_id: str) -> None:
    kim = person(world, client_id, "viewer")
    owner.call("PATCH", f"/v1/users/{kim.user_id}", body={"role": "admin"})
    world.clock.advance(timedelta(seconds=1))
    assert kim.call("GET", "/v1/users").status == 200


def _operators(world: AccessWorld, action: str, **request: Any) -> dict[str, Any]:
    return administer({"action": action, **request}, FakeLambdaContext(), world.administer)

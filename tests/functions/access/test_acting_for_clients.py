"""For which client a call is: one's own by membership, any for staff; whatever the gateway remembers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.access.api.handler import handle as api_handle
from functions.access.authorizer.handler import handle
from infra.constructs.authorizer import CACHED_SECONDS
from skuflow.platform.http_caller import KEPT_SECONDS
from tests.access import AccessWorld
from tests.doubles import FakeLambdaContext
from tests.http import Answer, Api

PROMISED = timedelta(minutes=5)


@dataclass
class Gateway:
    """The HTTP API: asks the authorizer, and keeps its answer under the Authorization header alone."""

    world: AccessWorld
    kept: dict[str, tuple[datetime, Mapping[str, Any]]] = field(default_factory=dict)

    def call(self, credential: str, method: str, path: str, *, client: str = "", body: Any = None) -> Answer | int:
        """The function's answer, or the status of the gateway's own."""
        headers = {"X-Client-Id": client} if client else {}
        granted = self._granted(f"Bearer {credential}", headers)
        if not granted["isAuthorized"]:
            return 403
        api = Api(api_handle, self.world.api)
        return api.call(method, path, granted=granted["context"], headers=headers, body=body)

    def status(self, credential: str, path: str = "/v1/client", *, client: str = "") -> int:
        answer = self.call(credential, "GET", path, client=client)
        return answer if isinstance(answer, int) else answer.status

    def _granted(self, header: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
        at, answer = self.kept.get(header, (None, {}))
        now = self.world.clock()
        if at is None or now - at >= timedelta(seconds=CACHED_SECONDS):
            http = {"method": "GET", "path": "/", "sourceIp": "192.0.2.7"}
            event = {
                "version": "2.0",
                "type": "REQUEST",
                "identitySource": [header],
                "headers": {"authorization": header, **{name.lower(): value for name, value in headers.items()}},
                "requestContext": {"http": http},
            }
            answer = handle(event, FakeLambdaContext(), self.world.authorizer)
            self.kept[header] = (now, answer)
        return answer


@pytest.fixture
def gateway(world: AccessWorld) -> Gateway:
    return Gateway(world)


@pytest.fixture
def clients(world: AccessWorld) -> tuple[str, str, str]:
    """Two of the agency's, and one that is not."""
    return world.client("One"), world.client("Two", home_currency="USD"), world.client("Foreign")


@pytest.fixture
def agency(world: AccessWorld, clients: tuple[str, str, str]) -> str:
    """Somebody who is an owner here and a viewer there."""
    user_id = world.user(clients[0], "owner", "agency@agency.example")
    return world.user(clients[1], "viewer", "agency@agency.example") and user_id


def test_the_two_figures_for_the_gateway_s_memory_agree() -> None:
    assert KEPT_SECONDS == CACHED_SECONDS


def test_a_person_with_several_clients_names_one_and_has_their_role_there_and_nowhere_else(
    world: AccessWorld, gateway: Gateway, clients: tuple[str, str, str], agency: str
) -> None:
    one, two, foreign = clients
    token = world.token(agency)
    for _ in range(2):
        for client_id in (one, two):
            answer = gateway.call(token, "GET", "/v1/client", client=client_id)
            assert isinstance(answer, Answer)
            assert answer.body["client_id"] == client_id
        assert gateway.status(token, "/v1/users", client=one) == 200
        assert gateway.status(token, "/v1/users", client=two) == 403
        assert gateway.status(token, client=foreign) == 403
        assert gateway.status(token, client="cli_0000000000000000") == 403
        assert gateway.status(token, client="nonsense") == 403
    assert len(gateway.kept) == 1, "all of it by one answer of the authorizer"


def test_without_a_name_only_what_is_about_the_person_is_answered(
    world: AccessWorld, gateway: Gateway, clients: tuple[str, str, str], agency: str
) -> None:
    token = world.token(agency)
    refused = gateway.call(token, "GET", "/v1/client")
    assert isinstance(refused, Answer)
    assert (refused.status, "X-Client-Id" in refused.body["detail"]) == (403, True)
    me = gateway.call(token, "GET", "/v1/me")
    assert isinstance(me, Answer)
    assert {each["client_id"]: each["role"] for each in me.body["memberships"]} == {
        clients[0]: "owner",
        clients[1]: "viewer",
    }


def test_a_person_with_one_client_need_not_name_it_and_cannot_name_another(
    world: AccessWorld, gateway: Gateway, clients: tuple[str, str, str]
) -> None:
    token = world.token(world.user(clients[0], "viewer"))
    assert gateway.status(token) == gateway.status(token, client=clients[0]) == 200
    assert gateway.status(token, client=clients[1]) == 403


def test_a_key_s_client_is_its_own_whatever_the_header_says(
    world: AccessWorld, gateway: Gateway, clients: tuple[str, str, str]
) -> None:
    key = world.key(clients[0])["key"]
    assert gateway.status(key) == gateway.status(key, client=clients[0]) == 200
    assert gateway.status(key, client=clients[1]) == 403
    me = gateway.call(key, "GET", "/v1/me")
    assert isinstance(me, Answer)
    assert (me.body["kind"], me.body["role"], me.body["client_id"]) == ("secret", None, clients[0])


def test_staff_act_for_the_client_they_name_and_that_is_noted_once_an_hour(
    world: AccessWorld, gateway: Gateway, clients: tuple[str, str, str]
) -> None:
    staff = world.operator()
    for minutes in (0, 1, 30, 61):
        world.clock.advance(minutes=minutes)
        assert gateway.status(world.token(staff), client=clients[2]) == 200
    log = gateway.call(world.token(staff), "GET", "/v1/audit-log", client=clients[2])
    assert isinstance(log, Answer)
    acted = [entry for entry in log.body["items"] if entry["action"] == "operator.acted"]
    assert [entry["actor"] for entry in acted] == [{"kind": "operator", "id": staff, "source": "192.0.2.7"}] * 2
    assert [entry["at"][11:13] for entry in acted] == ["10", "09"]
    assert acted[0]["target"] == clients[2]


def test_what_staff_do_for_a_client_names_them(
    world: AccessWorld, gateway: Gateway, clients: tuple[str, str, str]
) -> None:
    staff = world.operator()
    body = {"email": "first@foreign.example", "role": "owner"}
    made = gateway.call(world.token(staff), "POST", "/v1/users", client=clients[2], body=body)
    assert isinstance(made, Answer)
    assert (made.status, made.body["added_by"]) == (201, staff)


def test_staff_are_never_taken_to_a_client_that_they_did_not_name(
    world: AccessWorld, gateway: Gateway, clients: tuple[str, str, str]
) -> None:
    token = world.token(world.operator())
    assert gateway.status(token, client=clients[0]) == 200
    other = gateway.call(token, "GET", "/v1/client", client=clients[1])
    assert isinstance(other, Answer)
    assert (other.status, other.headers["retry-after"]) == (429, "60")
    assert gateway.status(token) == 403
    world.clock.advance(seconds=60)
    assert gateway.status(token, client=clients[1]) == 200


def test_staff_who_name_nobody_or_a_client_that_is_not_there_get_nothing(world: AccessWorld, gateway: Gateway) -> None:
    token = world.token(world.operator())
    for name in ("cli_0000000000000000", "nonsense", "C#x", ""):
        assert gateway.status(token, client=name) == 403
        assert gateway.status(token, "/v1/me", client=name) == 403
        world.clock.advance(seconds=60)


def test_a_token_that_says_operator_is_not_enough(world: AccessWorld, gateway: Gateway) -> None:
    client_id = world.client()
    staff = world.operator()
    token = world.token(staff)
    world.people.operators.clear()
    assert gateway.status(token, client=client_id) == 403
    member = world.user(client_id, "viewer")
    assert gateway.status(world.token(member, **{"cognito:groups": ["operator"]}), "/v1/users") == 403


def test_nobody_without_a_membership_gets_in(world: AccessWorld, gateway: Gateway) -> None:
    assert gateway.status(world.token(world.people.invite("eve@evil.example"))) == 403


def stop_key(world: AccessWorld, client_id: str) -> tuple[str, Any]:
    key = world.key(client_id)
    return key["key"], lambda: world.act("revoke_key", client_id=client_id, key_id=key["key_id"])


def stop_user(world: AccessWorld, client_id: str) -> tuple[str, Any]:
    user_id = world.user(client_id, "admin")
    return world.token(user_id), lambda: world.act("remove_user", client_id=client_id, user_id=user_id)


def suspend_users(world: AccessWorld, client_id: str) -> tuple[str, Any]:
    user_id = world.user(client_id, "admin")
    return world.token(user_id), lambda: world.act("set_client_status", client_id=client_id, status="suspended")


def suspend_keys(world: AccessWorld, client_id: str) -> tuple[str, Any]:
    key = world.key(client_id)["key"]
    return key, lambda: world.act("set_client_status", client_id=client_id, status="suspended")


def dismiss_staff(world: AccessWorld, _client_id: str) -> tuple[str, Any]:
    return world.token(world.operator()), world.people.operators.clear


@pytest.mark.parametrize("way", [stop_key, stop_user, suspend_users, suspend_keys, dismiss_staff])
def test_whoever_is_stopped_is_out_within_five_minutes_whatever_the_gateway_remembers(
    world: AccessWorld, gateway: Gateway, way: Any
) -> None:
    client_id = world.client()
    credential, stop = way(world, client_id)
    for _ in range(5):
        assert gateway.status(credential, client=client_id) == 200
        world.clock.advance(seconds=17)
    stop()
    stopped_at = world.clock()
    while gateway.status(credential, client=client_id) == 200:
        world.clock.advance(seconds=1)
    assert world.clock() - stopped_at <= timedelta(seconds=CACHED_SECONDS) < PROMISED
    world.clock.advance(minutes=3)
    assert gateway.status(credential, client=client_id) == 403

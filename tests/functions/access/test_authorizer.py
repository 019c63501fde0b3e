"""The authorizer's door: what a gateway sends, what it gets back, and how soon a revoked key stops working."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.access.authorizer.handler import handle
from infra.constructs.authorizer import CACHED_SECONDS
from skuflow.kernel.errors import TransientError
from skuflow.platform.aws import session
from tests.access import AccessWorld
from tests.doubles import FakeClock, FakeLambdaContext


def ask(world: AccessWorld, header: str | None) -> dict[str, Any]:
    event = {
        "version": "2.0",
        "type": "REQUEST",
        "identitySource": [] if header is None else [header],
        "headers": {} if header is None else {"authorization": header},
        "requestContext": {"http": {"method": "GET", "path": "/v1/client"}},
    }
    return handle(event, FakeLambdaContext(), world.authorizer)


def test_a_live_key_opens_its_own_client(world: AccessWorld) -> None:
    client_id = world.client(home_currency="INR")
    key = world.key(client_id, scopes=["catalog:write", "catalog:read"])
    assert ask(world, f"Bearer {key['key']}") == {
        "isAuthorized": True,
        "context": {
            "client_id": client_id,
            "principal": key["key_id"],
            "key_kind": "secret",
            "scopes": "catalog:read catalog:write",
            "home_currency": "INR",
        },
    }


def test_the_scheme_may_be_written_in_any_case(world: AccessWorld) -> None:
    key = world.key(world.client())["key"]
    assert ask(world, f"bearer  {key}")["isAuthorized"]


def test_each_key_opens_its_own_client_only(world: AccessWorld) -> None:
    first, second = world.client("One"), world.client("Two")
    keys = {client: world.key(client)["key"] for client in (first, second)}
    assert {ask(world, f"Bearer {key}")["context"]["client_id"] for key in keys.values()} == {first, second}
    assert ask(world, f"Bearer {keys[second]}")["context"]["client_id"] == second


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic c2s6",
        "Bearer sk_test_",
        "Bearer sk_test_" + "0" * 48,
        "Bearer sk_test_" + "f" * 5000,
        "Bearer sk_prod_" + f"{1:048x}",
        "Bearer rk_test_" + f"{1:048x}",
        "Bearer pk_test_" + f"{1:048x}",
        "Bearer SK_TEST_" + f"{1:048x}",
        "Bearer sk_test_" + f"{1:048x}" + " extra",
        "sk_test_" + f"{1:048x}",
        "Bearer eyJhbGciOiJub25lIn0.eyJjbGllbnRfaWQiOiJjbGlfMDAifQ.",
        "Bearer sk_test_１" + "0" * 47,
    ],
)
def test_anything_else_is_refused(world: AccessWorld, header: str | None) -> None:
    world.key(world.client())
    assert ask(world, header) == {"isAuthorized": False, "context": {}}


def test_a_key_of_another_stage_is_not_even_looked_up(world: AccessWorld) -> None:
    key = world.key(world.client())["key"]
    session().create_client("dynamodb").delete_table(TableName="skuflow-test-access")
    assert not ask(world, f"Bearer {key.replace('_test_', '_prod_')}")["isAuthorized"]


def test_an_expired_key_is_refused_from_the_moment_it_ends(world: AccessWorld) -> None:
    end = world.clock() + timedelta(hours=1)
    key = world.key(world.client(), expires_at=end.isoformat())["key"]
    world.clock.advance(minutes=59, seconds=59)
    assert ask(world, f"Bearer {key}")["isAuthorized"]
    world.clock.advance(seconds=1)
    assert not ask(world, f"Bearer {key}")["isAuthorized"]


def test_a_revoked_key_is_refused(world: AccessWorld) -> None:
    client_id = world.client()
    key = world.key(client_id)
    world.act("revoke_key", client_id=client_id, key_id=key["key_id"])
    assert not ask(world, f"Bearer {key['key']}")["isAuthorized"]


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_the_keys_of_a_client_that_is_not_active_are_refused(world: AccessWorld, status: str) -> None:
    client_id = world.client()
    key = world.key(client_id)["key"]
    world.act("set_client_status", client_id=client_id, status=status)
    assert not ask(world, f"Bearer {key}")["isAuthorized"]


def test_a_client_that_is_active_again_gets_in_again(world: AccessWorld) -> None:
    client_id = world.client()
    key = world.key(client_id)["key"]
    for status in ("suspended", "active"):
        world.act("set_client_status", client_id=client_id, status=status)
    assert ask(world, f"Bearer {key}")["isAuthorized"]


def test_a_trouble_of_ours_is_raised_and_not_answered_with_no(world: AccessWorld) -> None:
    key = world.key(world.client())["key"]
    session().create_client("dynamodb").delete_table(TableName="skuflow-test-access")
    with pytest.raises(TransientError):
        ask(world, f"Bearer {key}")


@dataclass
class Gateway:
    """API Gateway's cache of an authorizer's answers, by identity source."""

    world: AccessWorld
    clock: FakeClock
    kept: dict[str, tuple[datetime, bool]] = field(default_factory=dict)
    asked: int = 0

    def lets_in(self, header: str) -> bool:
        at, answer = self.kept.get(header, (None, False))
        if at is None or self.clock() - at >= timedelta(seconds=CACHED_SECONDS):
            answer = ask(self.world, header)["isAuthorized"]
            self.asked += 1
            self.kept[header] = (self.clock(), answer)
        return answer


def test_a_revoked_key_stops_working_within_five_minutes_whatever_the_gateway_remembers(world: AccessWorld) -> None:
    client_id = world.client()
    key = world.key(client_id)
    gateway = Gateway(world, world.clock)
    header = f"Bearer {key['key']}"
    for _ in range(7):
        assert gateway.lets_in(header)
        world.clock.advance(seconds=17)
    world.act("revoke_key", client_id=client_id, key_id=key["key_id"])
    revoked_at = world.clock()
    while gateway.lets_in(header):
        world.clock.advance(seconds=1)
    assert world.clock() - revoked_at <= timedelta(seconds=CACHED_SECONDS) < timedelta(minutes=5)


def test_the_day_of_use_is_noted_once_a_day(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    client_id = world.client()
    key = world.key(client_id)
    writes: list[str] = []
    store = type(world.authorizer.store)
    noted = store.mark_used
    monkeypatch.setattr(store, "mark_used", lambda self, *given: (writes.append(str(given[-1])), noted(self, *given)))
    for hours in (0, 1, 5, 20, 1):
        world.clock.advance(hours=hours)
        assert ask(world, f"Bearer {key['key']}")["isAuthorized"]
    assert writes == ["2026-03-14", "2026-03-15"]
    listed = world.act("list_keys", client_id=client_id)["items"]
    assert [item["last_used_on"] for item in listed] == ["2026-03-15"]


def test_a_use_that_cannot_be_noted_does_not_turn_the_caller_away(
    world: AccessWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = world.key(world.client())["key"]

    def broken(*_given: Any) -> None:
        raise TransientError("the table is busy") from ClientError({"Error": {"Code": "Throttling"}}, "UpdateItem")

    monkeypatch.setattr(type(world.authorizer.store), "mark_used", broken)
    assert ask(world, f"Bearer {key}")["isAuthorized"]

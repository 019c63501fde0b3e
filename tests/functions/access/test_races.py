"""Two at once: one wins, the other is told to look again, and nothing is half-written."""

from __future__ import annotations

from typing import Any

import pytest

from functions.access.api.handler import handle
from skuflow.access.audit import BY_OPERATOR
from skuflow.access.keys import revoked
from skuflow.access.model import with_status
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import session
from tests.access import AccessWorld
from tests.http import Answer, Api
from tests.interleaving import interleaved


@pytest.mark.parametrize("seed", range(8))
def test_a_key_rotated_several_times_at_once_gets_one_successor(world: AccessWorld, seed: int) -> None:
    client_id = world.client()
    key = world.key(client_id)
    api = Api(handle, world.api)

    def rotate() -> Answer:
        return api.call(
            "POST", f"/v1/api-keys/{key['key_id']}/rotate", client_id=client_id, body={}, scopes=key["scopes"]
        )

    statuses = [answer.status for answer in interleaved(seed, [rotate] * 4)]
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 409, 412}
    assert len(world.act("list_keys", client_id=client_id)["items"]) == 2
    lookups = [item for item in _items() if item["entity"]["S"] == "LOOKUP"]
    assert len(lookups) == 2


def test_what_was_read_before_another_s_change_is_not_written(world: AccessWorld) -> None:
    store, now = world.api.store, world.clock()
    client_id = ClientId(world.client())
    key = store.get_key(client_id, world.key(client_id)["key_id"])
    act = world.api.act(BY_OPERATOR)
    store.save_key(client_id, revoked(key, now), act.on_key("key.revoked", key))
    with pytest.raises(VersionConflict):
        store.save_key(client_id, revoked(key, now), world.api.act(BY_OPERATOR).on_key("key.revoked", key))
    client = store.get_client(client_id)
    entry = world.api.act(BY_OPERATOR).on_client("client.status_changed", client)
    store.save_client(client_id, with_status(client, "suspended", now=now), entry)
    lost = world.api.act(BY_OPERATOR).on_client("client.status_changed", client)
    with pytest.raises(VersionConflict):
        store.save_client(client_id, with_status(client, "closed", now=now), lost)
    assert store.get_client(client_id).status == "suspended"


def test_noting_a_use_and_revoking_do_not_undo_each_other(world: AccessWorld) -> None:
    store, now = world.api.store, world.clock()
    client_id = ClientId(world.client())
    key = store.get_key(client_id, world.key(client_id)["key_id"])
    store.mark_used(client_id, key.key_id, now.date())
    store.save_key(client_id, revoked(key, now), world.api.act(BY_OPERATOR).on_key("key.revoked", key))
    store.mark_used(client_id, key.key_id, now.date())
    kept = store.get_key(client_id, key.key_id)
    assert (kept.revoked_at, kept.last_used_on) == (now, now.date())


def test_an_id_is_taken_once(world: AccessWorld) -> None:
    store = world.api.store
    client_id = ClientId(world.client())
    client = store.get_client(client_id)
    entry = world.api.act(BY_OPERATOR).on_client("client.created", client)
    with pytest.raises(VersionConflict):
        store.add_client(client_id, client, entry)
    key = store.get_key(client_id, world.key(client_id)["key_id"])
    with pytest.raises(VersionConflict):
        store.add_key(client_id, key, world.api.act(BY_OPERATOR).on_key("key.issued", key))


def test_noting_the_use_of_a_key_that_is_not_there_makes_none(world: AccessWorld) -> None:
    client_id = ClientId(world.client())
    world.api.store.mark_used(client_id, "key_none", world.clock().date())
    assert world.act("list_keys", client_id=client_id)["items"] == []
    assert not any("key_none" in item["sk"]["S"] for item in _items())


def test_every_item_but_look_ups_and_the_register_belongs_to_a_client(world: AccessWorld) -> None:
    client_id = world.client()
    world.key(client_id)
    user_id = world.user(client_id)
    kinds: dict[str, str] = {item["entity"]["S"]: item["pk"]["S"] for item in _items()}
    assert kinds.pop("LOOKUP").startswith("K#")
    assert kinds.pop("USER_LOOKUP") == f"U#{user_id}"
    assert kinds.pop("AUDIT") == f"C#{client_id}#AUDIT"
    assert kinds.pop("CLIENTS") == "CLIENTS"
    assert set(kinds.values()) == {f"C#{client_id}"}


def _items() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = session().create_client("dynamodb").scan(TableName="skuflow-test-access")["Items"]
    return found

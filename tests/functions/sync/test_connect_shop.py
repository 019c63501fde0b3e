"""Connecting a shop: what is believed, what is refused, what is stored, and what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from skuflow.kernel.errors import SkuflowError
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.outbound.calls import Call, CircuitOpen, ProviderFailed
from skuflow.sync.shops.due import shard_of
from skuflow.sync.shops.model import stopped
from tests.calls import Killer, WorkerKilled, watched
from tests.doubles import START, FakeClock
from tests.fakes.oauth import APP_SECRET
from tests.fakes.outbound import json_answer
from tests.fakes.shops import SCOPES, SHOP
from tests.functions.sync.install_world import (
    COOKIE,
    PUBLIC_URL,
    SECRET_SECRET,
    InstallWorld,
    make_install_world,
    parameters,
)
from tests.http import CLIENT, OTHER_CLIENT
from tests.interleaving import interleaved

MINE, THEIRS = ClientId(CLIENT), ClientId(OTHER_CLIENT)


@pytest.fixture
def world(tables: Callable[[str], str], clock: FakeClock) -> InstallWorld:
    numbers = count(1)
    return make_install_world(tables, clock, lambda: f"{next(numbers):064x}")


def test_install_gives_a_link_for_ten_minutes(world: InstallWorld) -> None:
    answer = world.install("Maple-Outfitters.MyShopify.com")
    assert answer.status == 302
    assert answer.body == {"url": answer.headers["location"], "expires_at": "2026-03-14T09:36:53.589Z"}
    assert answer.body["url"].startswith(f"{PUBLIC_URL}/v1/shopify/authorize?ticket={CLIENT}.")


def test_the_link_leads_to_shopify_and_leaves_a_cookie(world: InstallWorld) -> None:
    forwarded = world.open(world.install().headers["location"])
    where = forwarded.headers["location"]
    asked = parameters(where)
    assert where.startswith(f"https://{SHOP}/admin/oauth/authorize?")
    assert asked == {
        "client_id": "app-1",
        "scope": "read_discounts,read_inventory,read_orders,read_products",
        "redirect_uri": f"{PUBLIC_URL}/v1/shopify/callback",
        "state": asked["state"],
    }
    expected = f"{COOKIE}={asked['state']}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"
    assert forwarded.cookies == (expected,)


def test_without_https_the_cookie_does_without_what_needs_it(world: InstallWorld) -> None:
    local = world.without_https()
    forwarded = world.call(
        "GET", "/v1/shopify/authorize", query=parameters(local.install().headers["location"]), client_id=None
    )
    assert forwarded.status == 302
    forwarded = local.call(
        "GET", "/v1/shopify/authorize", query=parameters(local.install().headers["location"]), client_id=None
    )
    assert forwarded.cookies[0].startswith("skuflow-installation=")
    assert "Secure" not in forwarded.cookies[0]


def test_a_link_works_once(world: InstallWorld) -> None:
    link = world.install().headers["location"]
    assert world.open(link).status == 302
    again = world.open(link)
    assert again.status == 403
    assert "has been used before" in again.body
    assert "/v1/shopify/install" in again.body
    assert again.cookies == ()


def test_a_link_is_worth_nothing_after_ten_minutes(world: InstallWorld) -> None:
    early, late = world.install().headers["location"], world.install().headers["location"]
    world.clock.advance(minutes=9, seconds=59)
    assert world.open(early).status == 302
    world.clock.advance(seconds=1)
    assert world.open(late).status == 403


@pytest.mark.parametrize(
    "ticket", ["x", "cli_1.x", f"{CLIENT}.", CLIENT, f"{CLIENT}.{'0' * 64}", f"{OTHER_CLIENT}.1", ".", "é"]
)
def test_a_link_that_was_made_up_leads_nowhere(world: InstallWorld, ticket: str) -> None:
    world.install()
    answer = world.call("GET", "/v1/shopify/authorize", query={"ticket": ticket}, client_id=None)
    assert answer.status == 403


def test_a_link_that_was_cut_off_is_explained_on_a_page(world: InstallWorld) -> None:
    answer = world.call("GET", "/v1/shopify/authorize", client_id=None)
    assert answer.status == 422
    assert "<code>ticket</code> is missing" in answer.body


def test_a_shop_is_connected(world: InstallWorld) -> None:
    answer = world.connect()
    assert answer.status == 200
    assert SHOP in answer.body
    assert answer.cookies == (f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure",)
    item = world.shops.get(MINE, SHOP)
    assert (item.status, item.scopes, item.connected_at, item.due_at) == ("connected", SCOPES, START, START)
    assert item.set_up_at is None
    stored = world.tokens.get(MINE, SHOP)
    assert stored.pair is not None
    assert stored.pair.lifetimes.expires_at == START + timedelta(hours=1)
    assert stored.pair.lifetimes.refresh_until == START + timedelta(days=90)
    assert list(world.shops.due(shard_of(MINE, SHOP), START, 10)) == [(MINE, SHOP)]


@pytest.mark.parametrize("down", [False, True])
def test_work_on_a_new_shop_begins_at_once_or_else_by_the_schedule(world: InstallWorld, down: bool) -> None:
    world.queue_is_down = down
    assert world.connect().status == 200
    assert world.asked == [(CLIENT, SHOP)]
    assert world.shops.get(ClientId(CLIENT), SHOP).due_at == world.clock()


def test_nothing_of_it_lies_about_in_the_clear(world: InstallWorld, logged: Callable[[], list[dict[str, Any]]]) -> None:
    state = world.sent_off()
    page = world.back(world.shopify.callback(state), state)
    secrets = ("shpat_", "shprt_", APP_SECRET, state, "code-1")
    for text in (str(world.stored()), json.dumps(logged()), page.body, str(page.headers)):
        assert not [secret for secret in secrets if secret in text]


def test_the_page_is_plain_and_lets_nothing_in(world: InstallWorld) -> None:
    answer = world.connect()
    assert "<script" not in answer.body
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("failure", "status"), [(ProviderFailed("cut off"), 503), (CircuitOpen("open", retry_after=60), 429)]
)
def test_if_shopify_cannot_be_reached_nothing_is_stored_and_it_is_said(
    world: InstallWorld, failure: SkuflowError, status: int
) -> None:
    def fail(_call: Call) -> None:
        raise failure

    state = world.sent_off()
    world.shopify.before = fail
    answer = world.back(world.shopify.callback(state), state)
    assert answer.status == status
    assert "Nothing was stored" in answer.body
    assert not world.is_connected()
    world.shopify.before = lambda _call: None
    assert world.connect().status == 200


@pytest.mark.parametrize(
    "body", ["", "<html>", "{}", '{"access_token": "x"}', '{"access_token": "x", "scope": 7}', "\xff", "[" * 100_000]
)
def test_an_answer_of_the_exchange_that_makes_no_sense_connects_nothing(world: InstallWorld, body: str) -> None:
    world.shopify.instead = json_answer(body.encode("latin-1"))
    assert world.connect().status == 503
    assert not world.is_connected()


def test_a_wrong_secret_of_our_app_is_our_fault_and_not_shown(world: InstallWorld) -> None:
    world.shopify.instead = json_answer('{"error": "invalid_client"}', 401)
    answer = world.connect()
    assert answer.status == 500
    assert "our side" in answer.body
    assert "secret" not in answer.body


def test_a_shop_of_another_client_stays_that_client_s_and_nobody_hears_whose(world: InstallWorld) -> None:
    world.connect(client_id=OTHER_CLIENT)
    before = world.tokens.get(THEIRS, SHOP)
    answer = world.connect()
    assert answer.status == 409
    assert OTHER_CLIENT not in answer.body
    assert world.shops.owner_of(SHOP) == (THEIRS, "connected")
    assert world.tokens.get(THEIRS, SHOP) == before
    assert len(world.shopify.outbound.calls) == 1
    assert world.install().status == 302


def test_of_two_clients_who_connect_a_shop_at_once_one_gets_it(world: InstallWorld) -> None:
    states = {one: world.sent_off(client_id=one) for one in (CLIENT, OTHER_CLIENT)}
    world.shopify.codes |= {CLIENT, OTHER_CLIENT}
    queries = {one: world.shopify.callback(state, code=one) for one, state in states.items()}
    tasks = [lambda one=one: world.back(queries[one], states[one]).status for one in states]
    assert sorted(interleaved(3, tasks)) == [200, 409]
    owner = world.shops.owner_of(SHOP)
    assert owner is not None
    loser = THEIRS if owner[0] == MINE else MINE
    assert world.tokens.get(loser, SHOP).pair is None
    assert world.tokens.get(owner[0], SHOP).version == 1


@pytest.mark.parametrize("status", ["connected", "needs_reauth", "uninstalled", "disconnected"])
def test_a_client_s_own_shop_is_connected_again_from_whatever_it_was(world: InstallWorld, status: Any) -> None:
    world.connect()
    if status != "connected":
        item = world.shops.get(MINE, SHOP)
        world.shops.stop(MINE, stopped(item, status, world.clock(), item.cause))
    later = world.clock.advance(hours=2)
    assert world.connect().status == 200
    item = world.shops.get(MINE, SHOP)
    assert (item.status, item.connected_at, item.due_at, item.trouble) == ("connected", later, later, None)
    pair = world.tokens.get(MINE, SHOP).pair
    assert pair is not None
    assert pair.lifetimes.expires_at == later + timedelta(hours=1)


def test_a_process_that_dies_on_the_way_has_connected_all_or_nothing(world: InstallWorld) -> None:
    outcomes = set()
    for after in range(1, 12):
        world.shopify.codes.add("code-1")
        state = world.sent_off()
        query = world.shopify.callback(state)
        killer = Killer(after)
        try:
            with watched(killer):
                world.back(query, state)
        except WorkerKilled:
            pass
        has_tokens = world.tokens.get(MINE, SHOP).pair is not None
        assert has_tokens == world.is_connected()
        outcomes.add(has_tokens)
        if not killer.killed:
            break
    assert outcomes == {False, True}
    assert world.connect().status == 200


def test_after_a_rotation_the_secret_before_is_still_believed(world: InstallWorld) -> None:
    world.connect()
    client("secretsmanager").put_secret_value(SecretId=SECRET_SECRET, SecretString="shhh-2")
    world.clock.advance(minutes=6)
    state = world.sent_off()
    world.shopify.codes.add("code-1")
    query = world.shopify.callback(state)
    world.shopify.secret = "shhh-2"
    assert world.back(query, state).status == 200


def test_a_rotated_secret_is_believed_at_once(world: InstallWorld) -> None:
    world.connect()
    client("secretsmanager").put_secret_value(SecretId=SECRET_SECRET, SecretString="shhh-2")
    world.shopify.secret = "shhh-2"
    assert world.connect().status == 200

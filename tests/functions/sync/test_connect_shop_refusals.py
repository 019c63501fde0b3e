"""What is refused on the way through an installation: forged, cut off, stale, used before, meant for another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from skuflow.kernel.tenancy import ClientId
from tests.doubles import FakeClock
from tests.fakes.oauth import signed
from tests.fakes.shops import SHOP
from tests.functions.sync.install_world import (
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


@pytest.mark.parametrize(
    "shop",
    [
        "",
        "maple",
        "maple.com",
        "evil.com/.myshopify.com",
        "evil.com?.myshopify.com",
        "evil.com#.myshopify.com",
        "evil.com@maple.myshopify.com",
        "user:pass@maple.myshopify.com",
        "maple.myshopify.com.",
        "maple.myshopify.com:443",
        "maple.myshopify.com/admin",
        "https://maple.myshopify.com",
        "maple.myshopify.com.evil.com",
        "maple.myshopify.com@evil.com",
        "a.b.myshopify.com",
        ".myshopify.com",
        "-maple.myshopify.com",
        "ma ple.myshopify.com",
        " maple.myshopify.com",
        "maple.myshopify.com\u2028",
        "mаple.myshopify.com",
        "maple。myshopify.com",
        "ſhop.myshopify.com",
        "maple.myshopify.com%00",
        "127.0.0.1",
        f"{'a' * 101}.myshopify.com",
        f"{'a' * 1900}.myshopify.com",
    ],
)
def test_what_is_no_shop_s_domain_is_refused_by_name_with_its_remedy(world: InstallWorld, shop: str) -> None:
    answer = world.install(shop)
    assert answer.status == 422
    assert [fault["field"] for fault in answer.body["errors"]] == ["shop"]
    assert answer.body["errors"][0]["remedy"]
    assert world.stored() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"hmac": None},
        {"hmac": ""},
        {"hmac": "0" * 64},
        {"hmac": "é" * 64},
        {"hmac": signed({"code": "code-1"})[:32]},
        {"hmac": signed({"code": "code-1"})},
    ],
)
def test_an_answer_that_shopify_has_not_signed_connects_nothing(world: InstallWorld, changes: dict[str, Any]) -> None:
    state = world.sent_off()
    answer = world.back(world.shopify.callback(state, **changes), state)
    assert answer.status == 401
    assert not world.is_connected()
    assert world.shopify.outbound.calls == []


def test_a_signature_that_is_cut_short_by_one_digit_is_none(world: InstallWorld) -> None:
    state = world.sent_off()
    query = world.shopify.callback(state)
    assert world.back(query[:-1], state).status == 401
    assert world.back(query.replace("code-1", "code-2"), state).status == 401
    assert world.back(query, state).status == 200


def test_a_signature_with_another_app_s_secret_is_none(world: InstallWorld) -> None:
    state = world.sent_off()
    world.shopify.secret = "another"
    assert world.back(world.shopify.callback(state), state).status == 401


def test_a_parameter_given_twice_is_refused_whatever_is_signed(world: InstallWorld) -> None:
    state = world.sent_off()
    query = world.shopify.callback(state)
    for more in ("shop=evil.myshopify.com", "code=code-1", "hmac=" + "0" * 64, "state=x"):
        assert world.back(f"{query}&{more}", state).status == 422
        assert world.back(f"{more}&{query}", state).status == 422
    assert not world.is_connected()


def test_parameters_that_shopify_adds_are_signed_like_the_others(world: InstallWorld) -> None:
    state = world.sent_off()
    assert world.back(world.shopify.callback(state, locale="en-CA", session="1"), state).status == 200


@pytest.mark.parametrize("query", ["", "x", "shop", "&" * 80, "a=1&" * 60, "shop=" + "a" * 9000])
def test_what_is_no_answer_of_shopify_s_is_refused(world: InstallWorld, query: str) -> None:
    assert world.back(query, world.sent_off()).status == 422


@pytest.mark.parametrize("shop", ["evil.com/.myshopify.com", "maple.myshopify.com.", "", None, "<b>.myshopify.com"])
def test_an_answer_for_what_is_no_shop_is_refused_before_anything_else(world: InstallWorld, shop: str | None) -> None:
    state = world.sent_off()
    answer = world.back(world.shopify.callback(state, shop=shop), state)
    assert answer.status == 422
    assert "<b>" not in answer.body


@pytest.mark.parametrize(
    ("seconds", "status"), [(-91, 401), (-90, 200), (0, 200), (90, 200), (91, 401), (-86_400, 401)]
)
def test_an_answer_is_believed_for_ninety_seconds(world: InstallWorld, seconds: int, status: int) -> None:
    state = world.sent_off()
    world.clock.now = world.clock.now.replace(microsecond=0)
    at = int(world.clock().timestamp()) + seconds
    assert world.back(world.shopify.callback(state, timestamp=at), state).status == status


@pytest.mark.parametrize("timestamp", [None, "", "now", "-1", "1e9", "٣", "9" * 40, "1.5"])
def test_an_answer_without_a_time_is_refused(world: InstallWorld, timestamp: str | None) -> None:
    state = world.sent_off()
    assert world.back(world.shopify.callback(state, timestamp=timestamp), state).status == 401


def test_an_owner_who_does_not_agree_is_told_so_and_may_still_do_it(world: InstallWorld) -> None:
    state = world.sent_off()
    answer = world.back(f"error=access_denied&error_description=%3Cscript%3E&state={state}", state)
    assert answer.status == 403
    assert "did not agree" in answer.body
    assert "script" not in answer.body
    assert world.back(world.shopify.callback(state), state).status == 200


def test_a_state_works_once(world: InstallWorld) -> None:
    state = world.sent_off()
    assert world.back(world.shopify.callback(state), state).status == 200
    world.shopify.codes.add("code-1")
    again = world.back(world.shopify.callback(state), state)
    assert again.status == 403
    assert len(world.shopify.outbound.calls) == 1


def test_of_two_browsers_that_come_back_at_once_one_gets_through(world: InstallWorld) -> None:
    for seed in range(5):
        world.shopify.codes.add("code-1")
        state = world.sent_off()
        query = world.shopify.callback(state)
        statuses = interleaved(seed, [lambda q=query, s=state: world.back(q, s).status for _ in range(2)])  # type: ignore[misc]
        assert sorted(statuses) == [200, 403]


def test_a_state_is_worth_nothing_after_ten_minutes(world: InstallWorld) -> None:
    state = world.sent_off()
    world.clock.advance(minutes=10)
    assert world.back(world.shopify.callback(state), state).status == 403
    assert not world.is_connected()


def test_another_browser_connects_nothing_and_uses_nothing_up(world: InstallWorld) -> None:
    """Somebody is lured to finish an installation that another has begun."""
    state = world.sent_off()
    lured = world.sent_off()
    for cookie in (None, "", lured, state[:-1], state.upper()):
        assert world.back(world.shopify.callback(state), cookie).status == 403
    assert not world.is_connected()
    assert world.back(world.shopify.callback(state), state).status == 200


@pytest.mark.parametrize("state", [None, "", "x", f"{CLIENT}.{'0' * 64}", f"{CLIENT}.", "cli_1.x"])
def test_a_state_that_nobody_was_given_connects_nothing(world: InstallWorld, state: str | None) -> None:
    world.sent_off()
    assert world.back(world.shopify.callback(state), state or "").status == 403


def test_a_state_is_for_the_shop_that_it_was_begun_for(world: InstallWorld) -> None:
    state = world.sent_off("another.myshopify.com")
    assert world.back(world.shopify.callback(state), state).status == 403
    assert not world.is_connected()


def test_a_ticket_is_no_state(world: InstallWorld) -> None:
    ticket = parameters(world.install().headers["location"])["ticket"]
    assert world.back(world.shopify.callback(ticket), ticket).status == 403


@pytest.mark.parametrize("code", [None, "", "used-before"])
def test_without_a_good_code_nothing_is_connected(world: InstallWorld, code: str | None) -> None:
    state = world.sent_off()
    assert world.back(world.shopify.callback(state, code=code), state).status in {409, 422}
    assert not world.is_connected()
    assert world.tokens.get(MINE, SHOP).pair is None


def test_what_was_not_granted_is_named_and_the_shop_is_not_connected(world: InstallWorld) -> None:
    world.shopify.scopes = ("read_products", "write_inventory")
    answer = world.connect()
    assert answer.status == 403
    assert "read_orders" in answer.body
    assert "read_discounts" in answer.body
    assert "`read_inventory`" not in answer.body
    assert not world.is_connected()
    assert world.tokens.get(MINE, SHOP).pair is None
    world.shopify.scopes = ("write_products", "write_inventory", "write_orders", "read_discounts")
    assert world.connect().status == 200


def test_more_parameters_than_anybody_sends_are_refused(world: InstallWorld) -> None:
    assert world.back("a=1&" * 200, world.sent_off()).status == 422

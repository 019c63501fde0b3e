"""Disconnecting a shop, and its uninstallation: the tokens go, whatever else happens; the owner stays known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest

from skuflow.kernel.errors import SkuflowError
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.outbound.calls import ProviderFailed
from skuflow.sync.shops.errors import NeedsReauth
from skuflow.sync.shops.model import Shop, stopped
from skuflow.sync.shops.uninstall import uninstall
from tests.calls import Killer, WorkerKilled, watched
from tests.doubles import START, FakeClock
from tests.fakes.shops import CAUSE, SHOP
from tests.functions.sync.install_world import InstallWorld, make_install_world
from tests.http import CLIENT, OTHER_CLIENT
from tests.interleaving import interleaved

MINE = ClientId(CLIENT)
PATH = f"/v1/shopify/shops/{SHOP}"


@pytest.fixture
def world(tables: Callable[[str], str], clock: FakeClock) -> InstallWorld:
    numbers = count(1)
    made = make_install_world(tables, clock, lambda: f"{next(numbers):064x}")
    assert made.connect().status == 200
    clock.advance(minutes=1)
    return made


def told(world: InstallWorld, at: timedelta) -> Shop | None:
    """Shopify says that the app was uninstalled so long after START."""
    return uninstall(MINE, SHOP, START + at, cause=CAUSE, shops=world.shops, clock=world.clock)


def test_a_shop_is_disconnected_and_the_app_uninstalled(world: InstallWorld) -> None:
    assert world.call("DELETE", PATH).status == 204
    assert world.uninstalled == [SHOP]
    item = world.shops.get(MINE, SHOP)
    assert (item.status, item.due_at, item.trouble) == ("disconnected", None, None)
    assert world.tokens.get(MINE, SHOP).pair is None
    assert world.shops.owner_of(SHOP) == (MINE, "disconnected")


def test_disconnecting_twice_is_disconnecting_once(world: InstallWorld) -> None:
    world.call("DELETE", PATH)
    version = world.shops.get(MINE, SHOP).version
    assert world.call("DELETE", PATH.upper().replace("/V1/SHOPIFY/SHOPS", "/v1/shopify/shops")).status == 204
    assert world.shops.get(MINE, SHOP).version == version
    assert world.uninstalled == [SHOP]


@pytest.mark.parametrize("failure", [ProviderFailed("down"), NeedsReauth("refused")])
def test_if_shopify_does_not_uninstall_it_is_said_what_is_left_to_do(
    world: InstallWorld, failure: SkuflowError
) -> None:
    world.unwilling = failure
    assert world.call("DELETE", PATH).status == 204
    item = world.shops.get(MINE, SHOP)
    assert item.status == "disconnected"
    assert item.trouble is not None
    assert item.trouble.code == "not_uninstalled"
    assert "uninstall the app" in item.trouble.remedy
    assert world.shops.troubles(MINE, SHOP, 5) == [item.trouble]
    assert world.tokens.get(MINE, SHOP).pair is None


def test_a_shop_without_tokens_is_disconnected_without_a_word_to_shopify(world: InstallWorld) -> None:
    item = world.shops.get(MINE, SHOP)
    world.shops.stop(MINE, stopped(item, "needs_reauth", world.clock(), CAUSE))
    assert world.call("DELETE", PATH).status == 204
    assert world.uninstalled == []
    assert world.shops.get(MINE, SHOP).status == "disconnected"


def test_another_client_s_shop_cannot_be_disconnected(world: InstallWorld) -> None:
    assert world.call("DELETE", PATH, client_id=OTHER_CLIENT).status == 404
    assert world.is_connected()
    assert world.uninstalled == []


def test_a_process_that_dies_while_disconnecting_leaves_it_to_be_repeated(world: InstallWorld) -> None:
    for after in range(1, 4):
        killer = Killer(after)
        try:
            with watched(killer):
                world.call("DELETE", PATH)
        except WorkerKilled:
            pass
    assert world.call("DELETE", PATH).status == 204
    assert world.shops.get(MINE, SHOP).status == "disconnected"
    assert world.tokens.get(MINE, SHOP).pair is None


def test_an_uninstalled_shop_is_stopped(world: InstallWorld) -> None:
    item = told(world, timedelta(seconds=30))
    assert item is not None
    assert (item.status, item.due_at, item.cause) == ("uninstalled", None, CAUSE)
    assert world.tokens.get(MINE, SHOP).pair is None
    again = told(world, timedelta(seconds=30))
    assert again == item


def test_news_of_an_uninstallation_before_the_last_connection_is_no_news(world: InstallWorld) -> None:
    assert world.connect().status == 200
    told(world, timedelta(seconds=59))
    assert world.is_connected()
    told(world, timedelta(seconds=60))
    assert not world.is_connected()


def test_news_about_a_shop_that_is_not_the_client_s_is_no_news(world: InstallWorld) -> None:
    owner = ClientId(OTHER_CLIENT)
    assert uninstall(owner, SHOP, START, cause=CAUSE, shops=world.shops, clock=world.clock) is None
    assert world.is_connected()


def test_a_shop_that_was_disconnected_stays_so_when_shopify_confirms_it(world: InstallWorld) -> None:
    world.call("DELETE", PATH)
    told(world, timedelta(seconds=90))
    assert world.shops.get(MINE, SHOP).status == "disconnected"


@pytest.mark.parametrize("seed", range(6))
def test_connecting_anew_while_the_news_comes_ends_as_it_happened(world: InstallWorld, seed: int) -> None:
    """The uninstallation came first, whichever of the two is worked on first."""
    world.shopify.codes.add("code-1")
    state = world.sent_off()
    query = world.shopify.callback(state)
    tasks = [lambda: world.back(query, state).status, lambda: told(world, timedelta(seconds=30)) and 0]
    interleaved(seed, tasks)
    assert world.is_connected()
    assert world.tokens.get(MINE, SHOP).pair is not None

"""One suite for the stores of shops, their tokens and their privacy requests, whatever they keep their records in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from skuflow.kernel.errors import Conflict, NotFound, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import bind
from skuflow.sync.shops.due import SHARDS, shard_of
from skuflow.sync.shops.model import Shop, ShopCounts, Trouble, stopped
from skuflow.sync.shops.privacy_requests import (
    DynamoPrivacyRequests,
    PrivacyRequest,
    PrivacyRequestStore,
    request_id_of,
)
from skuflow.sync.shops.store import DynamoShops, ShopStore, change_shop
from skuflow.sync.shops.token_store import DynamoTokens, TokenStore
from skuflow.sync.store import SyncItem
from tests.doubles import START
from tests.fakes.shops import CAUSE, SHOP, FakePrivacyRequests, FakeShops, a_pair, a_shop, connect
from tests.interleaving import interleaved

MINE = ClientId("cli_0000000000000001")
THEIRS = ClientId("cli_0000000000000002")
LATER = START + timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Stores:
    shops: ShopStore
    tokens: TokenStore
    requests: PrivacyRequestStore


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        fake = FakeShops()
        return Stores(fake, fake.tokens, FakePrivacyRequests())
    tables: Callable[[str], str] = request.getfixturevalue("tables")
    table = bind(SyncItem, tables("sync"))
    return Stores(DynamoShops(table), DynamoTokens(table), DynamoPrivacyRequests(table))


def a_trouble(minutes: int = 0, detail: str = "it failed") -> Trouble:
    return Trouble("failed", detail, "wait", START + timedelta(minutes=minutes))


def a_request(number: int = 1, days: int = 30) -> PrivacyRequest:
    return PrivacyRequest(
        request_id=request_id_of(SHOP, f"webhook-{number}"),
        kind="customers/redact",
        shop=SHOP,
        received_at=START,
        due_at=START + timedelta(days=days),
        cause=CAUSE,
        customer_id="207119551",
        email="ann@example.com",
        order_ids=("1", "2"),
    )


def test_a_connected_shop_comes_back_with_its_tokens_and_its_owner(stores: Stores) -> None:
    item = connect(stores.shops, MINE, name="Maple Outfitters", trouble=a_trouble())
    assert stores.shops.get(MINE, SHOP) == item
    assert item.version == 1
    stored = stores.tokens.get(MINE, SHOP)
    assert (stored.version, stored.pair) == (1, a_pair())
    assert stores.shops.owner_of(SHOP) == (MINE, "connected")
    assert stores.shops.owner_of("other.myshopify.com") is None


def test_another_client_s_shop_is_not_there_and_cannot_be_taken(stores: Stores) -> None:
    connect(stores.shops, MINE)
    with pytest.raises(NotFound):
        stores.shops.get(THEIRS, SHOP)
    with pytest.raises(Conflict) as refused:
        stores.shops.connect(THEIRS, a_shop(), a_pair("2"))
    assert not isinstance(refused.value, VersionConflict)
    assert MINE not in refused.value.detail
    assert stores.tokens.get(THEIRS, SHOP).pair is None
    assert stores.tokens.get(MINE, SHOP).pair == a_pair()
    assert stores.shops.page(THEIRS, 10, None) == ([], None)


def test_a_shop_stays_its_owner_s_after_it_was_uninstalled(stores: Stores) -> None:
    item = connect(stores.shops, MINE)
    stores.shops.stop(MINE, stopped(item, "uninstalled", LATER, CAUSE))
    assert stores.shops.owner_of(SHOP) == (MINE, "uninstalled")
    with pytest.raises(Conflict):
        stores.shops.connect(THEIRS, a_shop(), a_pair("2"))


def test_connecting_at_the_same_version_happens_once(stores: Stores) -> None:
    connect(stores.shops, MINE)
    with pytest.raises(VersionConflict):
        stores.shops.connect(MINE, a_shop(), a_pair("2"))
    assert stores.tokens.get(MINE, SHOP).pair == a_pair()


def test_stopping_forgets_the_tokens_and_their_version_goes_on(stores: Stores) -> None:
    item = connect(stores.shops, MINE)
    gone = stores.shops.stop(MINE, stopped(item, "disconnected", LATER, CAUSE))
    assert (gone.status, gone.due_at, gone.version) == ("disconnected", None, 2)
    assert stores.tokens.get(MINE, SHOP).pair is None
    assert not stores.tokens.lock(MINE, SHOP, 2, START, LATER)
    with pytest.raises(VersionConflict):
        stores.tokens.replace(MINE, SHOP, 2, a_pair("late"))
    stores.shops.connect(MINE, replace(gone, status="connected"), a_pair("3"))
    assert stores.tokens.get(MINE, SHOP).version == 3
    with pytest.raises(VersionConflict):
        stores.tokens.replace(MINE, SHOP, 1, a_pair("very late"))
    assert stores.tokens.get(MINE, SHOP).pair == a_pair("3")


def test_a_shop_is_stopped_for_refused_tokens_only_while_it_has_them(stores: Stores) -> None:
    item = connect(stores.shops, MINE)
    again = stores.shops.connect(MINE, item, a_pair("2"))
    with pytest.raises(VersionConflict):
        stores.shops.stop(MINE, stopped(again, "needs_reauth", LATER, CAUSE), refused=1)
    assert stores.shops.get(MINE, SHOP).is_connected
    assert stores.tokens.get(MINE, SHOP).pair == a_pair("2")
    stores.shops.stop(MINE, stopped(again, "needs_reauth", LATER, CAUSE), refused=2)
    assert stores.shops.get(MINE, SHOP).status == "needs_reauth"


def test_the_second_of_two_writers_is_refused(stores: Stores) -> None:
    item = connect(stores.shops, MINE)
    stores.shops.save(MINE, replace(item, name="First"))
    for write in (stores.shops.save, stores.shops.stop):
        with pytest.raises(VersionConflict):
            write(MINE, replace(item, name="Second"))
    assert stores.shops.get(MINE, SHOP).name == "First"
    with pytest.raises(ValueError, match="never connected"):
        stores.shops.save(MINE, a_shop("other.myshopify.com"))


@pytest.mark.parametrize("seed", range(4))
def test_changes_made_at_once_all_happen(stores: Stores, seed: int) -> None:
    connect(stores.shops, MINE)

    def failing(item: Shop) -> Shop:
        return replace(item, failures=item.failures + 1)

    interleaved(seed, [lambda: change_shop(MINE, SHOP, failing, shops=stores.shops) for _ in range(3)])
    assert stores.shops.get(MINE, SHOP).failures == 3


def test_a_change_that_changes_nothing_is_not_written(stores: Stores) -> None:
    item = connect(stores.shops, MINE)
    assert change_shop(MINE, SHOP, lambda shop: shop, shops=stores.shops) == item
    with pytest.raises(TransientError):
        change_shop(MINE, SHOP, lambda shop: replace(shop, version=7, name="x"), shops=stores.shops)


def test_shops_are_listed_page_by_page(stores: Stores) -> None:
    names = [f"shop-{n}.myshopify.com" for n in range(5)]
    for name in reversed(names):
        connect(stores.shops, MINE, name)
    connect(stores.shops, THEIRS, "theirs.myshopify.com")
    seen: list[str] = []
    position = None
    while True:
        items, position = stores.shops.page(MINE, 2, position)
        seen += [item.shop for item in items]
        if position is None:
            break
    assert seen == names


def test_due_shops_are_found_by_shard_the_longest_due_first(stores: Stores) -> None:
    names = [f"shop-{n}.myshopify.com" for n in range(30)]
    for minutes, name in enumerate(names):
        connect(stores.shops, MINE, name, due_at=START + timedelta(minutes=-minutes))
    item = stores.shops.get(MINE, names[3])
    stores.shops.save(MINE, replace(item, due_at=START + timedelta(milliseconds=1)))
    stores.shops.stop(MINE, stopped(stores.shops.get(MINE, names[4]), "uninstalled", START, CAUSE))
    stores.shops.save(MINE, replace(stores.shops.get(MINE, names[5]), due_at=None))
    wanted = [(MINE, name) for name in reversed(names) if name not in names[3:6]]
    for shard in range(SHARDS):
        own = [one for one in wanted if shard_of(*one) == shard]
        assert list(stores.shops.due(shard, START, 50)) == own
        assert list(stores.shops.due(shard, START, 1)) == own[:1]


def test_a_pair_is_renewed_by_one_at_a_time(stores: Stores) -> None:
    connect(stores.shops, MINE)
    assert stores.tokens.get(THEIRS, SHOP).version == 0
    assert not stores.tokens.lock(MINE, SHOP, 2, START, LATER)
    assert stores.tokens.lock(MINE, SHOP, 1, START, LATER)
    assert not stores.tokens.lock(MINE, SHOP, 1, START + timedelta(seconds=29), LATER)
    stores.tokens.unlock(MINE, SHOP, 1)
    assert stores.tokens.lock(MINE, SHOP, 1, START, LATER)
    assert stores.tokens.lock(MINE, SHOP, 1, LATER, LATER + timedelta(seconds=30))
    stores.tokens.replace(MINE, SHOP, 1, a_pair("2", LATER))
    assert stores.tokens.get(MINE, SHOP).pair == a_pair("2", LATER)
    assert stores.tokens.lock(MINE, SHOP, 2, START, LATER)
    stores.tokens.unlock(MINE, SHOP, 1)
    assert not stores.tokens.lock(MINE, SHOP, 2, START, LATER)


@pytest.mark.parametrize("seed", range(4))
def test_of_many_who_want_the_lock_one_gets_it(stores: Stores, seed: int) -> None:
    connect(stores.shops, MINE)
    taken = interleaved(seed, [lambda: stores.tokens.lock(MINE, SHOP, 1, START, LATER) for _ in range(4)])
    assert sorted(taken) == [False, False, False, True]


def test_counters_add_up_and_their_times_move_forward_only(stores: Stores) -> None:
    assert stores.shops.counts(MINE, SHOP) == ShopCounts()
    stores.shops.count(MINE, SHOP, webhooks_received=2, last_webhook_at=LATER)
    stores.shops.count(
        MINE, SHOP, webhooks_received=1, products_updated=3, last_webhook_at=START, last_applied_at=START
    )
    stores.shops.count(MINE, SHOP, products_created=1, products_unchanged=4, products_rejected=5)
    stores.shops.count(THEIRS, SHOP, webhooks_received=9)
    assert stores.shops.counts(MINE, SHOP) == ShopCounts(3, 1, 3, 4, 5, LATER, START)


def test_the_latest_troubles_come_first_each_once(stores: Stores) -> None:
    for minutes in (1, 3, 2, 3):
        stores.shops.add_trouble(MINE, SHOP, a_trouble(minutes))
    stores.shops.add_trouble(MINE, SHOP, a_trouble(3, "another thing"))
    stores.shops.add_trouble(THEIRS, SHOP, a_trouble(9))
    found = stores.shops.troubles(MINE, SHOP, 3)
    assert [one.at for one in found] == [START + timedelta(minutes=n) for n in (3, 3, 2)]
    assert {one.detail for one in found[:2]} == {"it failed", "another thing"}


def test_a_privacy_request_is_kept_once(stores: Stores) -> None:
    assert stores.requests.add(MINE, a_request())
    assert not stores.requests.add(MINE, replace(a_request(), received_at=LATER, due_at=LATER))
    assert stores.requests.page(MINE, 10, None)[0] == [a_request()]
    assert stores.requests.page(THEIRS, 10, None)[0] == []


def test_privacy_requests_are_listed_by_their_deadline(stores: Stores) -> None:
    for number, days in enumerate((5, 1, 4, 2, 3)):
        stores.requests.add(MINE, a_request(number, days))
    seen: list[PrivacyRequest] = []
    position = None
    while True:
        items, position = stores.requests.page(MINE, 2, position)
        seen += items
        if position is None:
            break
    assert [(item.due_at - START).days for item in seen] == [1, 2, 3, 4, 5]


def test_a_request_does_not_show_its_person_where_it_might_be_logged() -> None:
    assert "ann@example.com" not in repr(a_request())

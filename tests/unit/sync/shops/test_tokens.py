"""Access tokens: one worker renews, whoever dies or meets whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from skuflow.kernel.errors import Misconfigured, SkuflowError, Throttled
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.outbound.calls import Call, CircuitOpen, ProviderFailed
from skuflow.sync.shops.errors import NeedsReauth
from skuflow.sync.shops.token_store import DynamoTokens
from skuflow.sync.shops.tokens import Tokens
from skuflow.sync.shops.uninstall import uninstall
from tests.calls import Killer, Tally, WorkerKilled, watched
from tests.doubles import START
from tests.fakes.outbound import json_answer
from tests.fakes.shops import CAUSE, SHOP
from tests.interleaving import interleaved
from tests.unit.sync.shops.renewing import MINE, SECRET_SECRET, Stand


def trying(worker: Tokens) -> Callable[[], str]:
    """As a queue's consumer: what is throttled comes back."""

    def ask() -> str:
        for _ in range(50):
            try:
                return worker.access_token(MINE, SHOP)
            except Throttled:
                continue
        raise AssertionError("never got a token")

    return ask


def test_a_token_is_used_until_five_minutes_are_left(stand: Stand) -> None:
    worker = stand.worker()
    assert worker.access_token(MINE, SHOP) == "shpat_1"
    stand.clock.advance(minutes=55)
    assert worker.access_token(MINE, SHOP) == "shpat_1"
    assert stand.worker().access_token(MINE, SHOP) == "shpat_1"
    stand.clock.advance(seconds=1)
    assert worker.access_token(MINE, SHOP) == "shpat_2"
    assert stand.worker().access_token(MINE, SHOP) == "shpat_2"
    assert stand.shopify.refreshed == 1


def test_a_token_that_is_known_costs_no_request(stand: Stand) -> None:
    worker = stand.worker()
    worker.access_token(MINE, SHOP)
    tally = Tally()
    with watched(tally):
        worker.access_token(MINE, SHOP)
    assert tally.requests == {}


def test_tokens_are_kept_encrypted_and_open_for_their_owner_alone(stand: Stand) -> None:
    pair = DynamoTokens(stand.table).get(MINE, SHOP).pair
    assert pair is not None
    assert b"shpat_" not in pair.sealed
    seal = stand.worker().seal
    assert seal.open(MINE, SHOP, pair.sealed).refresh == "shprt_1"
    for owner, shop in ((ClientId("cli_0000000000000002"), SHOP), (MINE, "other.myshopify.com")):
        with pytest.raises(Misconfigured) as refused:
            seal.open(owner, shop, pair.sealed)
        assert "TOKEN_KEY" in refused.value.problems[0].field
    assert "shprt_1" not in repr(seal.open(MINE, SHOP, pair.sealed))


@pytest.mark.parametrize("seed", range(25))
def test_workers_that_need_a_new_token_at_once_have_shopify_asked_once(stand: Stand, seed: int) -> None:
    stand.clock.advance(minutes=56)

    def let_others_go_on(_call: Call) -> None:
        stand.shops.owner_of(SHOP)

    stand.shopify.before = let_others_go_on
    workers = [stand.worker() for _ in range(3)]
    assert set(interleaved(seed, [trying(worker) for worker in workers])) == {"shpat_2"}
    assert len(stand.shopify.outbound.asked("token.refresh")) == 1
    assert DynamoTokens(stand.table).get(MINE, SHOP).version == 2


@pytest.mark.parametrize("seed", range(10))
def test_workers_whose_token_was_refused_at_once_have_shopify_asked_once(stand: Stand, seed: int) -> None:
    workers = [stand.worker() for _ in range(3)]

    def refused(worker: Tokens) -> Callable[[], str]:
        def ask() -> str:
            for _ in range(50):
                try:
                    return worker.renewed(MINE, SHOP, refused="shpat_1")
                except Throttled:
                    continue
            raise AssertionError("never got a token")

        return ask

    assert set(interleaved(seed, [refused(worker) for worker in workers])) == {"shpat_2"}
    assert stand.shopify.refreshed == 1


def test_who_finds_the_lock_taken_is_told_to_come_back(stand: Stand) -> None:
    stand.clock.advance(minutes=56)
    assert DynamoTokens(stand.table).lock(MINE, SHOP, 1, stand.clock(), stand.clock() + timedelta(seconds=30))
    with pytest.raises(Throttled) as told:
        stand.worker().access_token(MINE, SHOP)
    assert told.value.retry_after == 2
    assert stand.shopify.refreshed == 0
    stand.clock.advance(seconds=30)
    assert stand.worker().access_token(MINE, SHOP) == "shpat_2"


@pytest.mark.parametrize("after", range(1, 8))
def test_a_worker_that_dies_while_renewing_leaves_the_next_one_able_to(stand: Stand, after: int) -> None:
    stand.clock.advance(minutes=56)
    killer = Killer(after)
    try:
        with watched(killer):
            stand.worker().access_token(MINE, SHOP)
    except WorkerKilled:
        pass
    stand.clock.advance(seconds=31)
    token = stand.worker().access_token(MINE, SHOP)
    assert stand.worker().access_token(MINE, SHOP) == token
    assert stand.shops.get(MINE, SHOP).is_connected


def test_an_answer_that_is_lost_after_shopify_has_acted_is_made_up_for(stand: Stand) -> None:
    stand.clock.advance(minutes=56)
    losses = iter([ProviderFailed("the connection broke off")])

    def lose(_call: Call) -> None:
        for loss in losses:
            raise loss

    stand.shopify.lost = lose
    with pytest.raises(ProviderFailed):
        stand.worker().access_token(MINE, SHOP)
    assert stand.worker().access_token(MINE, SHOP) == "shpat_3"
    assert stand.shops.get(MINE, SHOP).is_connected


def test_where_the_old_refresh_token_is_not_taken_again_a_lost_answer_takes_a_new_connection(stand: Stand) -> None:
    stand.clock.advance(minutes=56)
    stand.shopify.strict = True

    def die(_call: Call) -> None:
        stand.shopify.lost = lambda _call: None
        raise WorkerKilled("after Shopify has acted")

    stand.shopify.lost = die
    with pytest.raises(WorkerKilled):
        stand.worker().access_token(MINE, SHOP)
    stand.clock.advance(seconds=31)
    with pytest.raises(NeedsReauth):
        stand.worker().access_token(MINE, SHOP)
    assert stand.shops.get(MINE, SHOP).status == "needs_reauth"
    stand.connect()
    assert stand.worker().access_token(MINE, SHOP)


@pytest.mark.parametrize("failure", [ProviderFailed("down"), CircuitOpen("open", retry_after=300)])
def test_while_shopify_cannot_be_reached_nothing_is_given_up_and_the_lock_comes_back(
    stand: Stand, failure: SkuflowError
) -> None:
    stand.clock.advance(minutes=56)

    def fail(_call: Call) -> None:
        raise failure

    stand.shopify.before = fail
    for _ in range(2):
        with pytest.raises(type(failure)):
            stand.worker().access_token(MINE, SHOP)
    stand.shopify.before = lambda _call: None
    assert stand.worker().access_token(MINE, SHOP) == "shpat_2"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>hello</html>"),
        (200, "[]"),
        (200, "{}"),
        (200, '{"access_token": "", "scope": "a", "expires_in": 3600, "refresh_token": "x"}'),
        (200, '{"access_token": "a", "scope": "a", "expires_in": 3600}'),
        (200, '{"access_token": "a", "scope": "a", "expires_in": 0, "refresh_token": "x"}'),
        (200, '{"access_token": "a", "scope": "a", "expires_in": "soon", "refresh_token": "x"}'),
        (400, "Bad Request"),
        (404, '{"errors": "Not Found"}'),
        (403, ""),
    ],
)
def test_an_answer_that_makes_no_sense_takes_no_shop_s_tokens_away(stand: Stand, status: int, body: str) -> None:
    stand.clock.advance(minutes=56)
    worker = stand.worker()
    stand.shopify.instead = json_answer(body, status)
    with pytest.raises(ProviderFailed):
        worker.access_token(MINE, SHOP)
    assert stand.shops.get(MINE, SHOP).is_connected
    assert DynamoTokens(stand.table).get(MINE, SHOP).version == 1


@pytest.mark.parametrize(
    ("status", "error"), [(400, "invalid_grant"), (401, "invalid_grant"), (401, "invalid_request")]
)
def test_each_way_of_saying_that_a_refresh_token_is_worth_nothing_is_understood(
    stand: Stand, status: int, error: str
) -> None:
    stand.clock.advance(minutes=56)
    stand.shopify.instead = json_answer(f'{{"error": "{error}", "error_description": "not active"}}', status)
    with pytest.raises(NeedsReauth):
        stand.worker().access_token(MINE, SHOP)
    assert stand.shops.get(MINE, SHOP).status == "needs_reauth"


def test_a_refused_refresh_marks_the_shop_and_takes_its_tokens(stand: Stand) -> None:
    worker = stand.worker()
    worker.access_token(MINE, SHOP)
    stand.shopify.uninstall()
    with pytest.raises(NeedsReauth) as told:
        worker.renewed(MINE, SHOP, refused="shpat_1")
    assert "install?shop=" in told.value.detail
    item = stand.shops.get(MINE, SHOP)
    assert (item.status, item.due_at) == ("needs_reauth", None)
    assert item.trouble is not None
    assert (item.trouble.code, item.trouble.at) == ("needs_reauth", START)
    assert stand.shops.troubles(MINE, SHOP, 5) == [item.trouble]
    assert stand.shops.owner_of(SHOP) == (MINE, "needs_reauth")
    for again in (worker, stand.worker()):
        with pytest.raises(NeedsReauth):
            again.access_token(MINE, SHOP)
    assert len(stand.shopify.outbound.asked("token.refresh")) == 1


def test_a_shop_that_needs_it_is_good_again_once_it_is_connected_anew(stand: Stand) -> None:
    stand.shopify.uninstall()
    worker = stand.worker()
    with pytest.raises(NeedsReauth):
        worker.renewed(MINE, SHOP, refused="shpat_1")
    stand.connect()
    assert worker.access_token(MINE, SHOP) == "shpat_2"
    assert stand.shops.get(MINE, SHOP).trouble is None


def test_a_refusal_of_old_tokens_does_not_touch_new_ones(stand: Stand) -> None:
    """The shop is connected anew while a worker hears that the old refresh token is worth nothing."""
    stand.clock.advance(minutes=56)
    stand.shopify.uninstall()

    def connect_meanwhile(_call: Call) -> None:
        stand.shopify.lost = lambda _call: None
        stand.connect()

    stand.shopify.lost = connect_meanwhile
    assert stand.worker().access_token(MINE, SHOP) == "shpat_2"
    assert stand.shops.get(MINE, SHOP).is_connected


def test_a_renewal_does_not_bring_tokens_back_to_a_shop_that_was_uninstalled_meanwhile(stand: Stand) -> None:
    stand.clock.advance(minutes=56)

    def uninstall_meanwhile(_call: Call) -> None:
        uninstall(MINE, SHOP, stand.clock(), cause=CAUSE, shops=stand.shops, clock=stand.clock)

    stand.shopify.lost = uninstall_meanwhile
    with pytest.raises(NeedsReauth):
        stand.worker().access_token(MINE, SHOP)
    assert stand.shops.get(MINE, SHOP).status == "uninstalled"
    assert DynamoTokens(stand.table).get(MINE, SHOP).pair is None


def test_a_token_that_another_worker_has_renewed_is_taken_instead(stand: Stand) -> None:
    behind = stand.worker()
    behind.access_token(MINE, SHOP)
    stand.worker().renewed(MINE, SHOP, refused="shpat_1")
    assert behind.renewed(MINE, SHOP, refused="shpat_1") == "shpat_2"
    assert stand.shopify.refreshed == 1


def test_a_rotated_app_secret_is_read_anew_when_the_old_one_is_refused(stand: Stand) -> None:
    (worker := stand.worker()).endpoint.credentials.client_secret()
    stand.shopify.secret = "shhh-2"
    client("secretsmanager").put_secret_value(SecretId=SECRET_SECRET, SecretString="shhh-2")
    assert worker.renewed(MINE, SHOP, refused="shpat_1") == "shpat_2"


def test_a_wrong_app_secret_is_the_operator_s_fault_and_no_shop_s(stand: Stand) -> None:
    stand.shopify.secret = "another"
    with pytest.raises(Misconfigured) as told:
        stand.worker().renewed(MINE, SHOP, refused="shpat_1")
    assert "client_secret" in told.value.problems[0].field
    assert stand.shops.get(MINE, SHOP).is_connected
    assert "shhh" not in repr(told.value.problems)

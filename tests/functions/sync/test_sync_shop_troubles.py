"""A shop that cannot be worked on: for now, for a while, or until somebody does something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from skuflow.kernel.errors import Misconfigured
from skuflow.platform.outbound.calls import Answer, CircuitOpen, ProviderFailed
from skuflow.sync.shops.errors import NeedsReauth
from skuflow.sync.shops.model import Trouble, stopped
from tests.functions.sync.fake_shopify import graphql
from tests.functions.sync.shop_world import MINE, ShopWorld, minutes

THROTTLED = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
DOWN = ProviderFailed("the connection was refused")


def trouble(world: ShopWorld) -> Trouble:
    found = world.shop().trouble
    assert found is not None
    return found


def test_work_is_put_back_while_the_circuit_is_open_and_the_shop_says_so(shops: ShopWorld) -> None:
    shops.shopify.fails("shop_facts", CircuitOpen("shopify has failed too often", retry_after=300))
    assert shops.work() == []
    assert [delay for _, delay in shops.delayed.messages] == [300]
    assert shops.delayed.attributes[0]["returned"]["StringValue"] == "1"
    assert (trouble(shops).code, trouble(shops).at) == ("circuit_open", shops.clock())
    assert (shops.run().status, shops.shop().failures) == ("starting", 0)
    assert minutes(shops.shop().due_at, shops.clock()) == 5
    assert shops.waiting("dead-letters") == []
    shops.clock.advance(minutes=5)
    shops.work()
    assert (shops.run().status, shops.shop().trouble) == ("running", None)


def test_a_shop_without_points_is_waited_for_if_that_is_soon(shops: ShopWorld) -> None:
    before = shops.clock()
    shops.shopify.fails("bulk_start", graphql(errors=THROTTLED, available=0), graphql(errors=THROTTLED, available=3))
    shops.work()
    assert shops.run().status == "running"
    assert shops.clock() - before == timedelta(seconds=2)
    assert len(shops.shopify.operations) == 1


def test_a_shop_without_points_for_long_gets_its_work_put_back(shops: ShopWorld) -> None:
    shops.shopify.fails("bulk_start", graphql(errors=THROTTLED, available=0, requested=60, rate=1.0))
    shops.work()
    assert [delay for _, delay in shops.delayed.messages] == [60]
    assert trouble(shops).code == "throttled"
    shops.clock.advance(seconds=60)
    shops.work()
    assert (shops.run().status, shops.shop().trouble) == ("running", None)


def test_a_provider_that_fails_is_asked_again_the_later_the_longer_it_lasts(shops: ShopWorld) -> None:
    shops.shopify.fails("shop_facts", *[DOWN] * 8)
    waits = []
    for _ in range(8):
        assert shops.work() == []
        waits.append(minutes(shops.shop().due_at, shops.clock()))
        shops.clock.now = shops.shop().due_at or shops.clock()
    assert waits == [1, 1, 2, 4, 8, 16, 32, 60]
    assert trouble(shops).code == "provider_failed"
    assert (shops.shop().failures, len(shops.runs())) == (0, 1)
    assert [one.code for one in shops.deps.shops.troubles(MINE, shops.shop().shop, 9)] == ["provider_failed"]
    shops.work()
    assert (shops.run().status, shops.shop().trouble) == ("running", None)
    assert shops.waiting("dead-letters") == []


def test_an_outage_is_one_trouble_whatever_it_looks_like(shops: ShopWorld) -> None:
    began = shops.clock()
    shops.shopify.fails("shop_facts", DOWN, CircuitOpen("left alone", retry_after=300), DOWN)
    for code in ("provider_failed", "circuit_open", "provider_failed"):
        shops.work()
        assert (trouble(shops).code, trouble(shops).at) == (code, began)
        shops.clock.now = shops.shop().due_at or shops.clock()
    assert len(shops.deps.shops.troubles(MINE, shops.shop().shop, 9)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {}, b"<html>"),
        Answer(200, {}, b"[]"),
        Answer(200, {}, b'{"data": {"shop": {"name": "Maple"}}}'),
        Answer(200, {}, b'{"data": {"shop": null}}'),
        Answer(200, {}, b'{"data": null}'),
        Answer(200, {}, b"\xff\xfe"),
        graphql(errors=[{"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_failure_that_may_pass(shops: ShopWorld, answer: Answer) -> None:
    shops.shopify.fails("shop_facts", answer)
    assert shops.work() == []
    assert (trouble(shops).code, shops.run().status, shops.shop().failures) == ("provider_failed", "starting", 0)
    shops.clock.advance(minutes=1)
    shops.work()
    assert shops.run().status == "running"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(402, {}, b"{}"), "shop_frozen"),
        (Answer(403, {}, b'{"errors": "missing scope"}'), "access_denied"),
        (Answer(404, {}, b"<html>"), "shop_gone"),
        (Answer(423, {}, b"{}"), "shop_locked"),
        (Answer(406, {}, b""), "http_406"),
        (graphql(errors=[{"message": "no scope", "extensions": {"code": "ACCESS_DENIED"}}]), "access_denied"),
        (graphql(errors=[{"message": "Field 'x' doesn't exist"}]), "query_refused"),
        (graphql(errors="the shop is unavailable"), "query_refused"),
    ],
)
def test_a_shop_that_refuses_fails_the_run_and_is_left_alone_for_a_while(
    shops: ShopWorld, answer: Answer, code: str
) -> None:
    shops.shopify.fails("shop_facts", answer)
    assert shops.work() == []
    failure = shops.run().failure
    assert failure is not None
    assert (shops.run().status, failure.code, trouble(shops).code) == ("failed", code, code)
    assert failure.remedy
    assert shops.shop().failures == 1
    assert 12 <= minutes(shops.shop().due_at, shops.clock()) <= 15
    assert shops.waiting("dead-letters") == []


def test_the_pause_after_failures_doubles_up_to_a_day_and_ends_with_success(shops: ShopWorld) -> None:
    pauses = []
    for _ in range(9):
        shops.shopify.fails("shop_facts", Answer(402, {}, b"{}"))
        shops.work()
        pauses.append(minutes(shops.shop().due_at, shops.clock()))
        shops.clock.now = shops.shop().due_at or shops.clock()
    for number, pause in enumerate(pauses):
        longest = min(15 * 2**number, 24 * 60)
        assert longest * 0.8 <= pause <= longest
    assert shops.shop().failures == 9
    shops.complete()
    assert (shops.shop().failures, shops.shop().trouble) == (0, None)


def test_a_token_that_is_refused_is_renewed_once(shops: ShopWorld) -> None:
    shops.shopify.accepted = "token-1+"
    shops.work()
    assert shops.run().status == "running"
    assert shops.shopify.tokens[:2] == ["token-1", "token-1+"]


def test_a_shop_that_refuses_even_a_fresh_token_fails_the_run(shops: ShopWorld) -> None:
    shops.shopify.accepted = "another"
    shops.work()
    failure = shops.run().failure
    assert failure is not None
    assert (failure.code, "connect the shop again" in failure.remedy) == ("token_refused", True)
    assert shops.shopify.asked == ["shop_facts"] * 2


def test_the_run_of_a_shop_whose_owner_must_connect_it_again_is_cancelled(shops: ShopWorld) -> None:
    shops.begun()

    def revoked(_answer: Answer) -> Answer:
        why = Trouble("needs_reauth", "the shop no longer accepts our credentials", "connect it again", shops.clock())
        shop = shops.shop()
        shops.deps.shops.stop(MINE, stopped(shop, "needs_reauth", shops.clock(), shop.cause, why))
        raise NeedsReauth("the refresh token was refused")

    shops.announced()
    shops.shopify.fails("bulk_state", revoked)
    shops.later(minutes=1)
    run, shop = shops.run(), shops.shop()
    assert run.failure is not None
    assert (run.status, run.failure.code, run.next_run_at) == ("cancelled", "needs_reauth", None)
    assert (shop.status, shop.due_at, shop.run_id) == ("needs_reauth", None, "")
    told = dict(shops.announced())
    assert set(told) == {"ShopNeedsReauth", "ShopSyncFailed"}
    assert (told["ShopSyncFailed"]["code"], told["ShopSyncFailed"]["next_run_at"]) == ("needs_reauth", "")
    shops.later(hours=30)
    assert len(shops.runs()) == 1


def test_a_stage_that_is_not_set_up_says_so_without_telling_secrets(shops: ShopWorld) -> None:
    shops.shopify.fails("shop_facts", Misconfigured("the secret skuflow/prod/shopify/client-id cannot be read"))
    shops.work()
    failure = shops.run().failure
    assert failure is not None
    assert (failure.code, "skuflow/prod" in failure.detail) == ("misconfigured", False)


def test_a_shop_with_a_currency_that_nobody_knows_fails_before_anything_is_read(shops: ShopWorld) -> None:
    shops.shopify.facts["currencyCode"] = "XXX"
    shops.work()
    failure = shops.run().failure
    assert failure is not None
    assert "XXX" in failure.detail
    assert shops.shopify.operations == {}


def test_no_token_is_told_to_anybody(shops: ShopWorld, logged: Callable[[], list[dict[str, Any]]]) -> None:
    shops.shopify.accepted = "another"
    shops.work()
    shops.announced()
    said = f"{logged()} {shops.bus.entries} {shops.run()} {shops.shop()}"
    assert "token-1" not in said

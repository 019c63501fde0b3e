"""Work on a shop that is lost, repeated, or done by two at once: one run, one operation, every subscription once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from skuflow.platform.aws import client
from skuflow.platform.outbound.calls import Answer, ProviderFailed
from skuflow.sync.runs.bulk_operation import ASKING
from skuflow.sync.runs.finish import operation_finished
from skuflow.sync.runs.set_up_shop import TOPICS
from skuflow.sync.shops.store import change_shop
from tests.calls import Killer, WorkerKilled, watched
from tests.fakes.shops import SHOP
from tests.functions.sync.shop_world import MINE, ShopWorld
from tests.http import CLIENT
from tests.interleaving import interleaved


def lost(_answer: Answer) -> Answer:
    """Shopify has acted, and nobody knows."""
    raise ProviderFailed("the connection broke off")


def check_one_of_everything(world: ShopWorld) -> None:
    assert [run.status for run in world.runs()] == ["running"]
    [operation] = world.shopify.operations.values()
    assert world.run().operation_id == operation["id"]
    assert world.shop().run_id == world.run().run_id
    assert len(world.shopify.subscriptions) == len(TOPICS)


def test_an_operation_whose_beginning_nobody_heard_of_is_found_again(shops: ShopWorld) -> None:
    shops.shopify.fails("bulk_start", lost)
    shops.work()
    assert (shops.run().status, len(shops.shopify.operations)) == ("starting", 1)
    shops.later(minutes=1)
    assert shops.shopify.asked.count("bulk_start") == 1
    assert shops.shopify.asked.count("bulk_latest") == 0
    shops.later(seconds=ASKING.total_seconds())
    assert shops.shopify.asked.count("bulk_latest") == 1
    check_one_of_everything(shops)


def test_an_operation_that_never_came_about_is_asked_for_again(shops: ShopWorld) -> None:
    shops.shopify.fails("bulk_start", ProviderFailed("nothing arrived"))
    shops.shopify.operations["gid://shopify/BulkOperation/0"] = {"id": "0", "query": "{ orders }", "createdAt": ""}
    shops.work()
    for _ in range(3):
        shops.later(minutes=1)
    del shops.shopify.operations["gid://shopify/BulkOperation/0"]
    check_one_of_everything(shops)


def test_a_subscription_whose_making_nobody_heard_of_is_not_made_twice(shops: ShopWorld) -> None:
    shops.shopify.fails("webhook_create", lost)
    shops.work()
    assert len(shops.shopify.subscriptions) == 1
    shops.later(minutes=1)
    check_one_of_everything(shops)


@pytest.mark.slow
def test_a_worker_that_dies_at_any_request_is_followed_by_one_that_goes_on(shops: ShopWorld) -> None:
    """The process ends right after each of its requests to AWS in turn, of the step that sets up and of those that follow."""
    died: list[str] = []
    for number in range(1, 40):
        killer = Killer(number)
        try:
            with watched(killer):
                shops.work()
                shops.shopify.ends()
                shops.clock.advance(minutes=2)
                shops.work()
        except WorkerKilled:
            died.append(killer.killed)
        for _ in range(6):
            shops.later(minutes=5)
        if shops.run().status == "running":
            shops.shopify.ends()
            shops.later(minutes=5)
        assert [run.status for run in shops.runs()] == ["reading"], killer.killed
        assert len(shops.shopify.operations) == 1, killer.killed
        assert len(shops.shopify.subscriptions) == len(TOPICS), killer.killed
        assert {"client_id": CLIENT, "run_id": shops.run().run_id} in shops.bodies("bulk")
        if not killer.killed:
            break
        _forget(shops)
    assert len(died) > 8
    assert {"dynamodb:PutItem", "dynamodb:TransactWriteItems", "sqs:SendMessage"} <= set(died)
    assert shops.waiting("dead-letters") == []


def _forget(world: ShopWorld) -> None:
    """As if the shop had just been connected."""
    for run in world.runs():
        world.table(f"C#{CLIENT}#IMPORT#{run.run_id}", "RUN").delete()
    for message in world.waiting("bulk"):
        client("sqs").delete_message(QueueUrl=world.queues["bulk"], ReceiptHandle=message["ReceiptHandle"])
    world.shopify.operations.clear()
    world.shopify.subscriptions.clear()
    world.edit(run_id="", next_run_at=None, due_at=world.clock(), set_up_at=None)


@pytest.mark.parametrize("seed", range(12))
def test_twins_on_one_message_do_its_work_once(shops: ShopWorld, seed: int) -> None:
    interleaved(seed, [shops.work, shops.work, shops.work])
    check_one_of_everything(shops)


@pytest.mark.parametrize("seed", range(8))
def test_twins_that_both_hold_a_lease_still_do_the_work_once(shops: ShopWorld, seed: int) -> None:
    """The first lease has just ended when its worker goes on: both see the same run."""
    run = shops.begun()
    shops.shopify.ends()
    shops.edit(due_at=shops.clock() - timedelta(seconds=1))

    def late_twin() -> list[str]:
        due = shops.clock() - timedelta(seconds=1)
        change_shop(MINE, SHOP, lambda shop: replace(shop, due_at=due), shops=shops.deps.shops)
        return shops.work()

    interleaved(seed, [shops.work, late_twin])
    assert [one.status for one in shops.runs()] == ["reading"]
    assert shops.bodies("bulk").count({"client_id": CLIENT, "run_id": run.run_id}) >= 1


def test_an_operation_that_ends_while_a_worker_looks_is_not_forgotten(shops: ShopWorld) -> None:
    """Shopify's word comes in between: what the worker then says of the next look does not undo it."""
    shops.begun()

    def meanwhile(answer: Answer) -> Answer:
        operation_finished(
            MINE,
            SHOP,
            shops.run().operation_id,
            shops=shops.deps.shops,
            runs=shops.deps.runs,
            work=shops.deps.work,
            clock=shops.clock,
        )
        return answer

    shops.shopify.fails("bulk_state", meanwhile)
    shops.later(minutes=1)
    assert shops.shop().due_at == shops.clock()
    shops.shopify.ends()
    shops.work()
    assert shops.run().status == "reading"

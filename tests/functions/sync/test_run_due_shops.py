"""Every minute: the shops that are due, of whichever client, are put into the queue of those who look."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.sync.run_due_shops.handler import handle
from skuflow.kernel.errors import TransientError
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.sync.runs.finish import operation_finished
from skuflow.sync.shops.model import stopped
from tests.doubles import FakeLambdaContext
from tests.fakes.shops import SHOP, connect
from tests.functions.sync.shop_world import MINE, ShopWorld
from tests.http import OTHER_CLIENT

THEIRS = ClientId(OTHER_CLIENT)


def asked(world: ShopWorld) -> set[tuple[str, str]]:
    """Client and shop of everything that is put into the queue now."""
    handle({}, world.context, world.schedule)
    found: set[tuple[str, str]] = set()
    while messages := world.waiting("shops"):
        for message in messages:
            client("sqs").delete_message(QueueUrl=world.queues["shops"], ReceiptHandle=message["ReceiptHandle"])
        found |= {(body["client_id"], body["shop"]) for body in map(_body, messages)}
    return found


def _body(message: dict[str, Any]) -> dict[str, str]:
    body: dict[str, str] = json.loads(message["Body"])
    return body


def test_shops_that_are_due_are_asked_for_wherever_they_are_kept(shops: ShopWorld) -> None:
    names = {f"shop-{number}.myshopify.com" for number in range(35)}
    for number, name in enumerate(sorted(names)):
        connect(shops.deps.shops, THEIRS, name, due_at=shops.clock() - timedelta(minutes=number))
    assert asked(shops) == {(THEIRS, name) for name in names} | {(MINE, SHOP)}


def test_a_shop_that_is_not_due_yet_is_not_asked_for(shops: ShopWorld) -> None:
    shops.edit(due_at=shops.clock() + timedelta(seconds=1))
    assert asked(shops) == set()
    shops.clock.advance(seconds=1)
    assert asked(shops) == {(MINE, SHOP)}


def test_a_shop_stays_due_until_a_worker_has_taken_it_up(shops: ShopWorld) -> None:
    assert asked(shops) == asked(shops) == {(MINE, SHOP)}
    shops.work()
    assert asked(shops) == set()


@pytest.mark.parametrize("status", ["needs_reauth", "uninstalled", "disconnected"])
def test_a_shop_that_is_not_connected_is_never_due(shops: ShopWorld, status: Any) -> None:
    shop = shops.shop()
    shops.deps.shops.stop(MINE, stopped(shop, status, shops.clock(), shop.cause))
    shops.clock.advance(days=30)
    assert asked(shops) == set()


def test_without_time_nothing_is_begun(shops: ShopWorld) -> None:
    assert handle({}, FakeLambdaContext(remaining_ms=4_000), shops.schedule) == {"asked": 0}
    assert shops.waiting("shops") == []


def test_messages_that_the_queue_refuses_are_not_taken_for_sent(
    shops: ShopWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_request: Any) -> dict[str, Any]:
        return {"Successful": [], "Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    monkeypatch.setattr(client("sqs"), "send_message_batch", refuse)
    with pytest.raises(TransientError):
        handle({}, shops.context, shops.schedule)


def finished(world: ShopWorld, operation_id: str, *, client_id: ClientId = MINE) -> None:
    operation_finished(
        client_id,
        SHOP,
        operation_id,
        shops=world.deps.shops,
        runs=world.deps.runs,
        work=world.deps.work,
        clock=world.clock,
    )


def test_a_shop_whose_operation_has_ended_is_looked_at_at_once(shops: ShopWorld) -> None:
    run = shops.begun()
    shops.delayed.messages.clear()
    shops.shopify.ends()
    shops.clock.advance(seconds=3)
    for _ in range(2):
        finished(shops, run.operation_id)
    assert shops.shop().due_at == shops.clock()
    assert [delay for _, delay in shops.delayed.messages] == [0, 0]
    shops.work()
    assert shops.run().status == "reading"


def test_the_end_of_somebody_elses_operation_means_nothing(shops: ShopWorld) -> None:
    shops.begun()
    before = shops.shop()
    shops.delayed.messages.clear()
    finished(shops, "gid://shopify/BulkOperation/99")
    assert (shops.shop(), shops.delayed.messages) == (before, [])


def test_the_end_of_an_operation_that_no_run_waits_for_means_nothing(shops: ShopWorld) -> None:
    run = shops.complete()
    before = shops.shop()
    shops.delayed.messages.clear()
    finished(shops, run.operation_id)
    assert (shops.shop(), shops.delayed.messages) == (before, [])

"""The catalogue's answers to a shop's run and to its webhooks."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause
from skuflow.sync.model import BatchFile
from skuflow.sync.shops.model import source_of
from skuflow.sync.webhooks.intake import Gone, Intake
from tests.calls import Killer, WorkerKilled, watched
from tests.fakes.shops import SHOP
from tests.functions.sync.shop_world import MINE, ShopWorld
from tests.http import OTHER_CLIENT
from tests.interleaving import interleaved

REJECTED = [{"lines": [3], "field": "gtin", "value": "12", "reason": "is not a GTIN", "hint": "give 8 to 14 digits"}]


def reading(world: ShopWorld, batches: int, *, partial: bool = False) -> str:
    """A run that was read to its end and handed `batches` over; its id."""
    world.begun()
    if partial:
        world.shopify.ends("FAILED", partialDataUrl="https://files.test/part.jsonl")
    else:
        world.shopify.ends()
    world.later(minutes=1)
    return world.read(batches, partial=partial, variants=9, lines=20).run_id


def an_intake(world: ShopWorld, intake_id: str = "itk_1", batches: int = 1) -> Intake:
    """Webhooks' products, handed over."""
    intake = Intake(
        intake_id=intake_id,
        shop=SHOP,
        source=source_of(SHOP),
        created_at=world.clock(),
        observed_at=world.clock(),
        bucket="bucket",
        files=tuple(BatchFile(number + 1, f"batches/{intake_id}/{number + 1}", 2) for number in range(batches)),
        gone=(Gone(("44", "45"), world.clock()),),
    )
    world.answers.intakes.add(MINE, intake, Cause("webhook-1"))
    return intake


def test_a_run_is_complete_when_all_is_applied_and_compared(shops: ShopWorld) -> None:
    run_id = reading(shops, 2)
    shops.applied(run_id, 2)
    shops.compared(run_id, removed=4, kept_back=0)
    assert shops.run().status == "applying"
    shops.clock.advance(seconds=3)
    shops.applied(run_id, 1)
    run, shop = shops.run(), shops.shop()
    assert run.status == "completed"
    assert (run.totals.products, run.totals.variants, run.totals.lines) == (4, 9, 20)
    assert (run.totals.created, run.totals.unchanged, run.totals.removed) == (2, 2, 4)
    assert (shop.run_id, shop.last_run_id, shop.last_success_at) == ("", run_id, shops.clock())
    assert (run.url, run.next_run_at) == ("", shop.next_run_at)
    told = dict(shops.announced())
    assert (told["ShopSyncCompleted"]["created"], told["ShopSyncCompleted"]["removed"]) == (2, 4)


@pytest.mark.parametrize("order", ["applied first", "compared first"])
def test_whichever_answer_is_last_completes_the_run(shops: ShopWorld, order: str) -> None:
    run_id = reading(shops, 1)
    steps = [lambda: shops.applied(run_id, 1), lambda: shops.compared(run_id)]
    for step in steps if order == "applied first" else reversed(steps):
        assert shops.run().status == "applying"
        step()
    assert shops.run().status == "completed"


def test_a_reader_that_finishes_after_the_catalogue_completes_the_run(shops: ShopWorld) -> None:
    """The catalogue may be faster than the write that ends the reading."""
    run_id = shops.begun().run_id
    shops.shopify.ends()
    shops.later(minutes=1)
    shops.applied(run_id, 1)
    shops.read(1)
    shops.compared(run_id)
    assert shops.run().status == "completed"


def test_the_next_reconciliation_is_in_the_night_of_the_shop(shops: ShopWorld) -> None:
    shops.complete()
    night = shops.shop().next_run_at
    assert night is not None
    assert shops.shop().due_at == night
    assert 1 <= night.astimezone(ZoneInfo("America/Toronto")).hour < 5
    assert timedelta() < night - shops.clock() <= timedelta(hours=24)
    shops.later(hours=25)
    assert (shops.run().kind, shops.run().status) == ("reconciliation", "running")


def test_answers_are_counted_once_in_whatever_order_and_however_often_they_come(shops: ShopWorld) -> None:
    run_id = reading(shops, 3)
    for batch in (3, 1, 3, 1):
        shops.applied(run_id, batch)
    for _ in range(2):
        shops.compared(run_id, removed=1)
    for _ in range(3):
        assert shops.applied(run_id, 2) == []
    shops.compared(run_id, removed=7)
    assert (shops.run().status, shops.run().totals.created, shops.run().totals.removed) == ("completed", 3, 1)
    assert [name for name, _ in shops.announced()].count("ShopSyncCompleted") == 1
    assert shops.deps.shops.counts(MINE, SHOP).products_created == 3


@pytest.mark.parametrize("seed", range(6))
def test_twins_that_hear_the_last_answers_complete_the_run_once(shops: ShopWorld, seed: int) -> None:
    run_id = reading(shops, 2)

    def answering(batch: int) -> object:
        return shops.applied(run_id, batch)

    interleaved(
        seed, [lambda: answering(1), lambda: answering(2), lambda: answering(2), lambda: shops.compared(run_id)]
    )
    assert (shops.run().status, shops.run().totals.created, shops.shop().run_id) == ("completed", 2, "")
    assert [name for name, _ in shops.announced()].count("ShopSyncCompleted") == 1


@pytest.mark.slow
def test_a_worker_that_dies_while_it_counts_is_followed_by_one_that_completes(shops: ShopWorld) -> None:
    died = 0
    for number in range(1, 12):
        run_id = reading(shops, 1)
        shops.compared(run_id)
        try:
            with watched(Killer(number)):
                shops.applied(run_id, 1)
        except WorkerKilled:
            died += 1
        shops.applied(run_id, 1)
        assert (shops.run().status, shops.shop().run_id, shops.run().totals.created) == ("completed", "", 1)
        shops.edit(due_at=shops.clock(), next_run_at=None)
    assert died >= 5


def test_a_run_whose_last_answer_woke_nobody_is_completed_by_the_schedule(shops: ShopWorld) -> None:
    run_id = reading(shops, 1)
    shops.compared(run_id)
    try:
        with watched(Killer(2)):
            shops.applied(run_id, 1)
    except WorkerKilled:
        pass
    assert shops.run().status == "applying"
    shops.later(minutes=3)
    assert shops.run().status == "completed"


def test_a_part_of_a_catalogue_is_taken_and_the_whole_asked_for_again_soon(shops: ShopWorld) -> None:
    run_id = reading(shops, 1, partial=True)
    shops.applied(run_id, 1)
    run, shop = shops.run(), shops.shop()
    assert (run.status, run.partial, run.snapshot) == ("completed", True, None)
    assert shop.trouble is not None
    assert (shop.last_success_at, shop.failures, shop.trouble.code) == (None, 1, "partial_result")
    assert "SourceSnapshotRead" not in dict(shops.announced())
    shops.later(minutes=16)
    assert shops.run().run_id != run_id


def test_products_that_were_kept_back_are_told_with_the_run(shops: ShopWorld) -> None:
    run_id = reading(shops, 1)
    shops.applied(run_id, 1)
    for _ in range(2):
        shops.compared(run_id, removed=0, kept_back=30)
    assert (shops.run().status, shops.run().totals.kept_back) == ("completed", 30)
    [trouble] = shops.deps.shops.troubles(MINE, SHOP, 10)
    assert (trouble.code, "30 products" in trouble.detail, bool(trouble.remedy)) == ("kept_back", True, True)


def test_answers_after_the_end_change_nothing(shops: ShopWorld) -> None:
    run = shops.complete()
    shops.applied(run.run_id, 1)
    shops.compared(run.run_id, removed=5)
    assert shops.run() == run


def test_the_products_of_webhooks_add_to_the_shops_counters_once(shops: ShopWorld) -> None:
    an_intake(shops, batches=2)
    at = shops.clock() - timedelta(seconds=2)
    for batch in (2, 1, 2):
        assert shops.applied("itk_1", batch, occurred_at=at) == []
    counts = shops.deps.shops.counts(MINE, SHOP)
    assert (counts.products_created, counts.products_unchanged, counts.products_rejected) == (2, 2, 0)
    assert counts.last_applied_at == at


def test_what_was_rejected_of_webhooks_stands_with_the_shop(shops: ShopWorld) -> None:
    an_intake(shops)
    at = shops.clock()
    for _ in range(2):
        shops.applied("itk_1", 1, rejected=REJECTED, occurred_at=at)
    [trouble] = shops.deps.shops.troubles(MINE, SHOP, 10)
    assert (trouble.code, trouble.at, trouble.remedy) == ("rejected", at, "give 8 to 14 digits")
    assert trouble.detail == "gtin '12': is not a GTIN"
    assert shops.deps.shops.counts(MINE, SHOP).products_rejected == 1


@pytest.mark.parametrize("import_id", ["run_1", "itk_1"])
def test_answers_to_what_the_client_does_not_have_are_put_aside(shops: ShopWorld, import_id: str) -> None:
    an_intake(shops)
    assert shops.applied(import_id, 1, client_id=OTHER_CLIENT) == []
    [message] = shops.waiting("dead-letters")
    assert message["MessageAttributes"]["reason"]["StringValue"].startswith("not_found:")
    assert shops.deps.shops.counts(MINE, SHOP).products_created == 0


def test_an_event_that_is_no_answer_is_put_aside_with_its_name(shops: ShopWorld) -> None:
    assert shops.tell("PriceChanged", product_id="prd_1") == []
    [message] = shops.waiting("dead-letters")
    assert "PriceChanged" in message["MessageAttributes"]["reason"]["StringValue"]


def test_an_intake_hands_over_its_batches_and_what_is_gone(shops: ShopWorld) -> None:
    shops.announced()
    intake = an_intake(shops, batches=2)
    told = shops.announced()
    assert [name for name, _ in told] == ["ProductBatchReady", "ProductBatchReady", "SourceProductsGone"]
    assert (told[1][1]["import_id"], told[1][1]["batch"], told[1][1]["key"]) == ("itk_1", 2, "batches/itk_1/2")
    assert told[2][1] == {
        "source": f"shopify:{SHOP}",
        "keys": ["44", "45"],
        "observed_at": iso(intake.gone[0].observed_at),
    }

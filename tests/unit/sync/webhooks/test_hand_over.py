"""States of products, in any order, in any batches, several times over: what the catalogue is told ends at the newest."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from skuflow.contracts.sync import BatchHeader, SourceProduct
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.shopify.webhook_product import product_from_webhook
from skuflow.sync.shops.store import ShopStore
from skuflow.sync.webhooks.envelope import Envelope
from skuflow.sync.webhooks.hand_over import HandingOver, hand_over, newest, numbered
from skuflow.sync.webhooks.intake import Intake
from skuflow.sync.webhooks.work import Deletion, Done, Read, State
from tests.doubles import START
from tests.http import CLIENT

SHOP = "lumen.myshopify.com"


@dataclass(slots=True)
class Kept:
    """Bucket, intakes and counters in memory."""

    name: str = "bucket"
    files: dict[str, bytes] = field(default_factory=dict)
    intakes: dict[str, Intake] = field(default_factory=dict)
    counted: list[int] = field(default_factory=list)

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.files[key] = body

    def add(self, client_id: ClientId, intake: Intake, cause: Cause) -> bool:
        return self.intakes.setdefault(intake.intake_id, intake) is intake

    def find(self, client_id: ClientId, intake_id: str) -> Intake | None:
        return self.intakes.get(intake_id)

    def count(self, client_id: ClientId, shop: str, **adds: Any) -> None:
        self.counted.append(adds["webhooks_received"])

    def using(self) -> HandingOver:
        return HandingOver(self, self, cast("ShopStore", self), lambda: START)

    def batches(self) -> list[tuple[BatchHeader, list[SourceProduct]]]:
        """What the catalogue is told, in the order of telling."""
        told = []
        for intake in self.intakes.values():
            for file in intake.files:
                first, *lines = self.files[file.key].splitlines()
                products = [msgspec.json.decode(line, type=SourceProduct) for line in lines]
                told.append((msgspec.json.decode(first, type=BatchHeader), products))
        return told


def state(number: int, cents: int, seen: datetime, **more: Any) -> State:
    variant = {"id": number * 10, "option1": "One", "price": f"{cents // 100}.{cents % 100:02d}"}
    told = {"id": number, "title": f"Lamp {number}", "updated_at": iso(seen), "variants": [variant], **more}
    return State(product_from_webhook(told, currency="CAD", triggered_at=seen), "CAD")


def read(work: Any, name: str, *, shop: str = SHOP, client: str = CLIENT) -> Read:
    envelope = Envelope(client, shop, "t", name, "e", iso(START), "v", iso(START), "c", body=json.dumps({}))
    return Read(envelope, name, work)


@given(
    moves=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5_000)), min_size=1, max_size=20),
    order=st.randoms(use_true_random=False),
    size=st.integers(1, 7),
)
def test_any_order_and_any_batches_of_states_end_at_the_newest(
    moves: list[tuple[int, int]], order: Any, size: int
) -> None:
    """`moves`: which product changes, and how many milliseconds after the move before."""
    now, told, last = START, [], {}
    for place, (number, pause) in enumerate(moves):
        now += timedelta(milliseconds=pause + 5)
        told.append(read(state(number, place, now), f"wh-{place}"))
        last[str(number)] = place
    told += order.sample(told, k=len(told) // 2)
    order.shuffle(told)
    kept = Kept()
    for start in range(0, len(told), size):
        hand_over(told[start : start + size], using=kept.using())
    known: dict[str, SourceProduct] = {}
    for _, products in kept.batches():
        for one in products:
            if one.key not in known or parse_iso(known[one.key].observed_at) <= parse_iso(one.observed_at):
                known[one.key] = one
    assert {key: cast("Any", one.variants[0].price)[0] for key, one in known.items()} == last


def test_products_that_say_different_fields_lie_in_files_of_their_own() -> None:
    kept = Kept()
    whole, vendor = state(1, 100, START), state(2, 200, START, vendor="Lumen")
    cut = state(3, 300, START, variant_gids=[{}, {}])
    hand_over([read(one, f"wh-{n}") for n, one in enumerate((whole, vendor, cut))], using=kept.using())
    [intake] = kept.intakes.values()
    assert [file.batch for file in intake.files] == [1, 2, 3]
    told = {tuple(one.key for one in products): header for header, products in kept.batches()}
    assert [header.batch for header in told.values()] == [1, 2, 3]
    assert "brand" in told["2",].product_fields
    assert "brand" not in told["1",].product_fields
    assert (told["1",].complete, told["3",].complete) == (True, False)


def test_deletions_of_one_moment_are_told_together() -> None:
    kept = Kept()
    later = START + timedelta(seconds=1)
    told = [Deletion("2", START), Deletion("1", START), Deletion("1", START), Deletion("3", later)]
    hand_over([read(one, f"wh-{n}") for n, one in enumerate(told)], using=kept.using())
    [intake] = kept.intakes.values()
    assert [(gone.keys, gone.observed_at) for gone in intake.gone] == [(("1", "2"), START), (("3",), later)]
    assert kept.counted == [4]


def test_what_was_dropped_is_not_counted_and_what_was_done_is() -> None:
    kept = Kept()
    hand_over([read(Done(), "wh-1"), read(Done(dropped=True), "wh-2")], using=kept.using())
    assert (kept.intakes, kept.counted) == ({}, [1])
    hand_over([read(Done(dropped=True), "wh-3")], using=kept.using())
    assert kept.counted == [1]


def test_the_same_webhooks_make_the_same_intake_in_any_order_and_others_another() -> None:
    kept = Kept()
    webhooks = [read(state(n, n, START), f"wh-{n}") for n in (1, 2)]
    for group in (webhooks, webhooks[::-1], [*webhooks, webhooks[0]]):
        hand_over(group, using=kept.using())
    assert len(kept.intakes) == 1
    hand_over(webhooks[:1], using=kept.using())
    hand_over([read(state(1, 1, START), "wh-1", shop="other.myshopify.com")], using=kept.using())
    assert len(kept.intakes) == 3


def test_of_equal_states_one_is_told() -> None:
    one = state(1, 100, START)
    assert newest([one, state(1, 100, START), one]) == [one]


def test_lines_count_through_a_file() -> None:
    products = [
        SourceProduct("1", (1,), defines=True),
        *(state.taken.product for state in newest([state_of(2, 3), state_of(3, 1)]) if state.taken.product),
    ]
    assert [one.lines for one in numbered(products)] == [(1,), (2, 3, 4), (5,)]
    assert [[v.line for v in one.variants] for one in numbered(products)] == [[], [2, 3, 4], [5]]


def state_of(number: int, variants: int) -> State:
    made = [{"id": number * 10 + n, "option1": str(n), "price": "1.00"} for n in range(variants)]
    told = {"id": number, "title": "Lamp", "variants": made}
    return State(product_from_webhook(told, currency="CAD", triggered_at=START), "CAD")

"""Quality's copy of the products: the newest version of each, whole, whatever order the news come in."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.quality.record_product.handler import lambda_handler
from skuflow.contracts.catalog import Amount, Picture, ProductChanged, ProductRemoved, VariantState
from skuflow.kernel.clock import iso
from skuflow.kernel.money import Money
from skuflow.quality.model import Picture as KeptPicture
from skuflow.quality.model import Snapshot, SnapshotVariant
from tests.calls import Killer, Tally, WorkerKilled, watched
from tests.doubles import START, FakeClock, FakeLambdaContext
from tests.functions.quality.copied_products import (
    MINE,
    NAME,
    THEIRS,
    Copy,
    gone,
    in_parts,
    is_of_one_version,
    message,
    whole,
)
from tests.interleaving import interleaved
from tests.product_batches import queue_event


@pytest.fixture
def copy(tables: Callable[[str], str], clock: FakeClock) -> Copy:
    return Copy(tables("quality"), clock)


def test_a_product_is_kept_as_it_was_told(copy: Copy) -> None:
    variant = VariantState(
        "var_1",
        "SH-S",
        "4006381333931",
        "M-1",
        (("Size", "S"),),
        Amount(1999, "CAD"),
        None,
        Amount(0, "JPY"),
        0,
        "https://x/s.jpg",
    )
    told = whole(
        7,
        description_html="<p>été</p>",
        brand="Acme",
        category=("A", "B"),
        product_type="shirt",
        tags=("new",),
        status="draft",
        url="https://shop.example/p",
        images=(Picture("https://x/1.jpg", "front"),),
        attributes={"material": ("linen",)},
        variants=(variant,),
        variants_total=1,
        cut=("tags",),
        observed_at=iso(START),
    )
    assert copy.hears(told) == {"batchItemFailures": []}
    assert copy.shows() == Snapshot(
        product_id=NAME,
        product_version=7,
        updated_at=(START + timedelta(minutes=7)).astimezone(UTC),
        observed_at=START.astimezone(UTC),
        source="shopify",
        title="Version 7",
        description_html="<p>été</p>",
        brand="Acme",
        category=("A", "B"),
        product_type="shirt",
        tags=("new",),
        status="draft",
        url="https://shop.example/p",
        images=(KeptPicture("https://x/1.jpg", "front"),),
        attributes={"material": ("linen",)},
        variants=(
            SnapshotVariant(
                "var_1",
                "SH-S",
                "4006381333931",
                "M-1",
                (("Size", "S"),),
                Money(1999, "CAD"),
                None,
                Money(0, "JPY"),
                0,
                "https://x/s.jpg",
            ),
        ),
        created_at=START.astimezone(UTC),
        cut=("tags",),
    )


def test_an_older_version_never_replaces_a_newer_one(copy: Copy) -> None:
    for version, kept in ((2, 2), (1, 2), (2, 2), (5, 5), (4, 5)):
        copy.hears(whole(version))
        assert copy.version() == kept


def test_a_removed_product_is_gone_and_older_news_do_not_bring_it_back(copy: Copy) -> None:
    copy.hears(whole(1), gone(3), whole(2), *in_parts(3), whole(3))
    assert copy.shows() is None
    copy.hears(whole(4))
    assert copy.version() == 4
    copy.hears(gone(3), gone(3))
    assert copy.version() == 4


def test_a_removal_that_comes_before_all_else_is_remembered(copy: Copy) -> None:
    copy.hears(gone(2), whole(1))
    assert copy.shows() is None


@pytest.mark.parametrize("seed", range(6))
def test_parts_in_any_order_and_twice_become_one_product_when_the_last_is_there(copy: Copy, seed: int) -> None:
    chance, news = random.Random(seed), in_parts(2) * 2
    chance.shuffle(news)
    copy.hears(whole(1))
    seen: set[int] = set()
    for one in news:
        copy.hears(one)
        seen.add(one.part)
        assert copy.version() == (2 if len(seen) == 3 else 1)
    found = copy.shows()
    assert found is not None
    assert is_of_one_version(found)
    assert len(found.variants) == 6


def test_parts_of_two_versions_never_meet(copy: Copy) -> None:
    old, new = in_parts(1), in_parts(2, parts=4)
    copy.hears(old[0], new[0], new[1], old[1], new[3])
    assert copy.shows() is None
    copy.hears(old[2])
    assert copy.version() == 1
    copy.hears(new[2], *old)
    found = copy.shows()
    assert found is not None
    assert (found.product_version, is_of_one_version(found), len(found.variants)) == (2, True, 8)


def test_what_waited_for_its_other_parts_is_cleared_up(copy: Copy) -> None:
    copy.hears(*in_parts(1), *in_parts(2))
    assert [item["sk"]["S"] for item in copy.items()] == [NAME]


def test_parts_whose_others_never_come_go_by_themselves(copy: Copy) -> None:
    copy.hears(in_parts(1)[0])
    (item,) = copy.items()
    left = datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC) - copy.clock()
    assert timedelta(days=28) < left <= timedelta(days=30)


@pytest.mark.parametrize("after", range(1, 6))
@pytest.mark.parametrize("last", [whole(2), in_parts(2)[2], gone(2)], ids=["whole", "part", "removal"])
def test_a_worker_that_dies_anywhere_leaves_a_whole_product_and_the_next_one_finishes(
    copy: Copy, last: Any, after: int
) -> None:
    copy.hears(whole(1), *(in_parts(2)[:2] if isinstance(last, ProductChanged) and last.parts > 1 else []))
    killer = Killer(after)
    try:
        with watched(killer):
            copy.hears(last)
    except WorkerKilled:
        assert copy.version() in {1, 2, None}
    copy.hears(last)
    assert copy.version() == (None if isinstance(last, ProductRemoved) else 2)
    found = copy.shows()
    assert found is None or is_of_one_version(found)


@pytest.mark.parametrize("seed", range(10))
def test_twins_and_others_at_once_come_to_the_newest_version(copy: Copy, seed: int) -> None:
    parts = in_parts(3)
    work: Sequence[Callable[[], Any]] = [
        lambda: copy.hears(parts[0], parts[1]),
        lambda: copy.hears(parts[1], parts[2]),
        lambda: copy.hears(parts[2], parts[0]),
        lambda: copy.hears(whole(2), gone(1)),
    ]
    assert interleaved(seed, work) == [{"batchItemFailures": []}] * 4
    found = copy.shows()
    assert found is not None
    assert (found.product_version, is_of_one_version(found), len(found.variants)) == (3, True, 6)


NEWS = st.lists(
    st.integers(1, 4).flatmap(
        lambda version: st.sampled_from([whole(2 * version), *in_parts(2 * version + 1), gone(2 * version - 1)])
    ),
    min_size=1,
    max_size=8,
)


@given(NEWS, st.randoms(use_true_random=False))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_news_in_any_order_come_to_the_same(copy: Copy, news: list[Any], chance: random.Random) -> None:
    name = f"prd_{len(copy.items())}"  # each example leaves at least one item
    copy.hears(*[replace(one, product_id=name) for one in chance.sample(news + news[:3], len(news) + len(news[:3]))])
    found = copy.shows(name)
    assert (found.product_version if found else None) == _expected(news)
    assert found is None or is_of_one_version(found)


def _expected(news: Iterable[Any]) -> int | None:
    """The newest version of which all is told, unless the product was removed later."""
    there: dict[int, set[int]] = {}
    removed_at = 0
    for one in news:
        if isinstance(one, ProductRemoved):
            removed_at = max(removed_at, one.product_version)
        else:
            there.setdefault(one.product_version, set()).add(one.part)
    newest = max((v for v, parts in there.items() if len(parts) == (3 if v % 2 else 1)), default=0)
    return newest if newest > removed_at else None


def test_a_product_told_whole_is_one_request_and_a_part_a_few(copy: Copy) -> None:
    first, second, third = in_parts(2)
    for told, requests in (
        (whole(1), {"dynamodb:PutItem": 1}),
        (whole(1), {"dynamodb:PutItem": 1}),
        (first, {"dynamodb:GetItem": 1, "dynamodb:PutItem": 1, "dynamodb:Query": 1}),
        (second, {"dynamodb:GetItem": 1, "dynamodb:PutItem": 1, "dynamodb:Query": 1}),
        (third, {"dynamodb:GetItem": 1, "dynamodb:PutItem": 2, "dynamodb:Query": 1, "dynamodb:BatchWriteItem": 1}),
        (third, {"dynamodb:GetItem": 1}),
        (gone(9), {"dynamodb:PutItem": 1}),
    ):
        tally = Tally()
        with watched(tally):
            copy.hears(told)
        assert tally.requests == requests


def test_a_product_with_very_many_variants_is_one_item(copy: Copy) -> None:
    states = [
        VariantState(f"var_{n:032x}", f"SKU-{n}", price=Amount(n, "CAD"), image=f"https://x/{n}.jpg")
        for n in range(2048)
    ]
    groups = [tuple(states[start : start + 100]) for start in range(0, 2048, 100)]
    own = whole(1)
    parts = [
        replace(own if n == 1 else replace(own, title=""), part=n, parts=len(groups), variants=group)
        for n, group in enumerate(groups, start=1)
    ]
    copy.hears(*parts)
    found = copy.shows()
    assert found is not None
    assert [v.variant_id for v in found.variants] == [one.variant_id for one in states]
    assert len(copy.items()) == 1


def test_every_key_begins_with_the_client_and_nobody_sees_anothers(copy: Copy) -> None:
    copy.hears(whole(1), in_parts(2)[0])
    copy.hears(whole(8, title="Theirs"), client_id=THEIRS)
    assert all(item["pk"]["S"].startswith((f"C#{MINE}#", f"C#{THEIRS}#")) for item in copy.items())
    assert copy.version() == 1
    products, after = copy.products.page(MINE, "", 100)
    assert ([one.title for one in products], after) == (["Version 1"], None)


@pytest.mark.parametrize(
    "told",
    [whole(1, updated_at="yesterday"), whole(1, part=2), whole(1, part=0), whole(1, observed_at="2026-03-14T09:26:53")],
)
def test_what_is_no_product_is_put_aside_with_its_reason(copy: Copy, told: ProductChanged) -> None:
    assert copy.hears(told, whole(1)) == {"batchItemFailures": []}
    (reason,) = copy.parked()
    assert reason.startswith("malformed")
    assert copy.version() == 1


def test_an_amount_in_no_currency_is_put_aside(copy: Copy) -> None:
    copy.hears(whole(1, variants=(VariantState("var_1", price=Amount(1, "XXQ")),)))
    assert len(copy.parked()) == 1
    assert copy.shows() is None


def test_the_function_starts_from_its_environment(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALITY_TABLE", copy.table_name)
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", copy.dead_letters.queue_url)
    context: Any = FakeLambdaContext()
    assert lambda_handler(queue_event([message(whole(3))]), context) == {"batchItemFailures": []}
    assert copy.version() == 3

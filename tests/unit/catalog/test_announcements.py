"""What a change of the table tells the others: each real change once, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.announcements import translate
from skuflow.catalog.batch_store import AppliedBatch
from skuflow.catalog.model import Description, Product, Variant, removed
from skuflow.catalog.offers import Offer, Terms
from skuflow.catalog.product_store import index_keys
from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.kernel.errors import Malformed
from skuflow.kernel.events import Cause, Event
from skuflow.kernel.money import Money
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.event_bus import Change
from skuflow.platform.packing import packed
from tests.doubles import START

CLIENT = ClientId("cli_0000000000000001")
CAUSE = Cause("request-1", "call-1")
AT = START.astimezone(UTC)


def image(entity: str, record: Any, sk: str = "PRODUCT", **more: str) -> Mapping[str, Any]:
    """A stream image of an item that keeps `record` as its document."""
    body = {
        name: {"S" if name == "doc" else "B": kept} for name, kept in packed(record, sparse=entity == "PRODUCT").items()
    }
    texts = {name: {"S": text} for name, text in more.items()}
    return {"pk": {"S": f"C#{CLIENT}#P#prd_1"}, "sk": {"S": sk}, "entity": {"S": entity}, **body, **texts}


def of_product(product: Product | None) -> Mapping[str, Any] | None:
    return image("PRODUCT", product, **index_keys(CLIENT, product)) if product else None


def told(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, *, expired: bool = False) -> tuple[Event, ...]:
    return translate(Change(old, new, expired)).events


def a_product(version: int = 1, **prices: Money | None) -> Product:
    variants = tuple(
        Variant(name, name, n, sku=name.upper(), price=price) for n, (name, price) in enumerate(prices.items())
    )
    at = AT + timedelta(minutes=version)
    return Product(
        "prd_1", "shopify", "p", AT, at, version, "Shirt", brand="Acme", category=("Apparel",), variants=variants,
        described=Description(AT), channel="import", cause=CAUSE,
    )  # fmt: skip


def cad(minor: int) -> Money:
    return Money(minor, "CAD")


def told_first(new: Product) -> Event:
    """What is told of a product that was not there before, its snapshot left out."""
    (event,) = (one for one in told(None, of_product(new)) if one.name != "ProductChanged")
    return event


def names(events: tuple[Event, ...]) -> list[str]:
    return [event.name for event in events]


def test_the_first_write_of_a_product_announces_it_with_its_prices() -> None:
    event = told_first(a_product(s=cad(100), m=None))
    assert (event.name, event.client_id, event.source, event.cause) == (
        "ProductAdded",
        CLIENT,
        "skuflow.catalog",
        CAUSE,
    )
    assert event.occurred_at == AT + timedelta(minutes=1)
    assert event.data == {
        "product_id": "prd_1",
        "product_version": 1,
        "title": "Shirt",
        "brand": "Acme",
        "category": ("Apparel",),
        "status": "active",
        "source": "shopify",
        "variants": (
            {"variant_id": "s", "sku": "S", "price": {"amount_minor": 100, "currency": "CAD"}},
            {"variant_id": "m", "sku": "M", "price": None},
        ),
        "variants_total": 2,
    }


def test_a_product_with_very_many_variants_is_announced_with_as_many_as_fit() -> None:
    variants = tuple(Variant(f"var_{n:032x}", f"{n}", n, sku="x" * 255, price=cad(n)) for n in range(2048))
    event = told_first(replace(a_product(), variants=variants))
    assert 300 < len(event.data["variants"]) < event.data["variants_total"] == 2048
    assert len(msgspec.json.encode(event.data)) < 200_000


def test_a_product_is_announced_when_it_is_described_not_before() -> None:
    bare = replace(a_product(s=cad(100)), described=None)
    assert told(None, of_product(bare)) == ()
    assert names(told(of_product(bare), of_product(a_product(2, s=cad(100))))) == ["ProductAdded", "ProductChanged"]


def test_a_fallen_price_is_a_change_and_a_drop() -> None:
    changed, dropped, whole = told(of_product(a_product(s=cad(1999))), of_product(a_product(2, s=cad(1500))))
    assert (changed.name, dropped.name, whole.name) == ("PriceChanged", "PriceDropped", "ProductChanged")
    assert changed.data["old_price"] == {"amount_minor": 1999, "currency": "CAD"}
    assert changed.data["new_price"] == {"amount_minor": 1500, "currency": "CAD"}
    assert (dropped.data["drop_percent"], dropped.data["sku"], dropped.data["offer_id"]) == ("24.96", "S", "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (cad(100), cad(101)),
        (cad(100), Money(1, "USD")),
        (cad(100), None),
        (None, cad(100)),
    ],
)
def test_other_changes_of_a_price_are_no_drop(old: Money | None, new: Money | None) -> None:
    assert names(told(of_product(a_product(s=old)), of_product(a_product(2, s=new)))) == [
        "PriceChanged",
        "ProductChanged",
    ]


def test_variants_that_come_and_go_change_their_price() -> None:
    *events, _ = told(of_product(a_product(s=cad(100), m=cad(1))), of_product(a_product(2, s=cad(100), l=cad(3))))
    assert [(e.data["variant_id"], e.data["new_price"] is None) for e in events] == [("l", False), ("m", True)]


def test_a_change_that_leaves_prices_alone_is_told_as_a_change_and_no_more() -> None:
    old = a_product(s=cad(100))
    (event,) = told(of_product(old), of_product(replace(old, version=2, title="Blouse")))
    assert (event.name, event.data["title"], event.data["product_version"]) == ("ProductChanged", "Blouse", 2)


def test_a_write_that_changes_nothing_visible_tells_nothing() -> None:
    old = a_product(s=cad(100))
    noted = replace(old, version=2, observed_at=AT, changed_by=("a:1",), fixed_by=("b:1",), cause=Cause("other"))
    assert told(of_product(old), of_product(noted)) == ()


def test_nothing_is_told_of_what_nobody_is_shown() -> None:
    bare = replace(a_product(s=cad(100)), described=None)
    assert told(of_product(bare), of_product(replace(bare, version=2, title="Blouse"))) == ()


def test_a_removal_is_told_and_a_return_is_an_addition() -> None:
    old = a_product(s=cad(100))
    trace = removed(old, AT + timedelta(days=1), "api", CAUSE)
    (gone,) = told(of_product(old), of_product(trace))
    assert (gone.name, gone.data["product_version"], gone.data["title"]) == ("ProductRemoved", 2, "Shirt")
    assert names(told(of_product(trace), of_product(a_product(3, s=cad(100))))) == ["ProductAdded", "ProductChanged"]
    assert names(told(of_product(old), None)) == ["ProductRemoved"]
    assert told(of_product(trace), None) == ()


def of_batch(created: int = 1) -> Mapping[str, Any]:
    outcome = ProductBatchApplied("imp_1", 3, 1, created, 0, 0, 1, 0, 0)
    return image("BATCH", AppliedBatch(outcome, AT, CAUSE), "00000003")


def test_an_applied_batch_is_told_once() -> None:
    (event,) = told(None, of_batch())
    assert (event.name, event.data["import_id"], event.data["batch"]) == ("ProductBatchApplied", "imp_1", 3)
    assert told(of_batch(), of_batch()) == ()
    assert told(of_batch(), None) == ()


def test_what_time_removes_tells_nothing() -> None:
    assert told(of_batch(), None, expired=True) == ()
    assert told(of_product(a_product(s=cad(1))), None, expired=True) == ()


def of_offer(version: int, minor: int, first_seen: str = "2026-03-01T00:00:00.000Z") -> Mapping[str, Any]:
    terms = Terms("Corner shop", cad(minor), variant_id="s")
    seen = "2026-03-14T09:00:00.000Z"
    offer = Offer("prd_1", "shop-1", "Shirt", "S", terms, "feed", first_seen, seen, seen, version, CAUSE)
    return image("OFFER", offer, "OFFER#shop-1", last_seen_at=seen)


def test_an_offers_price_is_told_as_the_offers() -> None:
    changed, dropped = told(of_offer(1, 100), of_offer(2, 80))
    assert (changed.data["offer_id"], changed.data["variant_id"], dropped.data["drop_percent"]) == (
        "shop-1",
        "s",
        "20.00",
    )


def test_an_offer_that_was_removed_and_made_anew_has_events_of_its_own() -> None:
    first = told(of_offer(1, 100), of_offer(2, 80))
    anew = "2026-03-10T00:00:00.000Z"
    again = told(of_offer(1, 100, anew), of_offer(2, 80, anew))
    assert {e.event_id for e in first}.isdisjoint(e.event_id for e in again)


@pytest.mark.parametrize("entity", ["PRICE", "OFFERPRICE", "CODE", "RESERVATION", "", "SOMETHING"])
def test_other_items_tell_nothing(entity: str) -> None:
    assert told(None, {"pk": {"S": f"C#{CLIENT}#X"}, "sk": {"S": "x"}, "entity": {"S": entity}}) == ()


@pytest.mark.parametrize("entity", ["PRODUCT", "BATCH", "OFFER"])
def test_an_item_that_is_not_as_we_write_it_is_refused(entity: str) -> None:
    with pytest.raises(Malformed, match=entity):
        told(None, {"pk": {"S": f"C#{CLIENT}#P#x"}, "sk": {"S": "x"}, "entity": {"S": entity}, "doc": {"S": "{}"}})


MONEY = st.one_of(st.none(), st.builds(Money, st.integers(0, 3), st.sampled_from(["CAD", "USD"])))
STATES = st.lists(st.dictionaries(st.sampled_from(["s", "m", "l"]), MONEY), min_size=1, max_size=6)


@given(STATES)
def test_every_difference_between_two_states_is_told_exactly_once(states: list[dict[str, Money | None]]) -> None:
    seen: list[Event] = []
    expected: list[tuple[str, str, str]] = []
    old: dict[str, Money | None] = {}
    before = None
    for version, prices in enumerate(states, start=1):
        after = a_product(version, **prices)
        seen += [*told(of_product(before), of_product(after)), *told(of_product(before), of_product(after))]
        for name in sorted({*old, *prices} if before else ()):
            was, now = old.get(name), prices.get(name)
            if was != now:
                expected.append(("PriceChanged", str(version), name))
            if was and now and was.currency == now.currency and now.minor < was.minor:
                expected.append(("PriceDropped", str(version), name))
        old, before = prices, after
    once = {event.event_id: event for event in seen}
    changes = [e for e in once.values() if e.name not in {"ProductAdded", "ProductChanged"}]
    assert [(e.name, str(e.data["product_version"]), e.data["variant_id"]) for e in changes] == expected
    assert len(seen) == 2 * len(once)

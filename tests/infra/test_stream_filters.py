"""Stream readers are woken by what they have something to say of, and by nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from skuflow.billing import announcements as billing_announcements
from skuflow.catalog import announcements as catalog_announcements
from skuflow.catalog import store as catalog_store
from skuflow.catalog.projections import projection
from skuflow.contracts.sync import SOURCE, SourceSnapshotRead
from skuflow.kernel.events import Event
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.event_bus import Announcement, Change, EventBus, changes
from skuflow.quality import announcements as quality_announcements
from skuflow.sync import announcements as sync_announcements
from tests.doubles import START
from tests.infra import billing_life, shop_life
from tests.infra.templates import Assembly
from tests.scenarios.pump import Pump
from tests.scenarios.seller import Seller
from tests.scenarios.shelf import Shelf
from tests.scenarios.stage import BUCKET, BUS, Stage, staged
from tests.streams import TableStream, expired

MAX_FILTERS = 5
"""As many as Lambda takes for one event source."""

Says = Callable[[Change], object]
READERS: dict[str, tuple[str, Says]] = {
    "billing/on_table_change": ("billing", lambda change: billing_announcements.translate(change).events),
    "catalog/on_table_change": ("catalog", lambda change: catalog_announcements.translate(change).events),
    "catalog/update_projections": ("catalog", projection),
    "quality/on_table_change": ("quality", lambda change: quality_announcements.translate(change).events),
    "sync/on_table_change": ("sync", lambda change: sync_announcements.translate(change).events),
}
"""Stream reader -> whose table it reads, and what it makes of a change: nothing at all, or something."""


def filters(assembly: Assembly, door: str) -> list[dict[str, Any]]:
    ours = assembly.functions[door].where
    (source,) = (m for m, f, _ in assembly.sources(of="AWS::DynamoDB::Table") if f.where == ours)
    return [json.loads(one["Pattern"]) for one in source.properties["FilterCriteria"]["Filters"]]


def matches(pattern: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Lambda's event filtering, as far as our patterns use it: nested fields, equal values, prefixes."""
    return all(name in record and _holds(wanted, record[name]) for name, wanted in pattern.items())


def _holds(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping):
        return matches(wanted, value)
    return any(value.startswith(one["prefix"]) if isinstance(one, Mapping) else value == one for one in wanted)


@dataclass(frozen=True)
class History:
    """All records of each context's stream, after a life in which every kind of item was written, changed and removed."""

    records: Mapping[str, list[dict[str, Any]]]

    def of(self, door: str) -> Iterator[tuple[dict[str, Any], object]]:
        """Each record, and what the reader says of it."""
        context, says = READERS[door]
        for record, change in changes({"Records": self.records[context]}):
            yield record, says(change)


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    with staged() as stage:
        _live(stage)
        records: dict[str, list[dict[str, Any]]] = {}
        for context in ("billing", "catalog", "quality", "sync"):
            event = TableStream(stage.tables[context]).take()
            assert event is not None
            lasting = [record for record in event["Records"] if "expires_at" in record["dynamodb"].get("NewImage", {})]
            records[context] = [*event["Records"], *map(expired, lasting)]
        yield History(records)


def _live(stage: Stage) -> None:
    area = ("catalog:read", "catalog:write", "imports:read", "imports:write", "inventory:write")
    scopes = (*area, "quality:read", "quality:write", *billing_life.SCOPES)
    seller, shelf = Seller.joins(stage, "Harbour & Field", scopes), Shelf.of(2)
    for version in (shelf, shelf.repriced({"SKU-0-S": 900}).restocked({"SKU-0-M": 0})):
        seller.uploads(version)
        Pump(stage).run()
    _shop(seller, next(seller.products()))
    Pump(stage).run()
    _mend(seller)
    _vanish(stage, ClientId(seller.client_id))
    Pump(stage).run()
    shop_life.live(stage.tables["sync"], seller.client_id)
    billing_life.live(seller)
    _remove_for_good(stage)


def _shop(seller: Seller, product: dict[str, Any]) -> None:
    """What a shop does by hand, from a new brand to the end of a product."""

    def call(method: str, path: str, body: Any = None) -> None:
        answer = seller.call("catalog/api", method, path, body=body)
        assert answer.status < 300, (path, answer.body)

    where, price = f"/v1/products/{product['product_id']}", {"amount_minor": 500, "currency": "CAD"}
    variant_id = next(v["variant_id"] for v in product["variants"] if v["stock"]["available"])
    names = {"product_id": product["product_id"], "variant_id": variant_id}
    call("POST", "/v1/brands", {"name": "Harbour"})
    call("POST", "/v1/categories", {"market": "CA", "name": "Shirts"})
    call("POST", "/v1/collections", {"title": "Summer", "product_ids": [product["product_id"]]})
    call("PATCH", where, {"variants": [{"variant_id": variant_id, "sku": "NEW", "price": price}]})
    call("POST", f"{where}/inventory/adjustments", {"adjustments": [{"variant_id": variant_id, "units": 4}]})
    for end in ("release", "commit"):
        call("POST", "/v1/reservations", {"reservation_id": f"cart-{end}", "lines": [{**names, "quantity": 1}]})
        call("POST", f"/v1/reservations/cart-{end}/{end}")
    for minor in (700, 600):
        terms = {"retailer": "Corner", "url": "https://corner.example", "price": {**price, "amount_minor": minor}}
        call("PUT", f"{where}/offers/corner", terms)
    call("DELETE", f"{where}/offers/corner")
    call("DELETE", where)


def _mend(seller: Seller) -> None:
    """A product that needs mending is mended and had back as it was, while somebody watches the score."""

    def call(method: str, path: str, body: Any = None) -> Any:
        door = "catalog/api" if path == "/v1/products" else "quality/api"
        answer = seller.call(door, method, path, body=body)
        assert answer.status < 300, (path, answer.body)
        Pump(seller.stage).run()
        return answer.body

    call("POST", "/v1/products", {"title": "Shirt &amp; tie", "variants": [{"sku": "TIE"}]})
    call("POST", "/v1/quality/rules", {"name": "url", "entity": "product", "field": "url", "kind": "required"})
    call("PUT", "/v1/quality/built-in-rules", {"rule_id": "title.length", "weight": 5})
    call("PUT", "/v1/quality/fix-settings", {"acronyms": ["USB"]})
    call("PUT", "/v1/quality/thresholds", {"metric": "score", "direction": "below", "limit": "100"})
    mended = call("POST", "/v1/quality/jobs", {"mode": "fix"})
    call("POST", f"/v1/quality/jobs/{mended['job_id']}/revert")


def _vanish(stage: Stage, owner: ClientId) -> None:
    """A shop without products was read to its end: whatever the catalogue has of it is looked for."""
    key = f"bulk/{owner}/run_1/keys.txt"
    stage.put_object(key, b"")
    read = SourceSnapshotRead("run_1", "shopify:maple.myshopify.com", BUCKET, key, 0, "2026-01-31T12:00:00.000Z")
    told = Event("evt_1", "SourceSnapshotRead", SOURCE, START, owner, 1, shop_life.CAUSE, asdict(read))
    EventBus(client("events"), BUS).publish([Announcement("run_1", (told,))])


def _remove_for_good(stage: Stage) -> None:
    """An operator deletes every item of the tables."""
    for context in ("billing", "catalog", "quality", "sync"):
        name = stage.tables[context]
        for item in client("dynamodb").scan(TableName=name)["Items"]:
            key = {part: item[part] for part in ("pk", "sk")}
            client("dynamodb").delete_item(TableName=name, Key=key)


def test_every_stream_reader_has_filters_and_no_more_than_lambda_takes(staging: Assembly) -> None:
    readers = {f.where for _, f, _ in staging.sources(of="AWS::DynamoDB::Table")}
    assert readers == {staging.functions[door].where for door in READERS}
    assert all(0 < len(filters(staging, door)) <= MAX_FILTERS for door in READERS)


def test_the_history_holds_every_kind_of_item(history: History) -> None:
    images = [
        record["dynamodb"].get("NewImage") or record["dynamodb"]["OldImage"] for record in history.records["catalog"]
    ]
    kinds = {value for name, value in vars(catalog_store).items() if name.isupper() and isinstance(value, str)}
    assert {image["entity"]["S"] for image in images} == kinds
    sorts = {record["dynamodb"]["Keys"]["sk"]["S"].partition("#")[0] for record in history.records["sync"]}
    assert {"IMPORT", "SLICE", "TALLY", *shop_life.SORTS} <= sorts


@pytest.mark.parametrize("door", READERS)
def test_what_a_reader_would_speak_of_reaches_it(staging: Assembly, history: History, door: str) -> None:
    patterns = filters(staging, door)
    spoken_of = [record for record, said in history.of(door) if said]
    assert len(spoken_of) > 3
    assert all(any(matches(pattern, record) for pattern in patterns) for record in spoken_of)


@pytest.mark.parametrize(
    ("door", "silent"),
    [
        (
            "catalog/on_table_change",
            {
                "PRICE", "OFFERPRICE", "CODE", "HOLD", "ADJUSTMENT", "RESERVATION", "CATEGORIES", "BRAND", "COLLECTION", "SEARCH",
            },
        ),
        (
            "catalog/update_projections",
            {
                "PRICE", "OFFERPRICE", "CODE", "HOLD", "ADJUSTMENT", "RESERVATION", "CATEGORIES", "BRAND", "COLLECTION", "BATCH",
                "SEARCH", "REMOVAL",
            },
        ),
        ("quality/on_table_change", {"OUTCOME", "TALLY", "RULES", "REPORT", "AT", "RULE", "OVERRIDE", "FIXING", "THRESHOLD"}),
        ("billing/on_table_change", billing_life.SILENT),
        ("sync/on_table_change", {"TALLY", "TOKEN", "LOOKUP", "COUNTS", "TROUBLE"}),
    ],
)  # fmt: skip
def test_other_writes_wake_nobody(staging: Assembly, history: History, door: str, silent: set[str]) -> None:
    patterns = filters(staging, door)
    woken = {_kind(record) for record, _ in history.of(door) if any(matches(pattern, record) for pattern in patterns)}
    assert woken
    assert woken & silent == set()
    assert silent <= {_kind(record) for record, _ in history.of(door)}


def test_what_time_removes_wakes_nobody(staging: Assembly, history: History) -> None:
    for door in READERS:
        gone = [record for record, _ in history.of(door) if "userIdentity" in record]
        assert gone
        assert not [r for r in gone if any(matches(pattern, r) for pattern in filters(staging, door))]


def _kind(record: Mapping[str, Any]) -> str:
    images = record["dynamodb"]
    image = images.get("NewImage") or images["OldImage"]
    return str(image["entity"]["S"] if "entity" in image else image["sk"]["S"].partition("#")[0])

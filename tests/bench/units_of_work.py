"""What each unit of work asks of AWS, measured on the real functions: files, the HTTP API, stock, events, the clock. What comes
from shops is in `units_of_shops`.

The time stands still but where a story moves it, and ids and sizes are fixed, so that the same code gives the same figures. Each
function is warm: it has run once before it is measured, and remembers flags, secrets and shops as it does for minutes on Lambda.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_UP, Decimal
from typing import Any
from unittest.mock import patch
from uuid import UUID

import msgspec

from local.costs.ledger import Function, Measured, Unit
from skuflow.contracts.quality import Fix, ProductFixes, ProductFixesDecided
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.event_bus import Announcement, EventBus
from tests.bench.capacity import Item, size_of
from tests.bench.recorder import Recorder, recorded
from tests.bench.sample_catalogue import Sample
from tests.scenarios.pump import Pump
from tests.scenarios.seller import Seller
from tests.scenarios.stage import BUCKET, BUS, Stage, staged
from tests.scenarios.stage_time import StageTime
from tests.tables import LAYOUTS, Layout

BEGIN = datetime(2026, 11, 2, 15, tzinfo=UTC)
PRODUCTS = 40
"""Of the sample file: about 280 rows, a handful of variants and pictures to each product."""
FIXED = 50
"""Products in a batch of fixes: as many as it may have."""

ITEM_OVERHEAD = 100
"""Bytes that DynamoDB adds to each stored item and to each entry of an index."""

_PLACES = Decimal("0.0001")


@dataclass(slots=True)
class Measuring:
    """One stage and what was measured on it."""

    stage: Stage
    recorder: Recorder
    seller: Seller
    units: dict[str, Unit] = field(default_factory=dict)

    @contextmanager
    def unit(self, name: str, what: str, *, per: int = 1) -> Iterator[None]:
        """What happens inside the block, to the end of all that follows from it, is `per` units of work."""
        before = kept(self.stage)
        self.recorder.begin()
        yield
        self.pump()
        self.units[name] = Unit(what, self.shares(per), _growth(before, kept(self.stage), per))

    def shares(self, per: int) -> dict[str, dict[str, Decimal]]:
        """Function -> amounts since the recorder began, divided by `per`."""
        return {
            door: {name: _share(amount, per) for name, amount in sorted(amounts.items())}
            for door, amounts in self.recorder.taken().items()
            if amounts
        }

    def pump(self) -> None:
        Pump(self.stage).run()

    def passes(self, seconds: float) -> None:
        self.stage.time.advance(seconds)

    def ask(self, door: str, method: str, path: str, **how: Any) -> Any:
        return self.recorder.ask(door, method, path, client_id=self.seller.client_id, **how)

    def decides(self, products: Sequence[Any]) -> None:
        """Put on the bus that the products' titles are to be mended."""
        fixes = [(one["product_id"], (Fix("title", one["title"], one["title"].title()),)) for one in products]
        decided = ProductFixesDecided(f"job_{len(fixes)}", 1, tuple(ProductFixes(*one) for one in fixes))
        client_id, data = ClientId(self.seller.client_id), msgspec.to_builtins(decided)
        told = Event(
            event_id(client_id, "ProductFixesDecided", decided.job_id, "1"),
            *("ProductFixesDecided", "skuflow.quality", self.stage.time(), client_id, 1, Cause("bench"), data),
        )
        EventBus(client("events"), BUS).publish([Announcement(decided.job_id, (told,))])

    def upload(self, sample: Sample) -> None:
        """One import to its end. Raises RuntimeError if it did not complete."""
        made = self.ask("sync/api", "POST", "/v1/imports", body={"file_name": "catalogue.csv"})
        self.stage.put_object(made["upload"]["fields"]["key"], sample.as_csv())
        self.recorder.use("sync/receive_upload").counts["s3:PutObject"] += 1  # the upload itself, which is billed to us
        self.pump()
        with self.recorder.apart():
            seen = self.ask("sync/api", "GET", f"/v1/imports/{made['import']['import_id']}")
        if seen["status"] != "completed":
            raise RuntimeError(f"the import of the sample ended as {seen}")


@contextmanager
def measuring(
    functions: Mapping[str, Function], name: str, scopes: tuple[str, ...] = (), time: StageTime | None = None
) -> Iterator[Measuring]:
    """A stage with one client, on which nothing is under way."""
    numbers = random.Random(name)
    ids = patch("skuflow.platform.clock.uuid4", lambda: UUID(int=numbers.getrandbits(128), version=4))
    with ids, staged(time or StageTime(standing=BEGIN)) as stage, recorded(stage, functions) as recorder:
        work = Measuring(stage, recorder, Seller.joins(stage, name, scopes))
        work.pump()
        yield work


def measured(functions: Mapping[str, Function]) -> Measured:
    """Every unit of work. `functions` as deployed: memory, batch sizes, filters."""
    from tests.bench.units_of_billing import meter
    from tests.bench.units_of_invoices import bill
    from tests.bench.units_of_quality import check
    from tests.bench.units_of_shops import shop_units

    with measuring(functions, "Harbour & Field") as work:
        for measure in (_access, _imports, _reading, _changing, _fixing, _reserving, _clock, meter, check, bill):
            measure(work)
            work.passes(120)
        units, metrics = work.units, set(work.recorder.metrics)
    shops, more = shop_units(functions)
    by_context: dict[str, int] = {}
    for door, _name in sorted(metrics | more):
        context = door.split("/")[0]
        by_context[context] = by_context.get(context, 0) + 1
    return Measured(dict(sorted((units | shops).items())), by_context)


def _access(work: Measuring) -> None:
    checked = {"version": "2.0", "identitySource": [f"Bearer {work.seller.key}"]}
    work.recorder.invoke("access/authorizer", checked)
    with work.unit("key_check", "An API key is checked by the authorizer"):
        work.recorder.invoke("access/authorizer", checked)
    with work.unit("client_made", "An operator makes a client and its first key"):
        Seller.joins(work.stage, "Maple Outfitters")
    work.ask("access/api", "GET", "/v1/client")
    with work.unit("client_read", "A client reads its own record over HTTP"):
        work.ask("access/api", "GET", "/v1/client")
    work.ask("platform/api_reference", "GET", "/health")
    with work.unit("health_read", "GET /health"):
        work.ask("platform/api_reference", "GET", "/health")


def _imports(work: Measuring) -> None:
    work.upload(Sample(1))
    first, cheaper = Sample(PRODUCTS), Sample(PRODUCTS, cheaper=100)
    rows = first.as_csv().count(b"\n") - 1
    for outcome, sample in (("created", first), ("unchanged", first), ("updated", cheaper)):
        work.passes(3600)
        with work.unit(
            f"import_row_{outcome}",
            f"A row of an imported file, its product {outcome}; by a file of {rows} rows",
            per=rows,
        ):
            work.upload(sample)


def _reading(work: Measuring) -> None:
    asked = {"limit": 20, "status": "active"}
    product = work.ask("catalog/api", "GET", "/v1/products", query=asked)["items"][0]
    path = f"/v1/products/{product['product_id']}"
    with work.unit("product_read", "A product is read over HTTP"):
        work.ask("catalog/api", "GET", path)
    with work.unit("product_search", "A page of 20 products is searched by a filter over HTTP"):
        work.ask("catalog/api", "GET", "/v1/products", query=asked)
    with work.unit("price_history_page", "A page of a product's price history is read over HTTP"):
        work.ask("catalog/api", "GET", f"{path}/price-history")


def _changing(work: Measuring) -> None:
    price, lower = ({"amount_minor": amount, "currency": "CAD"} for amount in (1999, 1899))
    made = work.ask(
        "catalog/api", "POST", "/v1/products", body={"title": "Linen shirt", "variants": [{"sku": "S", "price": price}]}
    )
    work.pump()
    work.passes(60)
    variant = made["variants"][0]["variant_id"]
    with work.unit("product_changed", "A product's price is changed over HTTP, with the events that tell of it"):
        work.ask(
            "catalog/api",
            "PATCH",
            f"/v1/products/{made['product_id']}",
            body={"variants": [{"variant_id": variant, "price": lower}]},
        )
    door = "catalog/on_table_change"
    told = work.units["product_changed"].doors[door]
    per = int(told["events"])
    shares = {name: _share(amount, per) for name, amount in told.items()}
    work.units["event"] = Unit(f"An event is put on the bus; by a change that says {per}", {door: shares}, {})


def _fixing(work: Measuring) -> None:
    made = [work.ask("catalog/api", "POST", "/v1/products", body={"title": f"HAT {n}"}) for n in range(FIXED + 1)]
    work.pump()
    work.passes(60)
    work.decides(made[FIXED:])
    work.pump()
    with work.unit("product_fixed", f"A decided fix is applied to a product; in a batch of {FIXED}", per=FIXED):
        work.decides(made[:FIXED])


def _reserving(work: Measuring) -> None:
    price = {"amount_minor": 1999, "currency": "CAD"}
    made = work.ask(
        "catalog/api", "POST", "/v1/products", body={"title": "Felt hat", "variants": [{"sku": "H", "price": price}]}
    )
    product, variant = made["product_id"], made["variants"][0]["variant_id"]
    levels = {"tracked": True, "levels": [{"on_hand": 90}]}
    work.ask("catalog/api", "PUT", f"/v1/products/{product}/inventory/{variant}", body=levels)
    line = {"product_id": product, "variant_id": variant, "quantity": 1}
    work.pump()
    with work.unit("reservation", "Goods are reserved and handed over, by two HTTP requests"):
        held = work.ask(
            "catalog/api", "POST", "/v1/reservations", body={"lines": [line], "reservation_id": "order-0000001"}
        )
        work.ask("catalog/api", "POST", f"/v1/reservations/{held['reservation_id']}/commit")
    with work.unit("reservation_expired", "Goods are reserved and come back when the time is over"):
        body = {"lines": [line], "reservation_id": "order-0000002", "hold_seconds": 60}
        work.ask("catalog/api", "POST", "/v1/reservations", body=body)
        work.passes(3600)
        work.recorder.invoke("catalog/release_expired_reservations", {})


def _clock(work: Measuring) -> None:
    for door, what in (
        ("catalog/release_expired_reservations", "no reservation has run out"),
        ("sync/run_due_shops", "no shop is due"),
    ):
        work.recorder.invoke(door, {})
        with work.unit(f"minute_of_{door.split('/')[1]}", f"A minute passes and {what}"):
            work.recorder.invoke(door, {})


def _share(amount: float, per: int) -> Decimal:
    return (Decimal(str(amount)) / per).quantize(_PLACES, ROUND_UP).normalize() + 0


def kept(stage: Stage) -> dict[str, int]:
    """Bytes that lie in each table, `table:<context>`, and below each prefix of the bucket, `bucket:<prefix>`."""
    found = {f"table:{name}": _stored(table, LAYOUTS[name]) for name, table in stage.tables.items()}
    for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for one in page.get("Contents", []):
            place = f"bucket:{one['Key'].split('/')[0]}"
            found[place] = found.get(place, 0) + one["Size"]
    return found


def _stored(table: str, layout: Layout) -> int:
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return sum(_weight(item, layout) for page in pages for item in page["Items"])


def _weight(item: Item, layout: Layout) -> int:
    """An item with its entries in the indexes, which hold keys alone."""
    own = [name for name in (layout.pk, layout.sk) if name is not None]
    weight = size_of(item) + ITEM_OVERHEAD
    for _, *keys in layout.indexes:
        if all(key in item for key in keys):
            weight += size_of({name: item[name] for name in {*own, *keys}}) + ITEM_OVERHEAD
    return weight


def _growth(before: Mapping[str, int], after: Mapping[str, int], per: int) -> dict[str, Decimal]:
    grown = {place: size - before.get(place, 0) for place, size in after.items()}
    return {place: _share(size, per) for place, size in sorted(grown.items()) if size > 0}

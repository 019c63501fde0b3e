"""What a bulk operation's result of 100,000 variants takes: memory and time of a fresh process that reads it through the real
handler, and what is written when an unchanged result is applied again.

The file is shuffled: children lie anywhere, far from their parents. It comes over HTTP from another process, which also stands
where S3 does; the few records of the sync table are kept in memory. Outside of the measured process are the file, the spool and
the batches; inside are botocore, httpx and everything of ours.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.architecture.repository import ROOT
from tests.bench.bulk_reading import RESULT
from tests.bench.bulk_server import place, serving
from tests.bench.catalogue_costs import BOOKKEEPING
from tests.bench.metering import Meter
from tests.calls import watched
from tests.doubles import FakeClock
from tests.functions.sync.bulk_world import OBSERVED_AT, bulk_world_in
from tests.scenarios.pump import Pump
from tests.scenarios.stage import staged
from tests.shopify_result import catalogue_lines, encoded, shuffled

VARIANTS = 100_000
PER_PRODUCT = 20
RESYNCED_PRODUCTS = 60
ProductCounts = tuple[int, int, int]
"""Created, updated, unchanged."""

BOOKS = BOOKKEEPING | {"catalog:REMOVAL", "catalog:SEARCH"}
"""Items of the catalogue's table that belong to the run: one per batch, and those of the search for products that are gone."""

_HEAPS = 16
_WORDS = ("linen", "cotton", "wool", "brushed", "organic", "lined", "hooded", "maple", "cedar", "river", "café", "été")


def lines_of(product: int, variants: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """One product as Shopify's lines: a description of some paragraphs, `variants` variants, four pictures."""
    gid = f"gid://shopify/Product/{8_000_000_000_000 + product}"
    cdn = f"https://cdn.shopify.com/s/files/1/0551/4566/0472/products/{product}"
    title = " ".join(chance.sample(_WORDS, 4)).title()
    yield {
        "id": gid,
        "title": title,
        "handle": f"product-{product}",
        "descriptionHtml": "".join(f"<p>{' '.join(chance.choices(_WORDS, k=40))}.</p>" for _ in range(6)),
        "vendor": f"Maker {product % 40}",
        "productType": "Shirts",
        "category": {"fullName": "Apparel & Accessories > Clothing > Shirts & Tops"},
        "tags": chance.sample(_WORDS, 4),
        "status": "ACTIVE",
        "updatedAt": "2026-03-13T21:05:09Z",
        "featuredMedia": {"id": f"gid://shopify/MediaImage/{33_000_000_000_000 + product * 10}"},
    }
    for index in range(1, variants + 1):
        number = 45_000_000_000_000 + product * 3_000 + index
        yield {
            "id": f"gid://shopify/ProductVariant/{number}",
            "position": index,
            "sku": f"P{product}-{index}",
            "barcode": None,
            "price": f"{chance.randint(9, 199)}.{chance.randint(0, 99):02d}",
            "compareAtPrice": None,
            "inventoryPolicy": "DENY",
            "inventoryQuantity": chance.randint(0, 90),
            "selectedOptions": [
                {"name": "Colour", "value": _WORDS[index % 12]},
                {"name": "Size", "value": f"{index // 12 + 30}"},
            ],
            "image": {"url": f"{cdn}/colour-{index % 4}.jpg?v=1710362709"},
            "inventoryItem": {
                "id": f"gid://shopify/InventoryItem/{number}",
                "tracked": True,
                "unitCost": {"amount": "4.5", "currencyCode": "CAD"},
                "measurement": {"weight": {"value": 0.35, "unit": "KILOGRAMS"}},
            },
            "__parentId": gid,
        }
    for index in range(4):
        yield {
            "id": f"gid://shopify/MediaImage/{33_000_000_000_000 + product * 10 + index}",
            "alt": f"{title}, picture {index}",
            "mediaContentType": "IMAGE",
            "image": {"url": f"{cdn}/colour-{index}.jpg?v=1710362709"},
            "__parentId": gid,
        }


def write_result(path: Path, variants: int, per_product: int = PER_PRODUCT) -> None:
    """A result of `variants` variants, its lines in no order; the same on every run. Shuffled in two passes, so that a large one
    takes little memory here."""
    chance = random.Random(3)
    heaps = [path.with_suffix(f".{number}") for number in range(_HEAPS)]
    with ExitStack() as open_:
        files = [open_.enter_context(heap.open("wb")) for heap in heaps]
        for product in range(variants // per_product):
            for line in lines_of(product, per_product, chance):
                chance.choice(files).write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    with path.open("wb") as file:
        for heap in heaps:
            lines = heap.read_bytes().splitlines(keepends=True)
            chance.shuffle(lines)
            file.writelines(lines)
            heap.unlink()


def measured_apart(variants: int, per_product: int = PER_PRODUCT) -> dict[str, Any]:
    """`read_result` in a fresh process, of a result of `variants` variants. Raises RuntimeError if not all of it came through."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = place(folder, RESULT)
        write_result(path, variants, per_product)
        with serving(folder) as port:
            environment = {
                **os.environ,
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_DEFAULT_REGION": "ca-central-1",
                "AWS_ACCESS_KEY_ID": "bench",
                "AWS_SECRET_ACCESS_KEY": "bench",
                "SKUFLOW_STAGE": "local",
                "POWERTOOLS_LOG_LEVEL": "CRITICAL",
                "POWERTOOLS_METRICS_DISABLED": "true",
                "POWERTOOLS_TRACE_DISABLED": "true",
            }
            command = [sys.executable, "-m", "tests.bench.bulk_reading", str(port), str(path.stat().st_size)]
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if (found["variants"], found["rejected"]) != (variants // per_product * per_product, 0):
        raise RuntimeError(f"not all of the result came through: {found}")
    return found


@dataclass(frozen=True, slots=True)
class Resync:
    """What applying an unchanged result again wrote, request by request, and what became of its products."""

    meter: Meter
    first: ProductCounts
    second: ProductCounts

    def figures(self) -> dict[str, float]:
        written = sum(n for kind, n in self.meter.writes.items() if kind.startswith("catalog:") and kind not in BOOKS)
        return {
            "bulk_resync_writes": written,
            "bulk_resync_bookkeeping_writes": sum(self.meter.writes.values()) - written,
        }


def resynced(products: int = RESYNCED_PRODUCTS) -> Resync:
    """One result read and applied twice, by all functions that take part, from the file to the outcomes; the second time metered.
    The second operation shows the same state an hour later."""
    content = encoded(shuffled(catalogue_lines(range(products), variants=4)))
    with staged() as stage:
        world = bulk_world_in(stage.tables["sync"], FakeClock())
        world.read(content, "run_1")
        Pump(stage).run()
        meter = Meter()
        with watched(meter):
            world.read(content, "run_2", observed_at=OBSERVED_AT + timedelta(hours=1))
        Pump(stage, watcher=meter).run()
        first, second = (_counts(stage.told, run_id) for run_id in ("run_1", "run_2"))
    return Resync(meter, first, second)


def _counts(told: list[dict[str, Any]], run_id: str) -> ProductCounts:
    applied = [event["detail"]["data"] for event in told if event["detail-type"] == "ProductBatchApplied"]
    ours = [data for data in applied if data["import_id"] == run_id]
    created, updated, unchanged = (
        sum(data[f"products_{name}"] for data in ours) for name in ("created", "updated", "unchanged")
    )
    return created, updated, unchanged


def measure() -> dict[str, float]:
    found = measured_apart(VARIANTS)
    return {
        "bulk_100k_peak_mb": found["peak_mb"],
        "bulk_100k_seconds": found["seconds"],
        "bulk_100k_file_mb": found["megabytes"],
        **resynced().figures(),
    }

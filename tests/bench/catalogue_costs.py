"""What one product costs AWS-wise when it is created, changed, or uploaded again as it was; counted, not timed.

The sample catalogue goes through every function of the way, from the uploaded object to the completed import, on the AWS in
memory. Requests are what leaves botocore, retries included. Units follow AWS's rules (see `capacity`).
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.metering import Meter
from tests.bench.sample_catalogue import Sample
from tests.http import CLIENT
from tests.scenarios.pump import Pump
from tests.scenarios.stage import Stage, staged

PRODUCTS = 300
BOOKKEEPING = frozenset({"catalog:BATCH"})
"""Items of the catalogue's table that belong to the import, not to a product: one per batch, whatever is in it."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Three uploads of one catalogue: new, unchanged, and with every price changed. `batches` is how many batches each had."""

    created: Meter
    unchanged: Meter
    updated: Meter
    products: int
    batches: int

    def figures(self) -> dict[str, float]:
        return {
            "unchanged_writes": catalogue_writes(self.unchanged),
            "bookkeeping_writes_per_batch": self._bookkeeping_per_batch(),
            "write_units_ratio": round(self._write_units_ratio(), 3),
            "stored_product_bytes": round(self._stored_size()),
            **self._per_product("created", self.created),
            **self._per_product("updated", self.updated),
            **self._per_product("unchanged", self.unchanged),
        }

    def _write_units_ratio(self) -> float:
        """Units of everything that a changed product writes, over its size in KB."""
        return catalogue_units(self.updated) / self.products / (self._stored_size() / 1024)

    def _stored_size(self) -> float:
        sizes = self.updated.sizes["catalog:PRODUCT"]
        return sum(sizes) / len(sizes)

    def _bookkeeping_per_batch(self) -> float:
        return sum(self.unchanged.writes[kind] for kind in BOOKKEEPING) / self.batches

    def _per_product(self, outcome: str, meter: Meter) -> dict[str, float]:
        return {
            f"requests_per_{outcome}_product": round(sum(meter.requests.values()) / self.products, 3),
            f"write_units_per_{outcome}_product": round(catalogue_units(meter) / self.products, 3),
            f"read_units_per_{outcome}_product": round(meter.read_units / self.products, 3),
        }


def catalogue_writes(meter: Meter) -> int:
    """Writes of items of the catalogue, bookkeeping left out."""
    return sum(n for kind, n in meter.writes.items() if kind.startswith("catalog:") and kind not in BOOKKEEPING)


def catalogue_units(meter: Meter) -> int:
    return sum(n for kind, n in meter.write_units.items() if kind.startswith("catalog:") and kind not in BOOKKEEPING)


def measured(products: int = PRODUCTS) -> Costs:
    """The three uploads, metered."""
    with staged() as stage:
        return Costs(
            created=upload(stage, Sample(products)),
            unchanged=upload(stage, Sample(products)),
            updated=upload(stage, Sample(products, cheaper=100)),
            products=products,
            batches=sum(event["detail-type"] == "ProductBatchReady" for event in stage.told) // 3,
        )


def upload(stage: Stage, sample: Sample) -> Meter:
    """One import of `sample`, to its end; what it cost."""
    meter = Meter()
    made = stage.call("sync/api", "POST", "/v1/imports", client_id=CLIENT, body={"file_name": "catalogue.csv"})
    stage.put_object(made.body["upload"]["fields"]["key"], sample.as_csv())
    Pump(stage, watcher=meter).run()
    answer = stage.call("sync/api", "GET", f"/v1/imports/{made.body['import']['import_id']}", client_id=CLIENT)
    if answer.body["status"] != "completed":
        raise RuntimeError(f"the import of the sample ended as {answer.body['status']}: {answer.body}")
    return meter


def measure() -> dict[str, float]:
    return measured().figures()

"""Results of bulk operations, from the file to the catalogue."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.doubles import FakeClock
from tests.functions.sync.bulk_world import BulkWorld, bulk_world_in
from tests.http import CLIENT
from tests.scenarios.pump import Pump
from tests.scenarios.stage import Stage
from tests.shopify_result import FIRST_ID, catalogue_lines, encoded, product_line, shuffled, variant_line


@pytest.fixture
def world(stage: Stage) -> BulkWorld:
    return bulk_world_in(stage.tables["sync"], FakeClock())


def applied(stage: Stage, run_id: str) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Products created and unchanged, and what was refused, in all batches of the run."""
    told = [event["detail"]["data"] for event in stage.told if event["detail-type"] == "ProductBatchApplied"]
    ours = [data for data in told if data["import_id"] == run_id]
    counts = {name: sum(data[f"products_{name}"] for data in ours) for name in ("created", "unchanged")}
    return counts, [refusal for data in ours for refusal in data["rejected"]]


@pytest.mark.slow
def test_a_product_with_2048_variants_goes_through_as_one(stage: Stage, world: BulkWorld) -> None:
    content = encoded(shuffled(catalogue_lines([1], variants=2048)))
    world.read(content, "run_1")
    Pump(stage).run()
    assert applied(stage, "run_1") == ({"created": 1, "unchanged": 0}, [])
    [listed] = stage.call("catalog/api", "GET", "/v1/products", client_id=CLIENT).body["items"]
    shown = stage.call("catalog/api", "GET", f"/v1/products/{listed['product_id']}", client_id=CLIENT).body
    assert len(shown["variants"]) == 2048
    assert shown["variants"][2047]["sku"] == "LAMP-1-2048"
    world.read(content, "run_2")
    Pump(stage).run()
    assert applied(stage, "run_2") == ({"created": 0, "unchanged": 1}, [])


def test_one_variant_more_than_a_product_may_have_is_refused_and_said(stage: Stage, world: BulkWorld) -> None:
    world.read(encoded(catalogue_lines([1], variants=2049)), "run_1")
    Pump(stage).run()
    assert applied(stage, "run_1") == ({"created": 0, "unchanged": 0}, [])
    [remark] = world.remarks()
    assert (remark.line, remark.column, remark.value, remark.hint) == (1, "variants", "2049", "split the product")


def test_a_product_too_large_to_be_stored_is_refused_and_said(stage: Stage, world: BulkWorld) -> None:
    """Incompressible texts, as long as they may be, on every variant."""

    def noise(seed: int) -> str:
        return "".join(hashlib.sha256(f"{seed}-{part}".encode()).hexdigest() for part in range(7))[:400]

    options = [[{"name": "Engraving", "value": noise(index)}] for index in range(2048)]
    lines = [variant_line(1, index + 1, selectedOptions=chosen) for index, chosen in enumerate(options)]
    world.read(encoded([product_line(1), *lines, *catalogue_lines([2])]), "run_1")
    Pump(stage).run()
    counts, [refusal] = applied(stage, "run_1")
    assert (counts["created"], refusal["field"], refusal["value"]) == (1, "product", str(FIRST_ID + 1))

"""Each function, started from its environment as Lambda starts it."""

from __future__ import annotations

from typing import Any

import pytest

from functions.catalog.api.handler import lambda_handler as api
from functions.catalog.apply_product_batch.handler import lambda_handler as apply_product_batch
from functions.catalog.on_table_change.handler import lambda_handler as on_table_change
from functions.catalog.remove_vanished_products.handler import lambda_handler as remove_vanished_products
from functions.catalog.update_projections.handler import lambda_handler as update_projections
from skuflow.catalog.wiring import SETTINGS
from skuflow.kernel.errors import Misconfigured
from skuflow.platform.aws import client
from skuflow.platform.settings import from_env
from tests.doubles import FakeLambdaContext
from tests.functions.catalog.floor import BUS, Floor
from tests.functions.catalog.source import Source
from tests.http import http_event
from tests.product_batches import BUCKET, Batch, bus_message, product, put_file, queue_event, variant


def test_a_batch_flows_from_the_queue_to_the_api(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = floor.dead_letters.queue_url
    for name, value in {
        "CATALOG_TABLE": floor.table_name,
        "IDEMPOTENCY_TABLE": floor.shop.deps.idempotency_table,
        "BATCH_BUCKET": BUCKET,
        "INBOX_QUEUE_URL": queue,
        "DEAD_LETTER_QUEUE_URL": queue,
        "REJECTS_QUEUE_URL": queue,
        "EVENT_BUS": BUS,
    }.items():
        monkeypatch.setenv(name, value)
    batch = Batch((product("shirt", variant("s", 2)),))
    put_file(client("s3"), batch)
    context: Any = FakeLambdaContext()
    assert apply_product_batch(queue_event([bus_message(batch.event)]), context) == {"batchItemFailures": []}
    event = floor.stream.take()
    update_projections(event, context)
    on_table_change(event, context)
    assert floor.parked() == []
    answer = api(http_event("GET", "/v1/products", query={"sku": "s"}), context)
    assert (answer["statusCode"], '"title":"Shirt"' in answer["body"]) == (200, True)
    deletion = Source(floor, name="shopify").gone("shirt", seconds=60)
    assert remove_vanished_products(queue_event([deletion]), context) == {"batchItemFailures": []}
    assert Source(floor).products() == set()


@pytest.mark.parametrize("trigger", sorted(SETTINGS))
def test_a_function_names_every_setting_that_is_missing(trigger: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        from_env(SETTINGS[trigger], {})
    assert {problem.field for problem in refused.value.problems} == {
        name.upper() for name in SETTINGS[trigger].__annotations__
    }

"""The dependencies of what keeps the copy of the products."""

from __future__ import annotations

from functools import lru_cache

from skuflow.platform.aws import sqs_client
from skuflow.platform.clock import utc_now
from skuflow.platform.settings import from_env
from skuflow.quality.deps import RecordProductDeps
from skuflow.quality.settings import RecordProductSettings

_CLIENTS = 10_000
"""Of so many it is remembered that they are enlisted, so that a product costs one write and not two."""


def build_record_product() -> RecordProductDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind
    from skuflow.quality.nightly_store import NightlyStore
    from skuflow.quality.products_store import ProductsStore
    from skuflow.quality.store import QualityItem

    settings = from_env(RecordProductSettings)
    table = bind(QualityItem, settings.quality_table)
    return RecordProductDeps(
        products=ProductsStore(table),
        enlist=lru_cache(maxsize=_CLIENTS)(NightlyStore(table).enlist),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )

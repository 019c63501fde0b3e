"""Work on shops, one message each: one step with one shop."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.consumer import Message, consume
from skuflow.sync.deps import SyncShopDeps
from skuflow.sync.runs.sync_shop import sync_shop
from skuflow.sync.runs.work import named_shop
from skuflow.sync.wiring import build_sync_shop


def handle(event: Any, context: LambdaContext, deps: SyncShopDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def process(message: Message) -> None:
        client_id, shop = named_shop(message.json())
        sync_shop(client_id, shop, using=deps)

    return consume(event, process, deps.dead_letters, put_back=deps.put_back)


lambda_handler = entrypoint(handle, build_sync_shop)

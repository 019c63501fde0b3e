"""functions/sync/connect_shop: the way of a shop's owner through Shopify's pages and back. Two of its routes are open, because
who comes along them is a browser: it shows a ticket that we gave it, or a signature of Shopify's."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.http_api import routes_of
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack
from infra.sync.data import SyncData

OPEN_REASON = (
    "Visited by browsers, which hold no key: a single-use ticket, or Shopify's signature and our state, let them in."
)


def add(stack: ContextStack, *, shared: SharedStack, data: SyncData, shops: Inbox, authorizer_id: str) -> None:
    function = PythonFunction(
        stack,
        "connect_shop",
        purpose="Connects a Shopify shop through OAuth",
        environment={
            "SYNC_TABLE": data.table.name,
            "SHOP_QUEUE_URL": shops.url,
            **data.shopify.environment(shared),
        },
        memory_mb=1024,
        timeout_seconds=25,
        layers=["layer-outbound"],
    )
    data.table.allow(function, "DeleteItem", "GetItem", "PutItem", "UpdateItem")
    data.shopify.let_call(function, shared)
    shops.accept_from(function)
    shared.api.serve(function, routes_of("sync", "connect_shop"), authorizer_id=authorizer_id, open_because=OPEN_REASON)

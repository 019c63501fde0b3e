"""A shop from its connection to its end, with everything that is written about it in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import bind
from skuflow.sync.model import BatchFile
from skuflow.sync.runs.model import Failure, RunTotals, Snapshot, completed, moved, read_to_end
from skuflow.sync.runs.model import stopped as run_stopped
from skuflow.sync.runs.store import DynamoRuns
from skuflow.sync.shops.model import Shop, Trouble, source_of, stopped
from skuflow.sync.shops.orders import DynamoOrders, Order
from skuflow.sync.shops.privacy_requests import DynamoPrivacyRequests, PrivacyRequest
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.store import SyncItem
from skuflow.sync.webhooks.intake import DynamoIntakes, Gone, Intake
from tests.doubles import START
from tests.fakes.runs import a_run
from tests.fakes.shops import SHOP, connect

CAUSE = Cause("request-1", "call-1")
SORTS = {"SHOP", "TOKEN", "LOOKUP", "COUNTS", "TROUBLE", "RUN", "INTAKE", "ORDER", "REQUEST"}
"""First parts of the sort keys that such a life leaves behind."""


def live(table_name: str, owner: str) -> None:
    """Write it all into the table of that name, which need not hold anything of `owner`."""
    table, client_id = bind(SyncItem, table_name), ClientId(owner)
    shops = DynamoShops(table)
    shop = connect(shops, client_id, cause=CAUSE)
    shop = _runs(client_id, shop, DynamoRuns(table))
    _activity(client_id, shops, table)
    shops.stop(client_id, stopped(shop, "uninstalled", START + timedelta(hours=1), CAUSE))


def _runs(client_id: ClientId, shop: Shop, runs: DynamoRuns) -> Shop:
    """One that is completed and one that fails."""
    run, shop = runs.save_with_shop(client_id, a_run("run_1"), replace(shop, run_id="run_1"))
    for status in ("running", "reading"):
        run = runs.save(client_id, moved(run, status, START))
    run = runs.save(client_id, read_to_end(run, RunTotals(), Snapshot("bucket", "bulk/keys.txt", 0), START))
    _, shop = runs.save_with_shop(client_id, completed(run, RunTotals(), START), replace(shop, run_id=""))
    run, shop = runs.save_with_shop(client_id, a_run("run_2"), replace(shop, run_id="run_2"))
    failed = run_stopped(run, "failed", Failure("shop_frozen", "the shop is frozen", "settle the bill"), START)
    return runs.save_with_shop(client_id, failed, replace(shop, run_id=""))[1]


def _activity(client_id: ClientId, shops: DynamoShops, table: type[SyncItem]) -> None:
    """Webhooks, orders, a privacy request, and what went wrong."""
    shops.count(client_id, SHOP, webhooks_received=1, last_webhook_at=START)
    shops.add_trouble(client_id, SHOP, Trouble("rejected", "gtin '12': is not a GTIN", "give 8 to 14 digits", START))
    files, gone = (BatchFile(1, "batches/1", 2),), (Gone(("44",), START),)
    intake = Intake("itk_1", SHOP, source_of(SHOP), START, START, "bucket", files, gone)
    DynamoIntakes(table).add(client_id, intake, CAUSE)
    order = Order(SHOP, "1001", "#1001", "", "", "", "CAD", (2500, "CAD"), (), START)
    for later in range(2):
        changed = replace(order, name=f"#{later}", observed_at=START + timedelta(seconds=later))
        DynamoOrders(table).put(client_id, changed, CAUSE)
    request = PrivacyRequest("prv_1", "customers/redact", SHOP, START, START + timedelta(days=30), CAUSE)
    DynamoPrivacyRequests(table).add(client_id, request)

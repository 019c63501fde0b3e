"""Another address of a result, once the first has expired."""

from __future__ import annotations

from skuflow.kernel.tenancy import ClientId
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.result_source import ResultGone
from skuflow.sync.shopify.admin import Questions, understanding
from skuflow.sync.shopify.queries import BULK_STATE


def result_url(client_id: ClientId, run: Run, admin: Questions) -> str:
    """Where the result of the run's operation lies, asked of Shopify just now. Raises ResultGone if there is none any more, and as
    `ShopifyAdmin.query` does."""
    data = admin.query(client_id, run.shop, BULK_STATE, {"id": run.operation_id})
    with understanding(BULK_STATE):
        node = data["bulkOperation"] or {}
        url = str(node.get("partialDataUrl" if run.partial else "url") or "")
    if not url:
        raise ResultGone(
            "result_gone",
            "Shopify no longer has the result; it is kept for seven days",
            "start another synchronisation",
        )
    return url

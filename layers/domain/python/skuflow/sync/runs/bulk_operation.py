"""A run's bulk operation: asking Shopify for it once, whatever happens to the answer, and looking how it fares.

Before Shopify is asked, the run notes when: of two workers the one that loses that write does not ask. If no answer comes, nobody
knows whether there is an operation now; once the asking worker must be over, Shopify's list is searched for one that is named
after the run, and only if there is none it is asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from skuflow.kernel.clock import Clock, parse_iso
from skuflow.kernel.errors import Throttled
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger
from skuflow.sync.runs.model import Failure, Run, moved
from skuflow.sync.runs.store import RunStore
from skuflow.sync.shopify.admin import Questions, understanding
from skuflow.sync.shopify.queries import BULK_LATEST, BULK_START, BULK_STATE, catalogue_text
from skuflow.sync.shopify.refusals import ShopifyRefused, checked

ASKING = timedelta(minutes=2)
"""No worker is still asking after this: longer than its function may run."""

BUSY = frozenset({"operation_in_progress", "limit_reached"})
"""User errors that say: there are too many operations at once (five per app and shop). Theirs, or ours of an earlier run."""

_AGAIN = "nothing to do: it is tried again after a pause"
_FAILURES: Mapping[str, Failure] = {
    "ACCESS_DENIED": Failure(
        "access_denied",
        "the shop does not let us read its catalogue",
        "have the shop's owner connect the shop again and grant all scopes",
    ),
    "TIMEOUT": Failure("operation_timeout", "Shopify did not get done with reading the catalogue", _AGAIN),
    "CANCELED": Failure("operation_canceled", "the reading of the catalogue was cancelled at Shopify", _AGAIN),
    "GONE": Failure("operation_gone", "Shopify does not know the operation any more", _AGAIN),
    "EXPIRED": Failure("operation_expired", "the result of the operation is no longer kept by Shopify", _AGAIN),
    "FAILED": Failure("operation_failed", "Shopify failed to read the catalogue", _AGAIN),
}


@dataclass(frozen=True, slots=True)
class Begun:
    """An operation of ours at Shopify."""

    operation_id: str
    created_at: datetime


class OperationEnded(Exception):
    """The operation has ended, and there is nothing to read."""

    def __init__(self, why: Failure) -> None:
        super().__init__(why.code)
        self.why = why


def ask_for_operation(
    client_id: ClientId, run: Run, currency: str, *, admin: Questions, runs: RunStore, clock: Clock
) -> Run:
    """`run`, running; or as it is, if Shopify is busy or another worker may be asking. Raises VersionConflict if another worker was
    faster, and as `ShopifyAdmin.query` does."""
    now = clock()
    if run.asked_at is not None and now - run.asked_at < ASKING:
        return run
    begun = _found(client_id, run, admin) if run.asked_at is not None else None
    if begun is None:
        run = runs.save(client_id, replace(run, asked_at=now))
        begun = _ask(client_id, run, admin, runs)
    if begun is None:
        return runs.get(client_id, run.run_id)
    running = replace(
        moved(run, "running", clock()),
        operation_id=begun.operation_id,
        observed_at=begun.created_at,
        currency=currency,
    )
    logger().info("operation begun", extra={"run_id": run.run_id, "operation_id": begun.operation_id})
    return runs.save(client_id, running)


def _ask(client_id: ClientId, run: Run, admin: Questions, runs: RunStore) -> Begun | None:
    """None if Shopify is busy. What was surely not done may be asked for again at once."""
    try:
        data = admin.query(client_id, run.shop, BULK_START, {"query": catalogue_text(run.run_id)})
        payload = checked(data, "bulkOperationRunQuery")
    except Throttled:
        runs.save(client_id, replace(run, asked_at=None))
        raise
    except ShopifyRefused as error:
        if error.code not in BUSY:
            raise
        logger().info("Shopify is busy with other operations", extra={"run_id": run.run_id})
        runs.save(client_id, replace(run, asked_at=None))
        return None
    with understanding(BULK_START):
        return _begun(payload["bulkOperation"])


def _found(client_id: ClientId, run: Run, admin: Questions) -> Begun | None:
    """The operation that was asked for earlier, if it came about."""
    data = admin.query(client_id, run.shop, BULK_LATEST)
    with understanding(BULK_LATEST):
        nodes = data["bulkOperations"]["nodes"]
        ours = [node for node in nodes if run.run_id in str(node["query"] or "")]
        return _begun(ours[0]) if ours else None


def _begun(node: Mapping[str, Any]) -> Begun:
    return Begun(str(node["id"]), parse_iso(str(node["createdAt"])))


def look_at_operation(client_id: ClientId, run: Run, *, admin: Questions, runs: RunStore, clock: Clock) -> Run:
    """`run`, ready to be read (a catalogue without products has no result: `url` is "" then); or as it is while Shopify is at it.
    Raises OperationEnded, VersionConflict if another worker was faster, and as `ShopifyAdmin.query` does."""
    data = admin.query(client_id, run.shop, BULK_STATE, {"id": run.operation_id})
    with understanding(BULK_STATE):
        node = data["bulkOperation"]
        if node is None:
            raise OperationEnded(_FAILURES["GONE"])
        status, error = str(node["status"]), str(node.get("errorCode") or "")
        whole, part = str(node["url"] or ""), str(node["partialDataUrl"] or "")
        size, objects = int(node["fileSize"] or 0), int(node["objectCount"])
    if status in {"CREATED", "RUNNING", "CANCELING"}:
        return run
    if status == "COMPLETED" and (whole or not objects):
        return runs.save(client_id, replace(moved(run, "reading", clock()), url=whole, size=size, objects=objects))
    if status in {"FAILED", "EXPIRED"} and part and error not in {"ACCESS_DENIED", "TIMEOUT"}:
        ready = replace(moved(run, "reading", clock()), url=part, objects=objects, partial=True)
        return runs.save(client_id, ready)
    why = "EXPIRED" if status == "COMPLETED" else status
    raise OperationEnded(_FAILURES.get(error) or _FAILURES.get(why) or _FAILURES["FAILED"])

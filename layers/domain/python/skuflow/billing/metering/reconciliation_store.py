"""Where the outcome of each reconciliation is kept: in the billing table, whose changes are told to the others.

who asks                                          key that serves it
what came of a client's day                       pk C#<client>#RECONCILIATIONS  sk RECONCILIATION#<date>
all of a client's days, newest first              same pk, last first
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pynamodb.exceptions import PynamoDBException

from skuflow.billing.metering.reconciliation import Reconciliation
from skuflow.billing.store import BillingItem
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import change, row_at, write_over
from skuflow.platform.table import as_ours

KEPT = timedelta(days=730)
_PREFIX = "RECONCILIATION#"


class DynamoReconciliations:
    """Every method may raise TransientError."""

    def __init__(self, table: type[BillingItem]) -> None:
        self._table = table

    def record(
        self, client_id: ClientId, day: str, made: Callable[[Reconciliation | None], Reconciliation], now: datetime
    ) -> Reconciliation:
        """Keep what `made` makes of the day's record so far. Of two at once both count."""
        written = change(
            lambda: self._get(client_id, day),
            lambda item: self._save(client_id, day, item, now),
            lambda item: (made(item[0]), item[1]),
            f"the reconciliation of {day}",
        )
        assert written[0] is not None
        return written[0]

    def page(self, client_id: ClientId, limit: int, after: str | None) -> tuple[Sequence[Reconciliation], str | None]:
        """At most `limit` days, newest first, before the day `after`, and the last of them if there may be more."""
        pk = _pk(client_id)
        start = {"pk": {"S": pk}, "sk": {"S": f"{_PREFIX}{after}"}} if after is not None else None
        try:
            answer = self._table.query(
                pk,
                self._table.sk.startswith(_PREFIX),
                limit=limit,
                scan_index_forward=False,
                last_evaluated_key=start,
            )
            found = [unpacked(Reconciliation, row.doc, row.doc_z) for row in answer]
        except PynamoDBException as error:
            raise as_ours(error) from error
        return found, found[-1].day if found and answer.last_evaluated_key else None

    def _get(self, client_id: ClientId, day: str) -> tuple[Reconciliation | None, int]:
        row = row_at(self._table, _pk(client_id), f"{_PREFIX}{day}")
        return (unpacked(Reconciliation, row.doc, row.doc_z), int(row.version or 0)) if row is not None else (None, 0)

    def _save(
        self, client_id: ClientId, day: str, item: tuple[Reconciliation | None, int], now: datetime
    ) -> tuple[Reconciliation | None, int]:
        record, version = item
        row = self._table(
            _pk(client_id),
            f"{_PREFIX}{day}",
            client_id=client_id,
            version=version + 1,
            correlation_id=derived_id("rec", client_id, day, str(version + 1)),
            expires_at=int((now + KEPT).timestamp()),
            **packed(record),
        )
        write_over(row, version, f"the reconciliation of {day}")
        return item


def _pk(client_id: ClientId) -> str:
    return partition(client_id, "RECONCILIATIONS")

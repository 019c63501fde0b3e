"""What is due: subscriptions to bill, drafts that still have no number, runs that do not end. Of all clients: read by the planner
alone, which passes on keys as work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pynamodb.exceptions import PynamoDBException

from skuflow.billing.due import due_before, due_pk, subscription_due
from skuflow.billing.store import BillingItem
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import as_ours

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class DueThings:
    """A page of one shard: client and id of each thing, the longest overdue first, and the key behind which to go on, "" at the
    end."""

    things: tuple[tuple[ClientId, str], ...]
    after: str


class DueIndex:
    """The index `due`. It may lag behind by moments; what it misses is found the next time."""

    def __init__(self, table: type[BillingItem]) -> None:
        self._table = table

    def page(self, shard: int, as_of: datetime, after: str) -> DueThings:
        """At most PAGE things that are due at `as_of`, behind `after`. Raises TransientError."""
        until = due_before(as_of)
        behind = f"{after} " if after else ""
        if behind >= until:
            return DueThings((), "")
        due_sk = self._table.due_sk
        span = due_sk.between(behind, until) if behind else due_sk < until
        try:
            keys = [str(row.due_sk) for row in self._table.due.query(due_pk(shard), span, limit=PAGE)]
        except PynamoDBException as error:
            raise as_ours(error) from error
        return DueThings(tuple(subscription_due(key) for key in keys), keys[-1] if len(keys) >= PAGE else "")

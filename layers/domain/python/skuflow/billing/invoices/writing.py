"""Several items of the billing table, written together or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from skuflow.billing.store import BillingItem
from skuflow.platform.table import as_ours, connection_of, lost_race

Write = tuple[BillingItem, Condition | None]


def written(table: type[BillingItem], writes: Iterable[Write]) -> bool:
    """Write all rows, each under its condition, in one transaction; False, and nothing is written, if a condition does not hold."""
    try:
        with TransactWrite(connection=connection_of(table)) as transaction:
            for row, condition in writes:
                transaction.save(row, condition=condition)
    except PynamoDBException as error:
        if lost_race(error):
            return False
        raise as_ours(error) from error
    return True


def rows_at(table: type[BillingItem], keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], BillingItem]:
    """The rows at `keys` that are there, strongly consistent; one request per hundred."""
    if not keys:
        return {}
    try:
        return {(row.pk, row.sk): row for row in table.batch_get(list(dict.fromkeys(keys)), consistent_read=True)}
    except PynamoDBException as error:
        raise as_ours(error) from error

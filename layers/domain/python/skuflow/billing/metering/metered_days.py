"""Which clients, subjects and metrics have usage on a day: the list that every first event of a kind writes along."""

from __future__ import annotations

from collections.abc import Iterator

from pynamodb.exceptions import PynamoDBException

from skuflow.billing.usage_store import LISTS, UsageItem, metered_pk, metered_shard
from skuflow.kernel.tenancy import ClientId, client_id
from skuflow.platform.table import as_ours

_BEHIND = "$"
"""Sorts next behind the `#` that ends a client's id: behind all that is the client's, before every other client."""


class DynamoMeteredDays:
    """Every method may raise TransientError."""

    def __init__(self, table: type[UsageItem]) -> None:
        self._table = table

    def clients(self, day: str, shard: int, after: str) -> Iterator[ClientId]:
        """The clients of a shard (0 to LISTS-1) that have usage on `day`, behind client `after`; one Query each."""
        while True:
            begin = f"{after}{_BEHIND}" if after else " "
            try:
                rows = list(self._table.query(metered_pk(day, shard), self._table.sk > begin, limit=1, page_size=1))
            except PynamoDBException as error:
                raise as_ours(error) from error
            if not rows:
                return
            after = client_id(rows[0].sk.partition("#")[0])
            yield after

    def pairs(self, client: ClientId, day: str) -> list[tuple[str, str]]:
        """Subject and metric of everything the client used on `day`, in order; strongly consistent."""
        begins = self._table.sk.startswith(f"{client}#")
        try:
            rows = self._table.query(metered_pk(day, metered_shard(client)), begins, consistent_read=True)
            return sorted((subject, metric) for _, subject, metric in (row.sk.split("#") for row in rows))
        except PynamoDBException as error:
            raise as_ours(error) from error


ALL_SHARDS = range(LISTS)

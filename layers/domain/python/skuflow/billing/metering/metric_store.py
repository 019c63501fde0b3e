"""Where a client's metrics are kept. They never change, so whoever has read one need not read it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec
from pynamodb.exceptions import PynamoDBException

from skuflow.billing.metering.metric_rules import MOST_METRICS, checked
from skuflow.billing.metering.model import BUILT_IN, Metric
from skuflow.billing.usage_store import UsageItem, metrics_pk
from skuflow.kernel.errors import Conflict, NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import added, row_at
from skuflow.platform.table import as_ours

_PREFIX = "METRIC#"
_CLIENTS_REMEMBERED = 1000


class DynamoMetrics:
    """Metrics in the usage table. Every method may raise TransientError."""

    def __init__(self, table: type[UsageItem]) -> None:
        self._table = table
        self._read: dict[ClientId, Mapping[str, Metric]] = {}

    def known(self, client_id: ClientId, codes: Iterable[str]) -> Mapping[str, Metric]:
        """The client's metrics by code, those of `codes` among them if they exist. One Query if one of `codes` is news."""
        remembered = self._read.get(client_id, BUILT_IN)
        if all(code in remembered for code in codes):
            return remembered
        return self._remember(client_id, {**BUILT_IN, **{one.code: one for one in self._query(client_id)}})

    def all(self, client_id: ClientId) -> list[Metric]:
        """What is built in first, then the client's own by code; strongly consistent."""
        own = self._query(client_id)
        self._remember(client_id, {**BUILT_IN, **{one.code: one for one in own}})
        return [*BUILT_IN.values(), *own]

    def get(self, client_id: ClientId, code: str) -> Metric:
        """Raises NotFound."""
        if code in BUILT_IN:
            return BUILT_IN[code]
        row = row_at(self._table, metrics_pk(client_id), f"{_PREFIX}{code}")
        if row is None:
            raise NotFound(f"there is no metric {code[:64]}")
        return msgspec.json.decode(row.doc or "", type=Metric)

    def define(self, client_id: ClientId, metric: Metric) -> Metric:
        """Keep `metric`; if it is there already, as it is there. Raises Invalid, and Conflict if there is another of its code."""
        wanted = checked(metric)
        if wanted.code not in self.known(client_id, [wanted.code]) and len(self.all(client_id)) >= MOST_METRICS:
            raise Conflict(f"this client has {MOST_METRICS} metrics, which is all it may have")
        doc = msgspec.json.encode(wanted).decode()
        if added(self._table(metrics_pk(client_id), f"{_PREFIX}{wanted.code}", client_id=client_id, doc=doc)):
            return wanted
        there = self.get(client_id, wanted.code)
        if replace(there, created_at="") != replace(wanted, created_at=""):
            raise Conflict(
                f"there is another metric {wanted.code}; what is counted never changes its meaning: take a new code"
            )
        return there

    def _query(self, client_id: ClientId) -> list[Metric]:
        try:
            rows = self._table.query(metrics_pk(client_id), self._table.sk.startswith(_PREFIX), consistent_read=True)
            return [msgspec.json.decode(row.doc or "", type=Metric) for row in rows]
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _remember(self, client_id: ClientId, metrics: Mapping[str, Metric]) -> Mapping[str, Metric]:
        if len(self._read) >= _CLIENTS_REMEMBERED:
            self._read.clear()
        self._read[client_id] = metrics
        return metrics

"""A client's thresholds, and the alerts that crossing them raised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Conflict, NotFound, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import ATTEMPTS, row_at, unchanged_since, write_over
from skuflow.platform.table import as_ours, connection_of, lost_race
from skuflow.quality.store import QualityItem, alerts_pk, thresholds_pk
from skuflow.quality.thresholds import MOST, Alert, Threshold, set_to

Position = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ThresholdStore:
    """Every method may raise TransientError."""

    table: type[QualityItem]

    def all(self, client_id: ClientId) -> list[Threshold]:
        """The client's thresholds, by id, strongly consistent."""
        begins = self.table.sk.startswith("THRESHOLD#")
        try:
            rows = list(self.table.query(thresholds_pk(client_id), begins, consistent_read=True, limit=2 * MOST))
        except PynamoDBException as error:
            raise as_ours(error) from error
        return [_threshold(row) for row in rows]

    def find(self, client_id: ClientId, threshold_id: str) -> Threshold | None:
        row = row_at(self.table, thresholds_pk(client_id), _sk(threshold_id))
        return None if row is None else _threshold(row)

    def save(self, client_id: ClientId, threshold: Threshold) -> Threshold:
        """Write over the version that was read (0: it must not exist); returns what is stored. Raises VersionConflict."""
        stored = replace(threshold, version=threshold.version + 1)
        write_over(self._row(client_id, stored), threshold.version, f"the threshold {threshold.threshold_id}")
        return stored

    def save_crossed(self, client_id: ClientId, threshold: Threshold, alert: Alert, cause: Cause) -> None:
        """Write the threshold as `save` does and with it the `alert`, both or neither. Raises VersionConflict."""
        stored = replace(threshold, version=threshold.version + 1)
        told = self.table(
            alerts_pk(client_id),
            f"ALERT#{iso(alert.at)}#{alert.alert_id}",
            client_id=client_id,
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            **packed(alert),
        )
        try:
            with TransactWrite(connection=connection_of(self.table)) as transaction:
                transaction.save(self._row(client_id, stored), unchanged_since(self.table, threshold.version))
                transaction.save(told)
        except PynamoDBException as error:
            if lost_race(error):
                raise VersionConflict(f"the threshold {threshold.threshold_id} has changed meanwhile") from None
            raise as_ours(error) from error

    def remove(self, client_id: ClientId, threshold_id: str) -> None:
        """Raises NotFound. Its alerts stay."""
        row = self.table(thresholds_pk(client_id), _sk(threshold_id))
        try:
            row.delete(condition=self.table.pk.exists())
        except PynamoDBException as error:
            if lost_race(error):
                raise NotFound(f"there is no threshold {threshold_id}") from None
            raise as_ours(error) from error

    def alerts(self, client_id: ClientId, limit: int, position: Position | None) -> tuple[list[Alert], Position | None]:
        """At most `limit` alerts, newest first, and where the next page begins."""
        pk = alerts_pk(client_id)
        after: Any = {"pk": {"S": pk}, "sk": {"S": str(position["at"])}} if position is not None else None
        begins = self.table.sk.startswith("ALERT#")
        try:
            answer = self.table.query(pk, begins, limit=limit, scan_index_forward=False, last_evaluated_key=after)
            found = [unpacked(Alert, row.doc, row.doc_z) for row in answer]
        except PynamoDBException as error:
            raise as_ours(error) from error
        last = answer.last_evaluated_key
        return found, {"at": str(last["sk"]["S"])} if last else None

    def _row(self, client_id: ClientId, threshold: Threshold) -> QualityItem:
        return self.table(
            thresholds_pk(client_id),
            _sk(threshold.threshold_id),
            client_id=client_id,
            version=threshold.version,
            **packed(threshold),
        )


def set_threshold(client_id: ClientId, wanted: Threshold, store: ThresholdStore) -> Threshold:
    """Have the threshold be as `wanted`, whoever else writes it at the same time. Raises Conflict when the client has too many."""
    for _ in range(ATTEMPTS):
        known = store.find(client_id, wanted.threshold_id)
        if known is None and len(store.all(client_id)) >= MOST:
            raise Conflict(f"a client has at most {MOST} thresholds; remove one first")
        settled = set_to(known, wanted)
        if settled == known:
            return settled
        try:
            return store.save(client_id, settled)
        except VersionConflict:
            continue
    raise TransientError(f"the threshold {wanted.threshold_id} is being changed by others; try again")


def _sk(threshold_id: str) -> str:
    return f"THRESHOLD#{threshold_id}"


def _threshold(row: QualityItem) -> Threshold:
    return unpacked(Threshold, row.doc, row.doc_z)

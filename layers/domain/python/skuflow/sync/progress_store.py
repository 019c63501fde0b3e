"""Where it is kept how far an import has come: slices of the file read, outcomes reported by the catalogue.

A slice is one conditional write: it moves the checkpoint and hands the slice's batches over, both or neither. An outcome is
one atomic addition that refuses a batch it has already counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pynamodb.exceptions import PynamoDBException

from skuflow.contracts.catalog import ProductBatchApplied, RejectedRows
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import added, numbered
from skuflow.platform.table import as_ours, lost_race
from skuflow.sync.model import Slice, Tally
from skuflow.sync.store import SyncItem, import_pk, scaffolding_expiry

BATCHES_PER_TALLY = 200


@dataclass(frozen=True, slots=True)
class Rejections:
    """What the catalogue rejected of one batch."""

    batch: int
    rows: tuple[RejectedRows, ...]


class ProgressStore(Protocol):
    def add_slice(self, client_id: ClientId, import_id: str, part: Slice, cause: Cause) -> None:
        """Store `part`. Raises VersionConflict if a slice of that number is there: another worker is ahead."""
        ...

    def last_slice(self, client_id: ClientId, import_id: str) -> Slice | None:
        """The latest slice, strongly consistent; None before the first."""
        ...

    def slices(self, client_id: ClientId, import_id: str) -> Iterator[Slice]:
        """All slices in the order of the file."""
        ...

    def count_outcome(self, client_id: ClientId, outcome: ProductBatchApplied, now: datetime) -> bool:
        """Add `outcome` up, and keep its rejected rows; False if the batch had been counted before."""
        ...

    def tally(self, client_id: ClientId, import_id: str) -> Tally:
        """The sum of all outcomes, strongly consistent."""
        ...

    def rejections(self, client_id: ClientId, import_id: str) -> Iterator[Rejections]:
        """What the catalogue rejected, by batch, in order of batch."""
        ...


class DynamoProgress:
    """ProgressStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def add_slice(self, client_id: ClientId, import_id: str, part: Slice, cause: Cause) -> None:
        row = self._table(
            import_pk(client_id, import_id),
            numbered("SLICE#", part.number),
            client_id=client_id,
            expires_at=scaffolding_expiry(part.read_at),
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            **packed(part),
        )
        if not added(row):
            raise VersionConflict(f"slice {part.number} of {import_id} is already there")

    def last_slice(self, client_id: ClientId, import_id: str) -> Slice | None:
        found = self._items(client_id, import_id, "SLICE#", last_only=True)
        return next((unpacked(Slice, row.doc, row.doc_z) for row in found), None)

    def slices(self, client_id: ClientId, import_id: str) -> Iterator[Slice]:
        for row in self._items(client_id, import_id, "SLICE#"):
            yield unpacked(Slice, row.doc, row.doc_z)

    def count_outcome(self, client_id: ClientId, outcome: ProductBatchApplied, now: datetime) -> bool:
        if outcome.rejected:
            self._keep_rejections(client_id, outcome, now)
        table = self._table
        row = table(import_pk(client_id, outcome.import_id), numbered("TALLY#", outcome.batch // BATCHES_PER_TALLY))
        rejected = sum(len(rows.lines) for rows in outcome.rejected)
        try:
            row.update(
                actions=[
                    table.client_id.set(client_id),
                    table.expires_at.set(scaffolding_expiry(now)),
                    table.applied.add({outcome.batch}),
                    table.created.add(outcome.created),
                    table.updated.add(outcome.updated),
                    table.unchanged.add(outcome.unchanged),
                    table.rejected.add(rejected),
                    table.products_created.add(outcome.products_created),
                    table.products_updated.add(outcome.products_updated),
                    table.products_unchanged.add(outcome.products_unchanged),
                ],
                condition=~table.applied.contains(outcome.batch),
            )
        except PynamoDBException as error:
            if lost_race(error):
                return False
            raise as_ours(error) from error
        return True

    def _keep_rejections(self, client_id: ClientId, outcome: ProductBatchApplied, now: datetime) -> None:
        row = self._table(
            import_pk(client_id, outcome.import_id),
            numbered("OUTCOME#", outcome.batch),
            client_id=client_id,
            expires_at=scaffolding_expiry(now),
            **packed(Rejections(outcome.batch, outcome.rejected)),
        )
        try:
            row.save()
        except PynamoDBException as error:
            raise as_ours(error) from error

    def tally(self, client_id: ClientId, import_id: str) -> Tally:
        rows: Sequence[SyncItem] = list(self._items(client_id, import_id, "TALLY#"))
        return Tally(
            batches=sum(len(row.applied or ()) for row in rows),
            created=sum(int(row.created or 0) for row in rows),
            updated=sum(int(row.updated or 0) for row in rows),
            unchanged=sum(int(row.unchanged or 0) for row in rows),
            rejected=sum(int(row.rejected or 0) for row in rows),
            products_created=sum(int(row.products_created or 0) for row in rows),
            products_updated=sum(int(row.products_updated or 0) for row in rows),
            products_unchanged=sum(int(row.products_unchanged or 0) for row in rows),
        )

    def rejections(self, client_id: ClientId, import_id: str) -> Iterator[Rejections]:
        for row in self._items(client_id, import_id, "OUTCOME#"):
            yield unpacked(Rejections, row.doc, row.doc_z)

    def _items(
        self, client_id: ClientId, import_id: str, prefix: str, *, last_only: bool = False
    ) -> Iterator[SyncItem]:
        try:
            yield from self._table.query(
                import_pk(client_id, import_id),
                self._table.sk.startswith(prefix),
                consistent_read=True,
                scan_index_forward=not last_only,
                limit=1 if last_only else None,
            )
        except PynamoDBException as error:
            raise as_ours(error) from error

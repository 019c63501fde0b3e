"""Every measure that was ever taken of a client's collections, by field and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pynamodb.exceptions import PynamoDBException

from skuflow.kernel.clock import iso
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.table import as_ours
from skuflow.quality.measures import Measure, Point
from skuflow.quality.store import QualityItem, series_pk

Position = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Within:
    """From `start` up to, not including, `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class SeriesStore:
    """Every method may raise TransientError."""

    table: type[QualityItem]

    def add(
        self, client_id: ClientId, collection: str, job_id: str, at: datetime, measures: Mapping[str, Measure]
    ) -> None:
        """Keep `measures` (by field) that the job took at `at`. Writing the same again changes nothing."""
        try:
            with self.table.batch_write() as batch:
                for field, measure in measures.items():
                    row = self.table(
                        series_pk(client_id, collection, field),
                        f"AT#{iso(at)}#{job_id}",
                        client_id=client_id,
                        **packed(Point(at, job_id, measure)),
                    )
                    batch.save(row)
        except PynamoDBException as error:
            raise as_ours(error) from error

    def between(
        self, client_id: ClientId, collection: str, field: str, within: Within, *, limit: int, after: str | None = None
    ) -> tuple[list[Point], str | None]:
        """At most `limit` points, oldest first, and the sort key of the last if there may be more; `after` is such a key."""
        pk = series_pk(client_id, collection, field)
        last: Any = {"pk": {"S": pk}, "sk": {"S": after}} if after is not None else None
        try:
            answer = self.table.query(
                pk,
                self.table.sk.between(f"AT#{iso(within.start)}", f"AT#{iso(within.end)}"),
                limit=limit,
                last_evaluated_key=last,
            )
            points = [unpacked(Point, row.doc, row.doc_z) for row in answer]
        except PynamoDBException as error:
            raise as_ours(error) from error
        stopped = answer.last_evaluated_key
        return points, str(stopped["sk"]["S"]) if stopped else None

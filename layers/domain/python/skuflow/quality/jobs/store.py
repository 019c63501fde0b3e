"""Where jobs are kept. Every write of a job is conditional on the version that was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from skuflow.kernel.clock import iso
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import change, listed, row_at, write_over
from skuflow.quality.jobs.model import Job
from skuflow.quality.store import QualityItem, job_pk, jobs_pk

Position = dict[str, Any]
JOB = "JOB"


@dataclass(frozen=True, slots=True)
class JobStore:
    """Every method may raise TransientError."""

    table: type[QualityItem]

    def get(self, client_id: ClientId, job_id: str) -> Job:
        """The job as it is now, strongly consistent. Raises NotFound."""
        found = self.find(client_id, job_id)
        if found is None:
            raise NotFound(f"there is no job {job_id}")
        return found

    def find(self, client_id: ClientId, job_id: str) -> Job | None:
        found = row_at(self.table, job_pk(client_id, job_id), JOB)
        return None if found is None else _job(found)

    def save(self, client_id: ClientId, job: Job) -> Job:
        """Write `job` over the version it was read at (0: it must not exist); returns it as stored. Raises VersionConflict."""
        stored = replace(job, version=job.version + 1)
        row = self.table(
            job_pk(client_id, job.job_id),
            JOB,
            client_id=client_id,
            version=stored.version,
            status=stored.status,
            listing_pk=jobs_pk(client_id),
            listing_sk=f"{iso(job.created_at)}#{job.job_id}",
            correlation_id=job.cause.correlation_id,
            causation_id=job.cause.causation_id,
            **packed(stored),
        )
        write_over(row, job.version, f"the job {job.job_id}")
        return stored

    def change(self, client_id: ClientId, job_id: str, transition: Callable[[Job], Job]) -> Job:
        """Apply `transition` to the job as it is; see `rows.change`."""
        return change(
            lambda: self.get(client_id, job_id),
            lambda job: self.save(client_id, job),
            transition,
            f"the job {job_id}",
        )

    def page(self, client_id: ClientId, limit: int, position: Position | None) -> tuple[Sequence[Job], Position | None]:
        """At most `limit` jobs, newest first, and where the next page begins."""
        start = None
        if position is not None:
            start = {"listing_sk": str(position["at"]), "pk": job_pk(client_id, str(position["id"])), "sk": JOB}
        rows, last = listed(self.table, jobs_pk(client_id), limit, start, newest_first=True)
        return [_job(row) for row in rows], {"at": last, "id": last.partition("#")[2]} if last else None


def _job(row: QualityItem) -> Job:
    return unpacked(Job, row.doc, row.doc_z)

"""Where it is kept how far a job has come: chunks of the collection, and what the catalogue answered.

A chunk is one conditional write: it moves the job on and hands its fixes over (the table's stream tells them), both or neither, and
only while the job is being checked. An answer is kept as it came first, and added up once. So is what a second look found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from skuflow.kernel.errors import TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import added, numbered, row_at
from skuflow.platform.table import as_ours, connection_of, lost_race
from skuflow.quality.jobs.chunks import DECIDED, Answers, Chunk, Outcome, Repeats
from skuflow.quality.jobs.store import JOB
from skuflow.quality.store import QualityItem, job_pk, progress_expiry

BATCHES_PER_TALLY = 200
COMPRESS_ABOVE = 2_000
"""Bytes of JSON. Findings repeat each other: a chunk shrinks to a tenth, and so does what writing it costs."""


@dataclass(frozen=True, slots=True)
class ProgressStore:
    """Every method may raise TransientError."""

    table: type[QualityItem]

    def add_chunk(self, client_id: ClientId, job_id: str, chunk: Chunk, cause: Cause) -> None:
        """Store `chunk`. Raises VersionConflict if one of that number is there, or the job is no longer being checked: the
        caller has nothing more to do."""
        pk = job_pk(client_id, job_id)
        row = self.table(
            pk,
            numbered("CHUNK#", chunk.number),
            client_id=client_id,
            status=DECIDED if chunk.decided and chunk.has_fixes else None,
            expires_at=progress_expiry(chunk.at),
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            **packed(chunk, above=COMPRESS_ABOVE),
        )
        checking = self.table.status == "checking"
        try:
            with TransactWrite(connection=connection_of(self.table)) as transaction:
                transaction.condition_check(self.table, pk, JOB, checking)
                transaction.save(row, self.table.pk.does_not_exist())
        except PynamoDBException as error:
            if not lost_race(error):
                raise as_ours(error) from error
            self._explain(client_id, job_id, chunk.number)

    def _explain(self, client_id: ClientId, job_id: str, number: int) -> None:
        """Why chunk `number` was not taken. Two that write at the same moment may both be turned away, and then somebody must
        go on."""
        job = row_at(self.table, job_pk(client_id, job_id), JOB)
        if job is not None and job.status == "checking" and self.chunk(client_id, job_id, number) is None:
            raise TransientError(f"chunk {number} of {job_id} met another write")
        raise VersionConflict(f"chunk {number} of {job_id} is already there, or not wanted any more")

    def chunk(self, client_id: ClientId, job_id: str, number: int) -> Chunk | None:
        """One chunk, strongly consistent."""
        row = row_at(self.table, job_pk(client_id, job_id), numbered("CHUNK#", number))
        return None if row is None else unpacked(Chunk, row.doc, row.doc_z)

    def last_chunk(self, client_id: ClientId, job_id: str) -> Chunk | None:
        """The latest chunk, strongly consistent; None before the first."""
        rows = self._rows(client_id, job_id, "CHUNK#", last_only=True)
        return next((unpacked(Chunk, row.doc, row.doc_z) for row in rows), None)

    def chunks(self, client_id: ClientId, job_id: str, first: int = 1) -> Iterator[Chunk]:
        """The chunks from number `first` on, in order."""
        for row in self._rows(client_id, job_id, "CHUNK#", first=numbered("CHUNK#", first)):
            yield unpacked(Chunk, row.doc, row.doc_z)

    def keep_repeats(self, client_id: ClientId, job_id: str, repeats: Repeats) -> Repeats:
        """Keep `repeats`, unless there are some of its chunk; returns those that are kept."""
        pk, sk = job_pk(client_id, job_id), numbered("REPEATED#", repeats.number)
        row = self.table(
            pk, sk, client_id=client_id, expires_at=progress_expiry(repeats.at), **packed(repeats, above=COMPRESS_ABOVE)
        )
        if added(row):
            return repeats
        kept = row_at(self.table, pk, sk)
        return repeats if kept is None else unpacked(Repeats, kept.doc, kept.doc_z)

    def last_repeats(self, client_id: ClientId, job_id: str) -> Repeats | None:
        """What the latest second look found, strongly consistent; None before the first."""
        rows = self._rows(client_id, job_id, "REPEATED#", last_only=True)
        return next((unpacked(Repeats, row.doc, row.doc_z) for row in rows), None)

    def repeats(self, client_id: ClientId, job_id: str, first: int = 1) -> Iterator[Repeats]:
        """What second looks found, in order of chunk, from number `first` on. Chunks without anything repeated have none."""
        for row in self._rows(client_id, job_id, "REPEATED#", first=numbered("REPEATED#", first)):
            yield unpacked(Repeats, row.doc, row.doc_z)

    def keep_outcome(self, client_id: ClientId, job_id: str, outcome: Outcome) -> Outcome:
        """Keep `outcome`, unless there is one for its batch; returns the one that is kept."""
        pk, sk = job_pk(client_id, job_id), numbered("OUTCOME#", outcome.batch)
        row = self.table(
            pk, sk, client_id=client_id, expires_at=progress_expiry(outcome.at), **packed(outcome, above=COMPRESS_ABOVE)
        )
        if added(row):
            return outcome
        return self.outcome(client_id, job_id, outcome.batch) or outcome

    def outcome(self, client_id: ClientId, job_id: str, batch: int) -> Outcome | None:
        """What was answered to a batch, strongly consistent."""
        row = row_at(self.table, job_pk(client_id, job_id), numbered("OUTCOME#", batch))
        return None if row is None else unpacked(Outcome, row.doc, row.doc_z)

    def outcomes(self, client_id: ClientId, job_id: str) -> Iterator[Outcome]:
        """All answers, in order of batch."""
        for row in self._rows(client_id, job_id, "OUTCOME#"):
            yield unpacked(Outcome, row.doc, row.doc_z)

    def count_outcome(self, client_id: ClientId, job_id: str, outcome: Outcome, now: datetime) -> bool:
        """Add `outcome` up; False if its batch had been counted before."""
        table = self.table
        row = table(job_pk(client_id, job_id), numbered("TALLY#", outcome.batch // BATCHES_PER_TALLY))
        try:
            row.update(
                actions=[
                    table.client_id.set(client_id),
                    table.expires_at.set(progress_expiry(now)),
                    table.answered.add({outcome.batch}),
                    table.fixed.add(outcome.fixed),
                    table.applied.add(outcome.applied_fixes),
                    table.skipped.add(len(outcome.skipped)),
                ],
                condition=~table.answered.contains(outcome.batch),
            )
        except PynamoDBException as error:
            if lost_race(error):
                return False
            raise as_ours(error) from error
        return True

    def answers(self, client_id: ClientId, job_id: str) -> Answers:
        """The sum of all answers, strongly consistent."""
        rows: Sequence[QualityItem] = list(self._rows(client_id, job_id, "TALLY#"))
        return Answers(
            batches=sum(len(row.answered or ()) for row in rows),
            fixed=sum(int(row.fixed or 0) for row in rows),
            applied=sum(int(row.applied or 0) for row in rows),
            skipped=sum(int(row.skipped or 0) for row in rows),
        )

    def _rows(
        self, client_id: ClientId, job_id: str, prefix: str, *, last_only: bool = False, first: str = ""
    ) -> Iterator[QualityItem]:
        try:
            yield from self.table.query(
                job_pk(client_id, job_id),
                self.table.sk.between(first or prefix, f"{prefix}~"),
                consistent_read=True,
                scan_index_forward=not last_only,
                limit=1 if last_only else None,
            )
        except PynamoDBException as error:
            raise as_ours(error) from error

"""Where billing runs are kept: the run, the list of what it is to bill, what its workers did.

The list is written first, in pages, under a name of its own; the run that names it decides which list counts, so of two planners
one wins and both hand out the same batches. What a worker did with a batch is one atomic addition that refuses a batch it has
counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pynamodb.exceptions import PynamoDBException

from skuflow.billing.due import due_keys
from skuflow.billing.runs.model import PER_BATCH, STUCK_AFTER, Failure, Progress, Run
from skuflow.billing.store import BillingItem
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import listed, row_at, write_over
from skuflow.platform.table import as_ours, lost_race

Position = dict[str, Any]
_RUN = "RUN"
PER_PAGE = 100
"""Batches of one page of a list, and of one tally: 2,500 subscriptions, 100 KB; of a run of 100,000 there are 40."""
_KEPT_DAYS = 60
"""How long lists, tallies and failures are kept; runs stay."""


class DynamoRuns:
    """Runs in the billing table. Every method may raise TransientError."""

    def __init__(self, table: type[BillingItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, run_id: str) -> Run:
        """The run as it is now, strongly consistent. Raises NotFound."""
        run = self.find(client_id, run_id)
        if run is None:
            raise NotFound("there is no such billing run")
        return run

    def find(self, client_id: ClientId, run_id: str) -> Run | None:
        """As `get`; None if there is no such run."""
        row = row_at(self._table, _pk(client_id, run_id), _RUN)
        return _run(row) if row is not None else None

    def save(self, client_id: ClientId, run: Run) -> Run:
        """Write `run` over the version it was read at (0: it must not exist); as stored. Raises VersionConflict."""
        stored = replace(run, version=run.version + 1)
        due_at = run.updated_at + STUCK_AFTER if run.status != "completed" else None
        fields: dict[str, Any] = {**due_keys(client_id, run.run_id, due_at), **packed(stored)}
        row = self._table(
            _pk(client_id, run.run_id),
            _RUN,
            client_id=client_id,
            version=stored.version,
            listing_pk=partition(client_id, "RUNS"),
            listing_sk=f"{iso(run.created_at)}#{run.run_id}",
            correlation_id=run.cause.correlation_id,
            causation_id=run.cause.causation_id,
            **fields,
        )
        write_over(row, run.version, f"the billing run {run.run_id}")
        return stored

    def page(self, client_id: ClientId, limit: int, position: Position | None) -> tuple[Sequence[Run], Position | None]:
        """At most `limit` runs, newest first, and where the next page begins."""
        start = None
        if position is not None:
            run_id = str(position["id"])
            start = {"listing_sk": f"{position['at']}#{run_id}", "pk": _pk(client_id, run_id), "sk": _RUN}
        rows, last = listed(self._table, partition(client_id, "RUNS"), limit, start, newest_first=True)
        at, _, run_id = (last or "").partition("#")
        return [_run(row) for row in rows], {"at": at, "id": run_id} if last else None

    def keep_list(self, client_id: ClientId, run: Run, name: str, subscription_ids: Sequence[str]) -> None:
        """Write the list `name` of what `run` is to bill. It counts once the run names it."""
        size = PER_PAGE * PER_BATCH
        for number, start in enumerate(range(0, len(subscription_ids), size)):
            part = list(subscription_ids[start : start + size])
            self._put(client_id, run, _page_pk(client_id, run.run_id, number), f"PLAN#{name}", part)

    def batches(self, client_id: ClientId, run: Run, first: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The batches of the run's list from the `first`-th on, each with its number."""
        for page in range(first // PER_PAGE, -(-run.batches // PER_PAGE)):
            row = row_at(self._table, _page_pk(client_id, run.run_id, page), f"PLAN#{run.plan}")
            ids = unpacked(list[str], row.doc, row.doc_z) if row is not None else []
            for offset, start in enumerate(range(0, len(ids), PER_BATCH)):
                number = page * PER_PAGE + offset
                if number >= first:
                    yield number, tuple(ids[start : start + PER_BATCH])

    def count(self, client_id: ClientId, run: Run, batch: int, done: Progress) -> bool:
        """Add up what became of `batch`; False if it had been counted before."""
        table = self._table
        row = table(_pk(client_id, run.run_id), f"TALLY#{batch // PER_PAGE:06d}")
        try:
            row.update(
                actions=[
                    table.client_id.set(client_id),
                    table.expires_at.set(_expiry(run)),
                    table.applied.add({batch}),
                    table.invoiced.add(done.invoices),
                    table.skipped.add(done.without_invoice),
                    table.failed.add(done.failed),
                ],
                condition=~table.applied.contains(batch),
            )
        except PynamoDBException as error:
            if lost_race(error):
                return False
            raise as_ours(error) from error
        return True

    def state(self, client_id: ClientId, run_id: str) -> tuple[Run, Progress, frozenset[int]]:
        """The run, the sum of what was counted, and which batches were; strongly consistent. Raises NotFound."""
        rows = list(self._items(client_id, run_id, _RUN, "TALLY#~"))
        run = next((_run(row) for row in rows if row.sk == _RUN), None)
        if run is None:
            raise NotFound("there is no such billing run")
        tallies = [row for row in rows if row.sk != _RUN]
        counted = frozenset(int(number) for row in tallies for number in row.applied or ())
        progress = Progress(
            batches=len(counted),
            invoices=sum(int(row.invoiced or 0) for row in tallies),
            without_invoice=sum(int(row.skipped or 0) for row in tallies),
            failed=sum(int(row.failed or 0) for row in tallies),
        )
        return run, progress, counted

    def keep_failure(self, client_id: ClientId, run: Run, failure: Failure) -> None:
        """Write why a subscription could not be billed; the latest reason stands."""
        self._put(client_id, run, _pk(client_id, run.run_id), f"FAILED#{failure.subscription_id}", failure)

    def failures(self, client_id: ClientId, run_id: str, limit: int) -> list[Failure]:
        """The first `limit` of them."""
        rows = self._items(client_id, run_id, "FAILED#", "FAILED#~", limit)
        return [unpacked(Failure, row.doc, row.doc_z) for row in rows]

    def _put(self, client_id: ClientId, run: Run, pk: str, sk: str, record: object) -> None:
        row = self._table(pk, sk, client_id=client_id, expires_at=_expiry(run), **packed(record))
        try:
            row.save()
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _items(
        self, client_id: ClientId, run_id: str, first: str, last: str, limit: int | None = None
    ) -> Iterator[BillingItem]:
        span = self._table.sk.between(first, last)
        try:
            yield from self._table.query(_pk(client_id, run_id), span, consistent_read=True, limit=limit)
        except PynamoDBException as error:
            raise as_ours(error) from error


def _pk(client_id: ClientId, run_id: str) -> str:
    return partition(client_id, "RUN", run_id)


def _page_pk(client_id: ClientId, run_id: str, page: int) -> str:
    """Each page has a partition of its own: a hundred units a page, of forty pages at once, are more than one takes in a second."""
    return partition(client_id, "RUN", run_id, f"{page:06d}")


def _run(row: BillingItem) -> Run:
    return unpacked(Run, row.doc, row.doc_z)


def _expiry(run: Run) -> int:
    return int(run.created_at.timestamp()) + _KEPT_DAYS * 86_400

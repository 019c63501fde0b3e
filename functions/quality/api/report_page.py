"""What stands on a job's page, gathered. Loaded by who asks for a page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from functions.quality.api.fix_rendering import product_view
from skuflow.kernel.tenancy import ClientId
from skuflow.quality.deps import ApiDeps
from skuflow.quality.jobs.model import Job
from skuflow.quality.measures import WHOLE
from skuflow.quality.report.model import Report
from skuflow.quality.report.page import ShownFix, as_page
from skuflow.quality.series_store import Within

_SHOWN = 40
_CHUNKS = 40
_RANGE = timedelta(days=180)
_POINTS = 1000


def page_of(client_id: ClientId, job: Job, report: Report, deps: ApiDeps) -> str:
    """The page of a completed job, with the collection's score over the half year before it."""
    end = (job.completed_at or job.updated_at) + timedelta(milliseconds=1)
    points, _ = deps.series.between(client_id, job.collection, WHOLE, Within(end - _RANGE, end), limit=_POINTS)
    last = deps.progress.last_chunk(client_id, job.job_id)
    fixes = list(islice(_fixes(client_id, job, deps), _SHOWN))
    return as_page(job, report, points, fixes, last.sums.fixes if last is not None else len(fixes))


def _fixes(client_id: ClientId, job: Job, deps: ApiDeps) -> Iterator[ShownFix]:
    """In the order of chunks; looked for in the first of them."""
    for chunk in islice(deps.progress.chunks(client_id, job.job_id), _CHUNKS):
        outcome = None
        if job.decides and chunk.has_fixes:
            outcome = deps.progress.outcome(client_id, job.job_id, chunk.number)
        for decision in chunk.decisions:
            shown = product_view(decision, chunk.titles.get(decision.product_id, ""), job, outcome)
            for fix in shown["fixes"]:
                became = fix["skipped_because"] or fix["outcome"]
                yield ShownFix(shown["product_id"], shown["title"], fix["path"], fix["old"], fix["new"], became)

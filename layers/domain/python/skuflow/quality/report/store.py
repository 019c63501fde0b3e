"""Where the reports of jobs are kept, beside the jobs."""

from __future__ import annotations

from dataclasses import dataclass

from pynamodb.exceptions import PynamoDBException

from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import row_at
from skuflow.platform.table import as_ours
from skuflow.quality.report.model import Report
from skuflow.quality.store import QualityItem, job_pk

_REPORT = "REPORT"


@dataclass(frozen=True, slots=True)
class ReportStore:
    """Every method may raise TransientError."""

    table: type[QualityItem]

    def put(self, client_id: ClientId, job_id: str, report: Report) -> None:
        """Keep the job's report. Writing the same again changes nothing."""
        row = self.table(job_pk(client_id, job_id), _REPORT, client_id=client_id, **packed(report))
        try:
            row.save()
        except PynamoDBException as error:
            raise as_ours(error) from error

    def find(self, client_id: ClientId, job_id: str) -> Report | None:
        """None while the job is not finished."""
        row = row_at(self.table, job_pk(client_id, job_id), _REPORT)
        return None if row is None else unpacked(Report, row.doc, row.doc_z)

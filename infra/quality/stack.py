"""From products to scores and fixes. Work flows down this list."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.event_consumer import Inbox
from infra.quality import (
    api,
    on_table_change,
    record_fix_outcome,
    record_product,
    run_quality_job,
    start_nightly_jobs,
)
from infra.quality.data import QualityData
from infra.shared.stack import SharedStack


class QualityStack(ContextStack):
    def __init__(self, site: Site, *, shared: SharedStack, data: QualityData, authorizer_id: str) -> None:
        super().__init__(site, "quality")
        work = Inbox(self, "run_quality_job", timeout_seconds=run_quality_job.TIMEOUT_SECONDS)
        api.add(self, shared=shared, data=data, work=work, authorizer_id=authorizer_id)
        record_product.add(self, bus=shared.bus, data=data)
        start_nightly_jobs.add(self, work=work)
        run_quality_job.add(self, shared=shared, data=data, work=work)
        on_table_change.add(self, bus=shared.bus, data=data)
        record_fix_outcome.add(self, bus=shared.bus, data=data, work=work)

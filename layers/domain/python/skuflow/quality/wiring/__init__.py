"""Makes the dependencies of each function from its settings. The only files of this context that name AWS clients.

This is the door. What stands behind it, and what a builder uses, is loaded for the function that is being started alone: what the
others need would only lengthen its cold start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skuflow.quality import settings

if TYPE_CHECKING:
    from skuflow.quality import deps


def build_api() -> deps.ApiDeps:
    from skuflow.quality.wiring import api

    return api.build_api()


def build_on_table_change() -> deps.OnTableChangeDeps:
    from skuflow.quality.wiring import announcing

    return announcing.build_on_table_change()


def build_record_product() -> deps.RecordProductDeps:
    from skuflow.quality.wiring import recording

    return recording.build_record_product()


def build_record_fix_outcome() -> deps.RecordFixOutcomeDeps:
    from skuflow.quality.wiring import jobs

    return jobs.build_record_fix_outcome()


def build_run_quality_job() -> deps.RunQualityJobDeps:
    from skuflow.quality.wiring import jobs

    return jobs.build_run_quality_job()


def build_start_nightly_jobs() -> deps.StartNightlyJobsDeps:
    from skuflow.quality.wiring import jobs

    return jobs.build_start_nightly_jobs()


SETTINGS: dict[str, type[Any]] = {
    "api": settings.ApiSettings,
    "on_table_change": settings.OnTableChangeSettings,
    "record_fix_outcome": settings.RecordFixOutcomeSettings,
    "run_quality_job": settings.RunQualityJobSettings,
    "record_product": settings.RecordProductSettings,
    "start_nightly_jobs": settings.StartNightlyJobsSettings,
}

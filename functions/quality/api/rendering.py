"""Records as callers see them."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from skuflow.kernel.clock import iso
from skuflow.quality.jobs.chunks import Answers, Chunk, Poor, Repeats, Sums
from skuflow.quality.jobs.model import Job, Result
from skuflow.quality.measures import Measure
from skuflow.quality.report.model import Report
from skuflow.quality.rules.judging import score_of
from skuflow.quality.rules.rule import Finding
from skuflow.quality.thresholds import Alert, Threshold


def percent(value: Decimal) -> str:
    return f"{value:.2f}"


def job_view(job: Job, last: Chunk | None, again: Repeats | None, answers: Answers) -> dict[str, Any]:
    sums = last.sums if last is not None else Sums()
    return {
        **summary_view(job),
        "filters": {**asdict(job.filters), "category": list(job.filters.category)}
        | {"product_ids": list(job.filters.product_ids)},
        "check_images": job.check_images,
        "progress": {
            "looked_at": sums.looked_at,
            "checked": sums.processed,
            "findings": sums.findings + (again.listed if again is not None else 0),
            "batches_decided": sums.batches if job.decides else 0,
            "batches_answered": answers.batches,
            "fixes_proposed": sums.fixes,
            "fixes_applied": answers.applied,
            "fixes_skipped": answers.skipped,
            "products_fixed": answers.fixed,
        },
        "failure": asdict(job.failure) if job.failure else None,
    }


def summary_view(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.job_id,
        "collection": job.collection,
        "mode": job.mode,
        "status": job.status,
        "follows": job.follows or None,
        "nightly": job.nightly,
        "created_at": iso(job.created_at),
        "updated_at": iso(job.updated_at),
        "completed_at": iso(job.completed_at) if job.completed_at else None,
        "result": _result_view(job.result) if job.result else None,
    }


def _result_view(result: Result) -> dict[str, Any]:
    return {
        "score_before": percent(result.before),
        "score_after": percent(result.after),
        "items_processed": result.processed,
        "items_fixed": result.fixed,
        "billable_items": result.billable,
        "source_type": result.source_type,
        "source_items": result.looked_at,
        "duration_seconds": result.duration_seconds,
    }


def finding_view(finding: Finding, title: str) -> dict[str, Any]:
    return {
        "product_id": finding.product_id,
        "title": title,
        "variant_id": finding.variant_id or None,
        "rule_id": finding.rule_id,
        "field": place_of(finding),
        "aspect": finding.aspect,
        "severity": finding.severity,
        "value": finding.value,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def place_of(finding: Finding) -> str:
    """The field with its entity, as reports name it."""
    return f"{'variant' if finding.variant_id else 'product'}.{finding.field}"


def report_view(job: Job, report: Report) -> dict[str, Any]:
    return {
        "job": summary_view(job),
        "fields": [
            {"field": name, "before": _measure_view(report.before[name]), "after": _measure_view(measure)}
            for name, measure in report.after.items()
        ],
        "rules": [
            {
                "rule_id": one.rule_id,
                "field": one.field,
                "severity": one.severity,
                "summary": one.summary,
                "failed_before": one.before,
                "failed_after": one.after,
                "example_product_ids": list(one.examples),
            }
            for one in report.rules
        ],
        "worst": [_poor_view(one) for one in report.worst],
    }


def _measure_view(measure: Measure) -> dict[str, str]:
    return {name: percent(value) for name, value in asdict(measure).items()}


def _poor_view(poor: Poor) -> dict[str, Any]:
    return {
        "product_id": poor.product_id,
        "title": poor.title,
        "score": percent(score_of(poor.loss, 1)),
        "findings": poor.findings,
    }


def threshold_view(threshold: Threshold) -> dict[str, Any]:
    return {
        "threshold_id": threshold.threshold_id,
        "collection": threshold.collection,
        "field": threshold.field,
        "metric": threshold.metric,
        "direction": threshold.direction,
        "limit": percent(threshold.limit),
        "margin": percent(threshold.margin),
        "crossed": threshold.crossed,
        "value": percent(threshold.value) if threshold.value is not None else None,
        "measured_at": iso(threshold.measured_at) if threshold.measured_at else None,
    }


def alert_view(alert: Alert) -> dict[str, Any]:
    return {**asdict(alert), "limit": percent(alert.limit), "value": percent(alert.value), "at": iso(alert.at)}

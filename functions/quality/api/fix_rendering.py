"""Fixes and suggestions as callers see them."""

from __future__ import annotations

from typing import Any

from skuflow.quality.fixes.fix import Decision, Fix
from skuflow.quality.jobs.chunks import Outcome
from skuflow.quality.jobs.model import Job


def product_view(decision: Decision, title: str, job: Job, outcome: Outcome | None) -> dict[str, Any]:
    skipped = (
        {one.path: one.reason for one in outcome.skipped if one.product_id == decision.product_id} if outcome else {}
    )
    return {
        "product_id": decision.product_id,
        "title": title,
        "fixes": [_fix_view(fix, job, outcome, skipped) for fix in decision.fixes],
        "suggestions": [
            {
                "path": one.path,
                "old": one.old,
                "new": one.new,
                "reason": one.reason,
                "rule_id": one.rule_id,
                "confidence": one.confidence,
            }
            for one in decision.suggestions
        ],
    }


def _fix_view(fix: Fix, job: Job, outcome: Outcome | None, skipped: dict[str, str]) -> dict[str, Any]:
    if not job.decides:
        became = "proposed"
    elif outcome is None:
        became = "waiting"
    else:
        became = "skipped" if fix.path in skipped else "applied"
    return {
        "path": fix.path,
        "old": fix.old,
        "new": fix.new,
        "reason": fix.reason,
        "rule_ids": list(fix.rule_ids),
        "outcome": became,
        "skipped_because": skipped.get(fix.path),
    }

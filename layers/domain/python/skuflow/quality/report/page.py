"""A report as a page: one file, which loads nothing. Whatever comes from a catalogue is escaped: titles are written by
strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from skuflow.quality.jobs.model import Job
from skuflow.quality.measures import WHOLE, Point
from skuflow.quality.report.drawing import bars_of, chart_of, sound_in
from skuflow.quality.report.model import Report
from skuflow.quality.rules.judging import score_of

_TEMPLATE = Path(__file__).with_name("page.html")
MOST_RULES = 30
LONGEST = 300
"""Characters of a value that is shown."""

_WHAT = {
    "score": "Scored",
    "preview": "Scored, with fixes to choose from",
    "fix": "Scored and fixed",
    "apply": "Fixes of a preview applied",
    "revert": "Fixes taken back",
}

_BECAUSE = {
    "changed_since": "left: changed meanwhile",
    "unknown_product": "left: product is gone",
    "unknown_place": "left: variant or option is gone",
    "field_not_allowed": "left: field is not ours",
    "invalid_value": "left: refused by the catalogue",
    "too_large": "left: too long",
}


@dataclass(frozen=True, slots=True)
class ShownFix:
    """`outcome`: proposed, waiting, applied, or why it was skipped."""

    product_id: str
    title: str
    path: str
    old: str
    new: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ShownProduct:
    product_id: str
    title: str
    findings: int
    score: str


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))


def as_page(job: Job, report: Report, points: Sequence[Point], fixes: Sequence[ShownFix], fixes_total: int) -> str:
    """The page of a completed job. `points` of the whole collection, oldest first; `fixes` the first of `fixes_total`."""
    changed = job.decides
    return _template().render(
        collection=job.collection,
        what=_WHAT[job.mode],
        at=f"{job.completed_at or job.updated_at:%Y-%m-%d %H:%M} UTC",
        job_id=job.job_id,
        before=f"{report.before[WHOLE].score:.2f}",
        after=f"{report.after[WHOLE].score:.2f}",
        changed=changed,
        facts=_facts(job, report),
        bars=bars_of(report.before, report.after, changed=changed),
        sound=", ".join(sound_in(report.before, report.after)),
        chart=chart_of(points),
        rules=report.rules[:MOST_RULES],
        rules_more=max(0, len(report.rules) - MOST_RULES),
        worst=[
            ShownProduct(one.product_id, one.title, one.findings, f"{score_of(one.loss, 1):.2f}")
            for one in report.worst
        ],
        worst_none="See the job that this one follows." if job.follows else "None: nothing was found.",
        fixes=[_shortened(one) for one in fixes],
        fixes_more=f"{fixes_total - len(fixes):,}" if fixes_total > len(fixes) else "",
        fixes_none="This job only measured." if job.mode == "score" else "There was nothing to fix.",
    )


def _facts(job: Job, report: Report) -> list[tuple[str, str]]:
    result = job.result
    if result is None:
        return []
    facts = [("Products checked" if not job.follows else "Products with fixes", f"{result.processed:,}")]
    if not job.follows:
        facts.append(("Variants", f"{report.variants:,}"))
    if job.decides:
        facts += [("Products fixed", f"{result.fixed:,}"), ("Fixes applied", f"{result.applied:,}")]
        facts.append(("Fixes skipped", f"{result.skipped:,}"))
    whole = report.after[WHOLE]
    shares = (("missing", whole.missing), ("invalid", whole.invalid), ("repeated", whole.duplicates))
    return [*facts, *((f"Values {name}", f"{share:.2f} %") for name, share in shares)]


def _shortened(fix: ShownFix) -> ShownFix:
    old, new = (text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in (fix.old, fix.new))
    return ShownFix(fix.product_id, fix.title, fix.path, old, new, _BECAUSE.get(fix.outcome, fix.outcome))

"""Chunks and answers, added up to a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import nsmallest

from skuflow.quality.jobs.chunks import Chunk, Outcome, Poor, Repeats, Sums, worst
from skuflow.quality.measures import WHOLE, Measure
from skuflow.quality.report.model import Report, RuleReport
from skuflow.quality.rules.rule import RuleSet
from skuflow.quality.rules.scoring import CollectionQuality, FieldQuality, percent, quality_of
from skuflow.quality.rules.tally import EXAMPLES, Tally, merged


@dataclass(slots=True)
class Totals:
    """What the chunks of a job come to; add them in order. A chunk without an answer was left as it was, one without repeats has
    nothing that others have too."""

    rules: RuleSet
    sums: Sums = Sums()  # noqa: RUF009 - frozen
    _before: list[Tally] = field(default_factory=list)
    _after: list[Tally] = field(default_factory=list)
    _worst: tuple[Poor, ...] = ()
    _answered: bool = False
    _doubles: dict[str, set[str]] = field(default_factory=dict)

    def add(self, chunk: Chunk, outcome: Outcome | None, repeats: Repeats | None) -> None:
        self.sums = chunk.sums
        self._before.append(chunk.tally)
        self._after.append(chunk.tally if outcome is None else outcome.tally)
        self._answered = self._answered or outcome is not None
        poor = {one.product_id: one for one in (*chunk.worst, *(repeats.worst if repeats else ()))}
        self._worst = worst((*self._worst, *poor.values()))
        for one in repeats.findings if repeats else ():
            known = self._doubles.setdefault(one.rule_id, set())
            self._doubles[one.rule_id] = set(nsmallest(EXAMPLES, {*known, one.product_id}))

    def report(self) -> Report:
        tally = merged(*self._before)
        before = quality_of(tally, self.rules)
        after = quality_of(merged(*self._after), self.rules) if self._answered else before
        rules = _rules(self.rules, before, after, self._doubles)
        return Report(measures_of(before), measures_of(after), rules, self._worst, tally.variants)


def measures_of(quality: CollectionQuality) -> dict[str, Measure]:
    """By field, as `entity.field`, and for the whole collection. A field's score is the share of products or variants in which
    it is there and breaks no rule of its own, duplicates aside; the whole collection's shares are of all fields of all of
    them."""
    fields = {f"{one.entity}.{one.field}": _measure(one) for one in quality.fields}
    all_of = [(one.missing, one.invalid, one.repeated, one.subjects) for one in quality.fields]
    missing, invalid, repeated, subjects = (
        (sum(column) for column in zip(*all_of, strict=True)) if all_of else (0, 0, 0, 0)
    )
    whole = Measure(quality.score, percent(missing, subjects), percent(invalid, subjects), percent(repeated, subjects))
    return {WHOLE: whole, **fields}


def _measure(one: FieldQuality) -> Measure:
    sound = Decimal("100.00") if not one.subjects else percent(one.subjects - one.missing - one.invalid, one.subjects)
    return Measure(sound, one.missing_percent, one.invalid_percent, one.repeated_percent)


def _rules(
    rules: RuleSet, before: CollectionQuality, after: CollectionQuality, doubles: Mapping[str, set[str]]
) -> tuple[RuleReport, ...]:
    left = {one.rule_id: one.failed for one in after.rules}
    found = []
    for one in before.rules:
        rule = rules.rule(one.rule_id)
        if rule is not None and (one.failed or left.get(one.rule_id, 0)):
            then = left.get(one.rule_id, 0)
            examples = one.examples or tuple(sorted(doubles.get(one.rule_id, ())))
            found.append(RuleReport(one.rule_id, rule.place, rule.severity, rule.summary, one.failed, then, examples))
    return tuple(sorted(found, key=lambda one: (-one.before, one.rule_id)))

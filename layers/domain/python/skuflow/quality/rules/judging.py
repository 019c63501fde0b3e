"""One product held against the rules.

What a product loses. Each field of an entity has a stake: the points of the dearest of its rules (severity × weight, see `rule`). A
field loses the points of the dearest rule that does not hold for it, so it never loses more than its stake, and mending one finding
never costs anything. A product's score is

    100 × (1 - (Σ lost by its own fields + mean over its variants of Σ lost by their fields) / Σ stakes of all fields)

A product without variants loses all that its variants could be worth. Each loss of a field is rounded down to a whole trillionth of
a product, and everything else is a sum of those: exact in whatever order it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from skuflow.quality.model import Snapshot
from skuflow.quality.rules.checks.complaint import Case, about
from skuflow.quality.rules.fields import Field, Subject, Value, field_of
from skuflow.quality.rules.kinds import KINDS, is_judged
from skuflow.quality.rules.known import Known
from skuflow.quality.rules.rule import ENTITIES, Entity, Finding, Rule, RuleSet
from skuflow.quality.rules.seen import Mark, digest_of
from skuflow.quality.rules.siblings import Siblings, siblings_of

WHOLE = 10**12
"""A product that loses everything."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`loss` (trillionths) leaves out duplicates, which `marks` are for. `findings` have them if it was known what is repeated, and
    so has `score` (0 to 100, two places, 100.00 only without any loss)."""

    product_id: str
    variants: int
    findings: tuple[Finding, ...]
    loss: int
    marks: tuple[Mark, ...]
    score: Decimal


@dataclass(frozen=True, slots=True)
class _Row:
    """The rules for one field, and what it stands to lose."""

    field: Field
    rules: tuple[Rule, ...]
    always: tuple[Rule, ...]

    @property
    def stake(self) -> int:
        return max(rule.points for rule in self.rules)

    def concerned(self, values: tuple[Value, ...]) -> tuple[Rule, ...]:
        """Most have nothing to say where there is nothing."""
        return self.rules if values else self.always


@dataclass(frozen=True, slots=True)
class _Verdict:
    """On one subject."""

    findings: tuple[Finding, ...]
    loss: int
    marks: tuple[Mark, ...]


class Judge:
    """Judges any number of products by the same rules, knowing the same. Rules that cannot be judged with what is known are left
    out, stakes included."""

    def __init__(self, rules: RuleSet, known: Known) -> None:
        self.known = known
        self.rules = tuple(rule for rule in rules.rules if is_judged(rule, known))
        self._rows = {entity: tuple(_rows(entity, self.rules)) for entity in ENTITIES}
        self._stakes = {entity: sum(row.stake for row in self._rows[entity]) for entity in ENTITIES}
        self._whole = sum(self._stakes.values())

    def judge(self, product: Snapshot) -> Judgement:
        siblings, count = siblings_of(product), len(product.variants)
        verdicts = [self._verdict(Subject(product), siblings, 1)]
        verdicts += [self._verdict(Subject(product, variant), siblings, count) for variant in product.variants]
        loss = sum(one.loss for one in verdicts) + (0 if count else self._cost(self._stakes["variant"], 1))
        marks = tuple(mark for one in verdicts for mark in one.marks)
        repeated = sum(mark.loss for mark in marks if self._repeats(mark.rule_id, mark.digest))
        findings = tuple(finding for one in verdicts for finding in one.findings)
        return Judgement(product.product_id, count, findings, loss, marks, score_of(loss + repeated, 1))

    def _cost(self, points: int, among: int) -> int:
        """What it is to lose so many points in a field, of a product or of one of so many variants."""
        return WHOLE * points // (self._whole * among) if self._whole else 0

    def _verdict(self, subject: Subject, siblings: Siblings, among: int) -> _Verdict:
        findings: list[Finding] = []
        marks: list[Mark] = []
        loss = 0
        for row in self._rows[subject.entity]:
            values = tuple(row.field.read(subject))
            cases = [Case(rule, subject, values, siblings, self.known) for rule in row.concerned(values)]
            broken = [(case.rule, finding) for case in cases if (finding := _finding(case)) is not None]
            lost = self._cost(max((rule.points for rule, _ in broken), default=0), among)
            loss += lost
            findings += [finding for _, finding in broken]
            for case in cases:
                digest = digest_of(case.rule, subject, values) if KINDS[case.rule.kind].check is None else None
                if digest is not None:
                    beyond = max(0, self._cost(case.rule.points, among) - lost)
                    marks.append(Mark(case.rule.rule_id, subject.variant_id, digest, beyond))
                    findings += [_repeated(case)] if self._repeats(case.rule.rule_id, digest) else []
        return _Verdict(tuple(findings), loss, tuple(marks))

    def _repeats(self, rule_id: str, digest: int) -> bool:
        return self.known.repeated is not None and digest in self.known.repeated.get(rule_id, ())


def _rows(entity: Entity, rules: Iterable[Rule]) -> Iterator[_Row]:
    by_field: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.entity == entity:
            by_field.setdefault(rule.field, []).append(rule)
    for name, some in by_field.items():
        field = field_of(entity, name)
        if field is not None:
            yield _Row(field, tuple(some), tuple(rule for rule in some if KINDS[rule.kind].always))


def score_of(loss: int, products: int) -> Decimal:
    """0 to 100 from the `loss` of so many products, rounded down to two places; 100.00 if there is no product."""
    if not products:
        return Decimal("100.00")
    return Decimal(10_000 * (WHOLE * products - loss) // (WHOLE * products)).scaleb(-2)


def _finding(case: Case) -> Finding | None:
    kind = KINDS[case.rule.kind]
    complaint = kind.check(case) if kind.check is not None else None
    if complaint is None:
        return None
    return _made(case.rule, case.subject, complaint.value, complaint.message)


def _repeated(case: Case) -> Finding:
    value = case.subject.product.title if case.rule.kind == "same_product" else "".join(map(str, case.values[:1]))
    return _made(case.rule, case.subject, about(value, "").value, "is not the only one")


def _made(rule: Rule, subject: Subject, value: str, message: str) -> Finding:
    return Finding(
        rule_id=rule.rule_id,
        product_id=subject.product.product_id,
        variant_id=subject.variant_id,
        field=rule.field,
        aspect=KINDS[rule.kind].aspect,
        severity=rule.severity,
        value=value,
        message=message,
        remedy=rule.remedy,
    )

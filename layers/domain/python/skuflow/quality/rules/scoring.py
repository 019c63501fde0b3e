"""The quality of a collection: its score, and each field's share of missing, invalid and repeated values.

    score = 100 × (1 - Σ loss of its products / number of products), rounded down to two places

so every product counts alike, 100.00 is said only of a collection without any finding, and of an empty one, in which nothing is
wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from skuflow.quality.rules.judging import score_of
from skuflow.quality.rules.kinds import KINDS
from skuflow.quality.rules.rule import Entity, Rule, RuleSet
from skuflow.quality.rules.seen import repetitions
from skuflow.quality.rules.tally import FieldCount, RuleCount, Tally

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """`subjects`: products, or variants. Of those, in how many the field is missing, invalid, and the same as another's."""

    entity: Entity
    field: str
    subjects: int
    missing: int
    invalid: int
    repeated: int

    @property
    def missing_percent(self) -> Decimal:
        return percent(self.missing, self.subjects)

    @property
    def invalid_percent(self) -> Decimal:
        return percent(self.invalid, self.subjects)

    @property
    def repeated_percent(self) -> Decimal:
        return percent(self.repeated, self.subjects)


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """In how many subjects the rule does not hold. `examples` are ids of products; none where duplicates are looked for."""

    rule_id: str
    failed: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollectionQuality:
    """`fields` and `rules` in the order of the rules; every field that has a rule is there."""

    score: Decimal
    products: int
    variants: int
    fields: tuple[FieldQuality, ...]
    rules: tuple[RuleOutcome, ...]

    def field(self, entity: Entity, name: str) -> FieldQuality | None:
        return next((one for one in self.fields if (one.entity, one.field) == (entity, name)), None)


def percent(part: int, whole: int) -> Decimal:
    """Two places, half to even; 0.00 of nothing."""
    return (Decimal(100 * part) / (whole or 1)).quantize(_HUNDREDTH, ROUND_HALF_EVEN)


def quality_of(tally: Tally, rules: RuleSet) -> CollectionQuality:
    """What `tally` comes to by the rules that it was made with."""
    repeats = {rule_id: [(times, loss) for _, times, loss in repetitions(kept)] for rule_id, kept in tally.seen.items()}
    subjects = {rule_id: sum(times for times, _ in found) for rule_id, found in repeats.items()}
    lost = tally.loss + sum(loss for found in repeats.values() for _, loss in found)
    return CollectionQuality(
        score=score_of(lost, tally.products),
        products=tally.products,
        variants=tally.variants,
        fields=tuple(_fields(tally, rules, subjects)),
        rules=tuple(_outcome(rule, tally, subjects) for rule in rules.rules),
    )


def _fields(tally: Tally, rules: RuleSet, repeats: dict[str, int]) -> Iterator[FieldQuality]:
    by_place: dict[str, list[Rule]] = {}
    for rule in rules.rules:
        by_place.setdefault(rule.place, []).append(rule)
    for place, some in by_place.items():
        count = tally.fields.get(place, FieldCount())
        entity = some[0].entity
        yield FieldQuality(
            entity=entity,
            field=some[0].field,
            subjects=tally.products if entity == "product" else tally.variants,
            missing=count.missing,
            invalid=count.invalid,
            repeated=max(repeats.get(rule.rule_id, 0) for rule in some),
        )


def _outcome(rule: Rule, tally: Tally, repeats: dict[str, int]) -> RuleOutcome:
    if KINDS[rule.kind].aspect == "duplicate":
        return RuleOutcome(rule.rule_id, repeats.get(rule.rule_id, 0), ())
    count = tally.rules.get(rule.rule_id, RuleCount())
    return RuleOutcome(rule.rule_id, count.failed, count.examples)

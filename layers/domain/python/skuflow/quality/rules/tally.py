"""What the findings of many products come to, so that it can be added up in any order, put away and taken up again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest

from skuflow.quality.rules.judging import Judgement
from skuflow.quality.rules.known import Repeated
from skuflow.quality.rules.seen import joined, packed, repetitions, unpacked

EXAMPLES = 5
"""Products that are named for a rule."""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """`failed` subjects, and the ids of a few of their products (the first EXAMPLES in the order of text)."""

    failed: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldCount:
    """Subjects in which the field is missing, and in which it is there and breaks a rule; each once, however many rules it
    breaks."""

    missing: int = 0
    invalid: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """`loss` is in trillionths of a product. Duplicates are in `seen` alone: by rule, what its values were (see the module
    `seen`), 20 bytes each. `fields` is by `Rule.place`."""

    products: int = 0
    variants: int = 0
    loss: int = 0
    rules: Mapping[str, RuleCount] = field(default_factory=dict)
    fields: Mapping[str, FieldCount] = field(default_factory=dict)
    seen: Mapping[str, bytes] = field(default_factory=dict)


class Counting:
    """Adds up judgements, one at a time."""

    def __init__(self) -> None:
        self._products = self._variants = self._loss = 0
        self._rules: dict[str, RuleCount] = {}
        self._fields: dict[str, FieldCount] = {}
        self._seen: dict[str, dict[int, tuple[int, int]]] = {}

    def add(self, judged: Judgement) -> None:
        self._products += 1
        self._variants += judged.variants
        self._loss += judged.loss
        told = [finding for finding in judged.findings if finding.aspect != "duplicate"]
        for finding in told:
            one = RuleCount(1, (finding.product_id,))
            self._rules[finding.rule_id] = _rule_sum((self._rules.get(finding.rule_id, RuleCount()), one))
        for variant_id, name, aspect in {(one.variant_id, one.field, one.aspect) for one in told}:
            place = f"{'variant' if variant_id else 'product'}.{name}"
            one_more = FieldCount(missing=1) if aspect == "missing" else FieldCount(invalid=1)
            self._fields[place] = _field_sum((self._fields.get(place, FieldCount()), one_more))
        for mark in judged.marks:
            values = self._seen.setdefault(mark.rule_id, {})
            times, loss = values.get(mark.digest, (0, 0))
            values[mark.digest] = times + 1, loss + mark.loss

    def tally(self) -> Tally:
        """What was added so far."""
        seen = {rule_id: packed(values) for rule_id, values in self._seen.items()}
        return Tally(self._products, self._variants, self._loss, dict(self._rules), dict(self._fields), seen)


def merged(*tallies: Tally) -> Tally:
    """All of them added up; the same in any order and grouping."""
    return Tally(
        products=sum(one.products for one in tallies),
        variants=sum(one.variants for one in tallies),
        loss=sum(one.loss for one in tallies),
        rules={
            name: _rule_sum(one.rules[name] for one in tallies if name in one.rules)
            for name in _names(one.rules for one in tallies)
        },
        fields={
            name: _field_sum(one.fields[name] for one in tallies if name in one.fields)
            for name in _names(one.fields for one in tallies)
        },
        seen={
            name: joined(one.seen[name] for one in tallies if name in one.seen)
            for name in _names(one.seen for one in tallies)
        },
    )


def repeated(tally: Tally) -> Repeated:
    """What more than one subject has, for a second look at the products."""
    found = {rule_id: frozenset(digest for digest, _, _ in repetitions(kept)) for rule_id, kept in tally.seen.items()}
    return {rule_id: digests for rule_id, digests in found.items() if digests}


def concerns(known: Repeated, tally: Tally) -> bool:
    """Whether one of those that `tally` counts has a value that is repeated."""
    return any(
        digest in known[rule_id]
        for rule_id, kept in tally.seen.items()
        if rule_id in known
        for digest, _, _ in unpacked(kept)
    )


def _names(many: Iterable[Mapping[str, object]]) -> list[str]:
    return sorted({name for one in many for name in one})


def _rule_sum(counts: Iterable[RuleCount]) -> RuleCount:
    some = list(counts)
    examples = nsmallest(EXAMPLES, {product_id for one in some for product_id in one.examples})
    return RuleCount(sum(one.failed for one in some), tuple(examples))


def _field_sum(counts: Iterable[FieldCount]) -> FieldCount:
    some = list(counts)
    return FieldCount(sum(one.missing for one in some), sum(one.invalid for one in some))

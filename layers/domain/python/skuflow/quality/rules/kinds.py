"""The kinds of rules: what each looks at, and what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skuflow.quality.rules.checks import selling, values, whole
from skuflow.quality.rules.checks.complaint import Check
from skuflow.quality.rules.fields import Shape
from skuflow.quality.rules.known import Known
from skuflow.quality.rules.rule import Aspect, Kind, Rule

_SINGLE: frozenset[Shape] = frozenset({"text", "number", "money"})
_WRITTEN: frozenset[Shape] = frozenset({"text", "texts", "html", "addresses"})
_ANY: frozenset[Shape] = frozenset({"text", "texts", "html", "number", "money", "addresses"})


@dataclass(frozen=True, slots=True)
class KindOfRule:
    """`check` None: the values are marked, and what is wrong is known when all products were seen. `always`: it looks at a field
    even where nothing is there. `shapes`: the fields for which clients may define such rules; empty: built-in rules only."""

    aspect: Aspect
    check: Check | None
    shapes: frozenset[Shape] = frozenset()
    always: bool = False


KINDS: Mapping[Kind, KindOfRule] = {
    "required": KindOfRule("missing", values.required, _ANY, always=True),
    "type": KindOfRule("invalid", values.of_type, frozenset({"text", "texts"})),
    "format": KindOfRule("invalid", values.formatted, _WRITTEN),
    "range": KindOfRule("invalid", values.in_range, frozenset({"number", "money", "text", "texts"})),
    "length": KindOfRule("invalid", values.of_length, _WRITTEN),
    "enumeration": KindOfRule("invalid", values.one_of, frozenset({"text", "texts"})),
    "unique": KindOfRule("duplicate", None, _SINGLE),
    "reference": KindOfRule("invalid", values.refers, frozenset({"text", "addresses"})),
    "gtin": KindOfRule("invalid", selling.gtin),
    "gtin_restricted": KindOfRule("invalid", selling.gtin_restricted),
    "image_reachable": KindOfRule("invalid", whole.reachable),
    "image_size": KindOfRule("invalid", whole.large_enough),
    "html": KindOfRule("invalid", values.without_junk),
    "text": KindOfRule("invalid", values.without_flaw),
    "price_over_cost": KindOfRule("invalid", selling.price_over_cost),
    "compare_at_over_price": KindOfRule("invalid", selling.compare_at_over_price),
    "price_outlier": KindOfRule("invalid", selling.price_outlier),
    "stale": KindOfRule("invalid", whole.stale),
    "same_product": KindOfRule("duplicate", None),
    "same_options": KindOfRule("invalid", whole.same_options, always=True),
}


def is_judged(rule: Rule, known: Known) -> bool:
    """Whether enough is known for `rule`."""
    if rule.kind in {"image_reachable", "image_size"}:
        return known.images is not None
    if rule.params.target == "known_categories":
        return known.categories is not None
    return rule.params.target != "known_brands" or known.brands is not None

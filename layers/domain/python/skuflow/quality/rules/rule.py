"""What a rule is: which field of what, what must hold there, and how much it matters."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Entity = Literal["product", "variant"]
ENTITIES: tuple[Entity, ...] = ("product", "variant")

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

Aspect = Literal["missing", "invalid", "duplicate"]
"""How a finding is counted for its field."""

ValueType = Literal["text", "integer", "number", "boolean", "date", "url"]
VALUE_TYPES: tuple[ValueType, ...] = ("text", "integer", "number", "boolean", "date", "url")

Target = Literal["own_images", "known_categories", "known_brands"]
TARGETS: tuple[Target, ...] = ("own_images", "known_categories", "known_brands")

Kind = Literal[
    "required",
    "type",
    "format",
    "range",
    "length",
    "enumeration",
    "unique",
    "reference",
    "gtin",
    "gtin_restricted",
    "image_reachable",
    "image_size",
    "html",
    "text",
    "price_over_cost",
    "compare_at_over_price",
    "price_outlier",
    "stale",
    "same_product",
    "same_options",
]

POINTS: dict[Severity, int] = {"error": 10, "warning": 5, "info": 2}
"""What a finding costs its field, times the rule's weight."""

MAX_WEIGHT = 10


@dataclass(frozen=True, slots=True)
class Params:
    """What the rule's kind needs to know; the rest stays at its default.

    kind           reads
    required       -
    type           value_type
    format         pattern: RE2 syntax, must match the whole value
    range          minimum, maximum (both included; prices in major units), currency ("" any; other currencies are not judged)
    length         minimum, maximum: characters of a text (of a description without its tags), entries of a list
    enumeration    values, ignore_case
    unique         ignore_case, across_sources (False: the same value in two sources is no duplicate)
    reference      target
    image_size     minimum: pixels of the shorter side
    text           flaw: which flaw of a text is looked for (built-in rules only)
    price_outlier  maximum: how many times the median of its siblings
    stale          days
    """

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    currency: str = ""
    pattern: str = ""
    values: tuple[str, ...] = ()
    ignore_case: bool = True
    value_type: ValueType | None = None
    target: Target | None = None
    flaw: str = ""
    days: int | None = None
    across_sources: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """`field` is a name in `fields`, with `attributes.<name>` and `options.<name>` for any of those. `weight` is 1 to 10.
    `summary` says what must hold, `remedy` what to do where it does not. `fixable`: some of its findings mend themselves.
    Ids of built-in rules never change their meaning; those of clients begin with `own.`."""

    rule_id: str
    entity: Entity
    field: str
    kind: Kind
    severity: Severity
    weight: int
    summary: str
    remedy: str
    params: Params = Params()
    built_in: bool = False
    fixable: bool = False

    @property
    def points(self) -> int:
        return POINTS[self.severity] * self.weight

    @property
    def place(self) -> str:
        """The field with its entity, as counts are kept by it: `variant.price`."""
        return f"{self.entity}.{self.field}"


@dataclass(frozen=True, slots=True)
class Override:
    """What a client wants otherwise of a built-in rule; None leaves it. Of `params`, only those that the rule's kind reads and that
    a client may set: minimum, maximum and days."""

    rule_id: str
    enabled: bool | None = None
    severity: Severity | None = None
    weight: int | None = None
    params: Params | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules that hold for a client, switched-off ones left out."""

    rules: tuple[Rule, ...]

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.rule_id == rule_id), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold for a product (`variant_id` "") or one of its variants. `value` is what is there, cut to 200
    characters; "" where nothing is."""

    rule_id: str
    product_id: str
    variant_id: str
    field: str
    aspect: Aspect
    severity: Severity
    value: str
    message: str
    remedy: str

    @property
    def subject(self) -> tuple[str, str]:
        """Who is meant by which rule: no two findings of a product share it."""
        return self.rule_id, self.variant_id

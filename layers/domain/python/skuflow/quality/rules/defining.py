"""Rules of clients, checked before they are kept: whatever is wrong with one is said at once, field by field, with the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as defaulting
from decimal import Decimal
from typing import cast

from skuflow.kernel.errors import Invalid, Problem
from skuflow.quality.rules.built_in import BUILT_IN
from skuflow.quality.rules.fields import FIELDS, MAX_NAME, field_of, plain_name
from skuflow.quality.rules.kinds import KINDS
from skuflow.quality.rules.params import read_params
from skuflow.quality.rules.rule import ENTITIES, MAX_WEIGHT, SEVERITIES, Entity, Kind, Override, Params, Rule, Severity

MAX_RULES = 100
"""Rules of one client."""
MAX_SAID = 300
"""Characters of a summary or a remedy."""
PREFIX = "own."

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
KINDS_OF_CLIENTS: tuple[Kind, ...] = tuple(kind for kind, about in KINDS.items() if about.shapes)
_FIXED = frozenset({"length", "range", "image_size", "price_outlier", "stale"})
"""Kinds of built-in rules that have a limit which clients may move."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule as a client writes it; anything may be wrong with it. `name` becomes the id, after `own.`. `params` are those of
    `Params`; numbers as whole numbers, Decimals or texts."""

    name: str
    entity: str
    field: str
    kind: str
    severity: str = "warning"
    weight: int = 3
    summary: str = ""
    remedy: str = ""
    params: Mapping[str, object] = defaulting(default_factory=dict)


def defined(definition: Definition, *, others: Sequence[Rule] = ()) -> Rule:
    """The rule that is meant. `others` are the client's, one of the same name not among them (it is replaced). Raises Invalid with
    a Problem for each fault."""
    faults = [*_faults(definition), *_among(definition, others)]
    params = Params()
    try:
        params = read_params(definition.kind, definition.params)
    except Invalid as invalid:
        faults += invalid.problems
    if faults:
        raise Invalid("the rule cannot be used", problems=faults)
    return Rule(
        rule_id=PREFIX + definition.name,
        entity=cast(Entity, definition.entity),
        field=plain_name(definition.field),
        kind=cast(Kind, definition.kind),
        severity=cast(Severity, definition.severity),
        weight=definition.weight,
        summary=definition.summary.strip() or f"{definition.field}: {definition.kind}",
        remedy=definition.remedy.strip(),
        params=params,
    )


def _faults(said: Definition) -> Iterator[Problem]:
    if not _SLUG.fullmatch(said.name):
        yield Problem("name", "is no name for a rule", "use 1 to 64 small letters, digits, `-` and `_`")
    if said.kind not in KINDS_OF_CLIENTS:
        yield Problem("kind", "is no kind of rule", f"use one of {', '.join(KINDS_OF_CLIENTS)}")
    yield from _stakes(said.severity, said.weight)
    for name in ("summary", "remedy"):
        text: str = getattr(said, name)
        if len(text) > MAX_SAID or not all(char.isprintable() for char in text):
            yield Problem(name, f"is longer than {MAX_SAID} characters, or has some that cannot be seen", "shorten it")
    yield from _field_faults(said)


def _field_faults(said: Definition) -> Iterator[Problem]:
    entity = next((one for one in ENTITIES if one == said.entity), None)
    if entity is None:
        yield Problem("entity", "is nothing that has rules", f"use one of {', '.join(ENTITIES)}")
        return
    found = field_of(entity, said.field)
    if found is None or found.shape == "whole":
        named = "attributes" if entity == "product" else "options"
        names = [name for name, one in FIELDS[entity].items() if one.shape != "whole"]
        remedy = f"use one of {', '.join(names)}, or {named}.<name> (at most {MAX_NAME} characters)"
        yield Problem("field", f"is no field of a {entity}", remedy)
    elif said.kind in KINDS_OF_CLIENTS and found.shape not in KINDS[said.kind].shapes:
        fit = [name for name, one in FIELDS[entity].items() if one.shape in KINDS[said.kind].shapes]
        yield Problem("field", f"cannot have a rule of the kind {said.kind}", f"use one of {', '.join(fit)}")


def _stakes(severity: str | None, weight: int | None) -> Iterator[Problem]:
    if severity is not None and severity not in SEVERITIES:
        yield Problem("severity", "is no severity", f"use one of {', '.join(SEVERITIES)}")
    if weight is not None and (type(weight) is not int or not 1 <= weight <= MAX_WEIGHT):
        yield Problem("weight", f"is not between 1 and {MAX_WEIGHT}", f"give a whole number from 1 to {MAX_WEIGHT}")


def _among(said: Definition, others: Sequence[Rule]) -> Iterator[Problem]:
    if len(others) >= MAX_RULES:
        yield Problem("name", f"there are {MAX_RULES} rules already", "remove some")
    same = (rule for rule in (*BUILT_IN, *others) if (rule.entity, rule.field) == (said.entity, plain_name(said.field)))
    for rule in same:
        if said.kind == rule.kind == "unique" and rule.rule_id != PREFIX + said.name:
            yield Problem("field", f"is unique by the rule {rule.rule_id} already", "change that one")


def overridden(override: Override) -> Override:
    """`override` if it makes sense. Raises Invalid with a Problem for each fault."""
    rule = next((one for one in BUILT_IN if one.rule_id == override.rule_id), None)
    if rule is None:
        fault = Problem("rule_id", "is no built-in rule", "list the rules")
        raise Invalid("there is no such built-in rule", problems=[fault])
    faults = [*_stakes(override.severity, override.weight), *_limits(rule, override.params or Params())]
    if faults:
        raise Invalid("the rule cannot be changed so", problems=faults)
    return override


def _limits(rule: Rule, params: Params) -> Iterator[Problem]:
    for name in ("minimum", "maximum", "days"):
        new, old = getattr(params, name), getattr(rule.params, name)
        if new is None:
            continue
        if old is None or rule.kind not in _FIXED:
            yield Problem(f"params.{name}", "is nothing that this rule reads", "leave it out")
        elif not _is_limit(new):
            yield Problem(f"params.{name}", "is no limit", "give a number from 0 to 1,000,000,000,000")
    if params != Params(minimum=params.minimum, maximum=params.maximum, days=params.days):
        yield Problem("params", "has more than limits", "give minimum, maximum or days")
    low = params.minimum if params.minimum is not None else rule.params.minimum
    high = params.maximum if params.maximum is not None else rule.params.maximum
    if low is not None and high is not None and _is_limit(low) and _is_limit(high) and low > high:
        yield Problem("params.minimum", "is above the maximum", "give a smaller one")


def _is_limit(value: object) -> bool:
    if isinstance(value, Decimal) and not value.is_finite():
        return False
    return isinstance(value, Decimal | int) and 0 <= value <= 10**12

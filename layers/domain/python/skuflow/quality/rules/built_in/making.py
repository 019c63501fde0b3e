"""How the built-in rules are written down."""

from __future__ import annotations

from decimal import Decimal

from skuflow.quality.rules.rule import Entity, Kind, Params, Rule, Severity

Stake = tuple[Severity, int]
Says = tuple[str, str]
_NONE = Params()


def built(rule_id: str, kind: Kind, stake: Stake, says: Says, params: Params = _NONE, *, fixable: bool = False) -> Rule:
    """`rule_id` is `<field>.<what>` or `variant.<field>.<what>`; `says` is what must hold, and what to do where it does not."""
    entity: Entity = "variant" if rule_id.startswith("variant.") else "product"
    name = rule_id.removeprefix("variant.").rpartition(".")[0]
    return Rule(rule_id, entity, name, kind, *stake, *says, params, built_in=True, fixable=fixable)


def flaw(name: str) -> Params:
    """A flaw of a text."""
    return Params(flaw=name)


def limits(minimum: int | None, maximum: int | None) -> Params:
    return Params(
        minimum=Decimal(minimum) if minimum is not None else None,
        maximum=Decimal(maximum) if maximum is not None else None,
    )

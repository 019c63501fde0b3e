"""The rules that hold for one client: the built-in ones as it wants them, and its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skuflow.quality.rules.built_in import BUILT_IN
from skuflow.quality.rules.rule import Override, Params, Rule, RuleSet


def rule_set(own: Sequence[Rule] = (), overrides: Sequence[Override] = ()) -> RuleSet:
    """Built-in rules first. Overrides of rules that are no more are passed over."""
    wanted = {override.rule_id: override for override in overrides}
    kept = [as_wanted(rule, wanted[rule.rule_id]) if rule.rule_id in wanted else rule for rule in BUILT_IN]
    return RuleSet(tuple(rule for rule in (*kept, *own) if rule is not None))


def as_wanted(rule: Rule, override: Override) -> Rule | None:
    """`rule` as `override` has it; None if it is switched off."""
    if override.enabled is False:
        return None
    return replace(
        rule,
        severity=override.severity or rule.severity,
        weight=override.weight if override.weight is not None else rule.weight,
        params=_params(rule.params, override.params) if override.params is not None else rule.params,
    )


def _params(old: Params, new: Params) -> Params:
    return replace(
        old,
        minimum=new.minimum if new.minimum is not None else old.minimum,
        maximum=new.maximum if new.maximum is not None else old.maximum,
        days=new.days if new.days is not None else old.days,
    )

"""Rules as callers see them."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from skuflow.quality.fixes.settings import FixSettings
from skuflow.quality.rules.rule import Override, Params, Rule
from skuflow.quality.rules.rule_set import as_wanted
from skuflow.quality.vocabulary import Vocabulary

_UNSET = asdict(Params())


def rule_view(rule: Rule, override: Override | None) -> dict[str, Any]:
    """`rule` as the client has it."""
    wanted = as_wanted(rule, override) if override is not None else rule
    shown = wanted or rule
    return {
        "rule_id": shown.rule_id,
        "entity": shown.entity,
        "field": shown.field,
        "kind": shown.kind,
        "severity": shown.severity,
        "weight": shown.weight,
        "summary": shown.summary,
        "remedy": shown.remedy,
        "params": _params_view(shown.params),
        "built_in": shown.built_in,
        "fixable": shown.fixable,
        "enabled": wanted is not None,
        "overridden": override is not None,
    }


def fixing_view(fixing: FixSettings) -> dict[str, Any]:
    return {
        "category_map": {name: list(path) for name, path in fixing.category_map.items()},
        "colours": dict(fixing.colours),
        "acronyms": list(fixing.acronyms),
        "disabled": sorted(fixing.disabled),
    }


def vocabulary_view(vocabulary: Vocabulary) -> dict[str, Any]:
    return {"categories": [list(path) for path in vocabulary.categories], "brands": list(vocabulary.brands)}


def _params_view(params: Params) -> dict[str, Any]:
    """Those that are set. What only built-in rules have is left out."""
    given = {name: value for name, value in asdict(params).items() if value != _UNSET[name] and name != "flaw"}
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return list(value) if isinstance(value, tuple) else value

"""How much of one product is kept in a chunk, and told in an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skuflow.contracts.quality import MOST_FIXES
from skuflow.quality.fixes.fix import Decision, Fix, Suggestion
from skuflow.quality.rules.rule import Finding

MOST_STORED = 300_000
"""Bytes of a chunk as it is stored; an item holds 400 KB."""
TITLE = 120
"""Characters of a title that are kept beside findings."""
MOST_TOLD = 180_000
"""Bytes of the fixes of one batch; the catalogue takes events of 200 KB."""
MOST_OF_A_PRODUCT = 90_000
"""Bytes of the fixes of one product."""
MOST_FINDINGS = 200
MOST_SUGGESTIONS = 50
LONGEST = 10_000
"""Characters of a suggestion's texts."""


def listable(findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings of a product that are listed one by one: the first MOST_FINDINGS."""
    return findings[:MOST_FINDINGS]


def weight(fix: Fix) -> int:
    """Bytes that a fix takes in an event, at most: JSON may escape each character."""
    return len(fix.path.encode()) + _escaped(fix.old) + _escaped(fix.new) + 40


def _escaped(text: str) -> int:
    return len(text.encode()) + sum(5 if char < " " else char in '"\\' for char in text)


def fits_on_the_bus(decisions: Sequence[Decision]) -> bool:
    """Whether all their fixes go into one event, and the answer to it into another."""
    if sum(len(one.fixes) for one in decisions) > MOST_FIXES:
        return False
    return sum(60 + sum(weight(fix) for fix in one.fixes) for one in decisions) <= MOST_TOLD


def bearable(decision: Decision) -> Decision:
    """`decision` without what is too much to be handed on: fixes beyond the product's share become suggestions."""
    kept: list[Fix] = []
    suggested = list(decision.suggestions)
    room = MOST_OF_A_PRODUCT
    for fix in decision.fixes:
        room -= weight(fix)
        if room < 0:
            suggested.append(_suggested(fix, "too long to be mended"))
        elif len(kept) == MOST_FIXES:
            suggested.append(_suggested(fix, "more than can be mended at once"))
        else:
            kept.append(fix)
    short = [
        replace(one, old=one.old[:LONGEST], new=one.new if len(one.new) <= LONGEST else "")
        for one in suggested[:MOST_SUGGESTIONS]
    ]
    return Decision(decision.product_id, tuple(kept), tuple(short))


def _suggested(fix: Fix, why: str) -> Suggestion:
    rule_id = fix.rule_ids[0] if fix.rule_ids else ""
    return Suggestion(fix.path, fix.old, fix.new, rule_id, f"{fix.reason} ({why})", 90)

"""What is mended of a product without asking, and what is suggested.

A fix is made only if the rule that asks for it holds for the client, if the way to mend it has one outcome, and if the product
judged again shows no finding that was not there before. Deciding again about the mended product decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from skuflow.quality.fixes.applying import applied
from skuflow.quality.fixes.fix import Decision, Fix
from skuflow.quality.fixes.mending import MENDINGS, Aid
from skuflow.quality.fixes.paths import listed, option_paths, place_of, texts_of, value_at, variant_path
from skuflow.quality.fixes.settings import FixSettings, path_key
from skuflow.quality.fixes.suggesting import suggestions
from skuflow.quality.model import Snapshot
from skuflow.quality.rules.fields import ATTRIBUTE, OPTION
from skuflow.quality.rules.judging import Judge, Judgement
from skuflow.quality.rules.normal.plain import plain_text
from skuflow.quality.rules.rule import Rule

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MAPPED = "category.known"
_LISTS = ("category", "tags", ATTRIBUTE)
_FIRST = tuple(flaw for flaw in MENDINGS if flaw != "shouting")


@dataclass(frozen=True, slots=True)
class _State:
    """A product on its way, and what is said of it."""

    product: Snapshot
    judged: Judgement


def decide(product: Snapshot, judge: Judge, settings: FixSettings, *, judged: Judgement | None = None) -> Decision:
    """Titles come last: what the rest of the product says, once it is mended, tells which of their words are words. `judged` is
    what `judge` said of the product, if it was asked already."""
    wanted = [rule for rule in judge.rules if rule.fixable and rule.rule_id not in settings.disabled]
    aid = Aid(settings.colours)
    at_first = _State(product, judged or judge.judge(product))
    first, half = _kept(at_first, [*_mapped(product, settings), *_mended(product, wanted, _FIRST, aid)], judge)
    aid = replace(
        aid,
        words=words_of(half.product),
        kept=(*sorted(_names_of(half.product)), half.product.brand, *settings.acronyms),
    )
    last, done = _kept(half, list(_mended(half.product, wanted, ("shouting",), aid)), judge)
    return Decision(
        product.product_id, tuple(_joined([*first, *last])), suggestions(done.product, done.judged, judge, aid)
    )


def words_of(product: Snapshot) -> frozenset[str]:
    """Words, case folded, that stand in small letters somewhere else than in the product's title."""
    words = {word.casefold() for word in _said(product) if len(word) > 1 and word[1:].islower()}
    return frozenset(words - {word.casefold() for word in _names_of(product)})


def _names_of(product: Snapshot) -> frozenset[str]:
    """Words that have a capital behind a small letter, or the other way round, as names do: iPhone, GoPro."""
    return frozenset(word for word in _said(product) if word[1:] != word[1:].lower() and word != word.upper())


def _said(product: Snapshot) -> Iterator[str]:
    """Every word but those of the title."""
    said = (
        plain_text(product.description_html),
        product.product_type,
        *product.category,
        *product.tags,
        *(value for values in product.attributes.values() for value in values),
    )
    for text in said:
        yield from _WORD.findall(text)


def _mapped(product: Snapshot, settings: FixSettings) -> Iterator[Fix]:
    """The client's own name for a category; where a product has none, for its type."""
    said = product.category or tuple(part.strip() for part in product.product_type.split(">"))
    path = settings.category_map.get(path_key(said))
    if path is None or path == product.category or _MAPPED in settings.disabled:
        return
    reason = "the client maps it so" if product.category else "the client maps its type so"
    yield Fix("category", listed(product.category), listed(path), (_MAPPED,), reason)


def _mended(product: Snapshot, rules: Sequence[Rule], flaws: Sequence[str], aid: Aid) -> Iterator[Fix]:
    made: dict[str, Fix] = {}
    for flaw in flaws:
        for rule in rules:
            if _flaw(rule) == flaw:
                for path in _paths(product, rule.field):
                    _mend(product, path, rule, aid, made)
    yield from made.values()


def _flaw(rule: Rule) -> str:
    return rule.params.flaw or rule.kind


def _mend(product: Snapshot, path: str, rule: Rule, aid: Aid, made: dict[str, Fix]) -> None:
    """Adds to `made` what this rule changes at `path`, on top of what others did."""
    before = made.get(path)
    old = before.new if before is not None else value_at(product, path)
    mending = MENDINGS[_flaw(rule)]
    if path.startswith(_LISTS):
        new = listed(_distinct([mending.mend(text, aid) for text in texts_of(old)]))
    else:
        new = mending.mend(old, aid)
    if new == old or not new:
        return
    if before is None:
        made[path] = Fix(path, old, new, (rule.rule_id,), mending.reason)
    else:
        reason = f"{before.reason}; {mending.reason}"
        made[path] = replace(before, new=new, rule_ids=(*before.rule_ids, rule.rule_id), reason=reason)


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _paths(product: Snapshot, field: str) -> Iterator[str]:
    """Where the values of `field` stand."""
    if field == "attributes" or field.startswith(ATTRIBUTE):
        wanted = field.removeprefix(ATTRIBUTE).casefold()
        names = (name for name in product.attributes if field == "attributes" or name.casefold() == wanted)
        yield from (ATTRIBUTE + name for name in names)
    elif field == "options" or field.startswith(OPTION):
        wanted = field.removeprefix(OPTION).casefold()
        found = option_paths(product)
        yield from (path for path, name in found if field == "options" or name.casefold() == wanted)
    elif field == "gtin":
        yield from (variant_path(one, "gtin") for one in product.variants if one.gtin)
    else:
        yield field


def _kept(state: _State, fixes: list[Fix], judge: Judge) -> tuple[list[Fix], _State]:
    """`fixes` without those that bring a finding which was not there before, and what comes of them."""
    before = {finding.subject for finding in state.judged.findings}
    while fixes:
        fixed, _ = applied(state.product, fixes)
        new = _State(fixed, judge.judge(fixed))
        worse = [one for one in new.judged.findings if one.subject not in before]
        if not worse:
            return fixes, new
        blamed = {(one.variant_id, one.field.partition(".")[0]) for one in worse}
        left = [fix for fix in fixes if place_of(fix.path) not in blamed]
        fixes = left if len(left) < len(fixes) else []
    return [], state


def _joined(fixes: Sequence[Fix]) -> Iterator[Fix]:
    """One fix per path, from what was there first to what is there last."""
    by_path: dict[str, Fix] = {}
    for fix in fixes:
        old = by_path.get(fix.path)
        by_path[fix.path] = fix if old is None else _sum(old, fix)
    yield from (fix for fix in by_path.values() if fix.old != fix.new)


def _sum(first: Fix, then: Fix) -> Fix:
    return Fix(first.path, first.old, then.new, (*first.rule_ids, *then.rule_ids), f"{first.reason}; {then.reason}")


def previewed(product: Snapshot, decision: Decision) -> Mapping[str, tuple[str, str]]:
    """Path -> what stands there and what would, for those fixes that can still be made."""
    _, skipped = applied(product, decision.fixes)
    return {fix.path: (fix.old, fix.new) for fix in decision.fixes if fix not in skipped}

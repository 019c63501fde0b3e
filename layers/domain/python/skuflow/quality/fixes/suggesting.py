"""What might be right, where mending it by itself would not be safe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from skuflow.quality.fixes.fix import Fix, Suggestion
from skuflow.quality.fixes.mending import Aid
from skuflow.quality.fixes.paths import NoSuchPlace, listed, value_at
from skuflow.quality.model import Snapshot
from skuflow.quality.rules.fields import SEPARATOR
from skuflow.quality.rules.judging import Judge, Judgement
from skuflow.quality.rules.known import Known
from skuflow.quality.rules.normal import encoding
from skuflow.quality.rules.normal.letter_case import calmed
from skuflow.quality.rules.normal.plain import plain_text
from skuflow.quality.rules.normal.whitespace import key, tidy
from skuflow.quality.rules.rule import Finding, Rule
from skuflow.quality.rules.siblings import siblings_of

_ALIKE = 80
"""Percent of likeness from which a name may be another, misspelt (Ratcliff and Obershelp, as difflib measures it)."""


@dataclass(frozen=True, slots=True)
class _Case:
    product: Snapshot
    finding: Finding
    rule: Rule
    known: Known
    aid: Aid


def suggestions(product: Snapshot, judged: Judgement, judge: Judge, aid: Aid) -> tuple[Suggestion, ...]:
    """For what `judge` found in `product`, wherever something can be said to it."""
    rules = {rule.rule_id: rule for rule in judge.rules}
    found: list[Suggestion] = []
    for finding in judged.findings:
        case = _Case(product, finding, rules[finding.rule_id], judge.known, aid)
        suggest = _BY_RULE.get(finding.rule_id) or _BY_KIND.get(case.rule.kind)
        found += suggest(case) if suggest is not None else ()
    return tuple(found)


def as_fix(product: Snapshot, suggestion: Suggestion) -> Fix | None:
    """The fix that somebody who takes the suggestion means; None if it has to be made by hand."""
    try:
        stands = value_at(product, suggestion.path) == suggestion.old
    except NoSuchPlace:
        return None
    if not stands or not suggestion.new:
        return None
    return Fix(suggestion.path, suggestion.old, suggestion.new, (suggestion.rule_id,), suggestion.reason)


def _one(case: _Case, change: tuple[str, str, str], reason: str, confidence: int) -> Suggestion:
    """`change` is the path, what stands there, and what might."""
    return Suggestion(*change, case.finding.rule_id, reason, confidence)


def _calm_title(case: _Case) -> Iterator[Suggestion]:
    old = case.product.title
    calm = calmed(old, case.aid.words, case.aid.kept)
    if calm.text != old:
        reason = "some of its words may be acronyms or parts of a code"
        yield _one(case, ("title", old, calm.text), reason, 60)


def _plain_title(case: _Case) -> Iterator[Suggestion]:
    old = case.product.title
    new = plain_text(old)
    if new and new != old:
        yield _one(case, ("title", old, new), "what looks like a tag may be meant", 50)


def _short_title(case: _Case) -> Iterator[Suggestion]:
    old, most = case.product.title, case.rule.params.maximum
    if most is None or len(old) <= most:
        return
    new = old[: int(most) + 1].rpartition(" ")[0] or old[: int(most)]
    yield _one(case, ("title", old, new.rstrip(" ,;-–—|/")), "only its beginning fits", 30)


def _decoded(case: _Case) -> Iterator[Suggestion]:
    path = case.finding.field
    old = value_at(case.product, path)
    new = encoding.mended(old)
    if new != old:
        yield _one(case, (path, old, new), "UTF-8 was read as windows-1252", 90)


def _brand_of_title(case: _Case) -> Iterator[Suggestion]:
    """The longest brand with which the title begins."""
    title = key(case.product.title) + " "
    found = [brand for brand in case.known.brands or () if key(brand) and title.startswith(key(brand) + " ")]
    if found:
        yield _one(case, ("brand", "", max(found, key=lambda one: (len(one), one))), "the title begins with it", 80)


def _alike_brand(case: _Case) -> Iterator[Suggestion]:
    yield from _alike(case, "brand", case.product.brand, case.known.brands or frozenset(), lambda name: name)


def _alike_category(case: _Case) -> Iterator[Suggestion]:
    paths = {SEPARATOR.join(path): path for path in case.known.categories or ()}
    said = SEPARATOR.join(case.product.category)
    for one in _alike(case, "category", said, frozenset(paths), lambda name: listed(paths[name])):
        yield _one(case, ("category", listed(case.product.category), one.new), one.reason, one.confidence)


def _alike_value(case: _Case) -> Iterator[Suggestion]:
    if case.finding.variant_id or case.rule.field in {"brand", "product_type"}:
        path = _path(case)
        yield from _alike(case, path, case.finding.value, frozenset(case.rule.params.values), lambda name: name)


def _alike(
    case: _Case, path: str, said: str, names: frozenset[str], written: Callable[[str], str]
) -> Iterator[Suggestion]:
    closest, confidence = _closest(tidy(said), names)
    if closest:
        yield _one(case, (path, said, written(closest)), "it is spelt much like it", confidence)


@lru_cache(maxsize=4096)
def _closest(said: str, names: frozenset[str]) -> tuple[str, int]:
    """The name that is most like `said`, and how much in percent; "" if none is like it."""
    folded = {key(name): name for name in sorted(names)}
    found = get_close_matches(key(said), folded, n=1, cutoff=_ALIKE * 0.01)
    if not found:
        return "", 0
    return folded[found[0]], int(SequenceMatcher(None, key(said), found[0]).ratio() * 100)


def _without_compare_at(case: _Case) -> Iterator[Suggestion]:
    yield _one(case, (_path(case), case.finding.value, ""), "nobody saves anything by it; take it out", 60)


def _hundredth(case: _Case) -> Iterator[Suggestion]:
    """A price that is what its siblings cost, if its decimal point is moved by two places."""
    variant = next(one for one in case.product.variants if one.variant_id == case.finding.variant_id)
    price = variant.price
    middle = siblings_of(case.product).median(price.currency) if price is not None else None
    if price is None or middle is None:
        return
    for new in (price.to_decimal().scaleb(-2), price.to_decimal().scaleb(2)):
        if middle.to_decimal() <= 2 * new and new <= 2 * middle.to_decimal():
            reason = "its siblings cost about as much; the decimal point may be in the wrong place"
            yield _one(case, (_path(case), str(price.to_decimal()), _amount(new)), reason, 60)


def _amount(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _path(case: _Case) -> str:
    variant_id = case.finding.variant_id
    return f"variants.{variant_id}.{case.finding.field}" if variant_id else case.finding.field


_BY_RULE: Mapping[str, Callable[[_Case], Iterator[Suggestion]]] = {
    "title.shouting": _calm_title,
    "title.markup": _plain_title,
    "title.length": _short_title,
    "title.encoding": _decoded,
    "description_html.encoding": _decoded,
    "brand.required": _brand_of_title,
    "brand.known": _alike_brand,
    "category.known": _alike_category,
    "variant.compare_at.plausible": _without_compare_at,
    "variant.price.plausible": _hundredth,
}
_BY_KIND: Mapping[str, Callable[[_Case], Iterator[Suggestion]]] = {"enumeration": _alike_value}

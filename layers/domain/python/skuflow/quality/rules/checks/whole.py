"""Checks of pictures, and of a product or variant as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from skuflow.quality.model import ImageFact, Snapshot
from skuflow.quality.rules.checks.complaint import Case, Complaint, about
from skuflow.quality.rules.normal.plain import plain_text
from skuflow.quality.rules.normal.whitespace import key
from skuflow.quality.rules.siblings import option_key

_SAID = {
    "unreachable": "cannot be reached",
    "not_an_image": "is no picture",
    "refused": "is an address that cannot be called: it is not https, or leads inside a private network",
}


def reachable(case: Case) -> Complaint | None:
    bad = [(url, fact) for url, fact in _facts(case) if fact.status != "ok"]
    if not bad:
        return None
    url, fact = bad[0]
    return about(url, f"{_SAID[fact.status]}{_among(len(bad), case)}")


def large_enough(case: Case) -> Complaint | None:
    """Pictures of unknown size (those that are drawn from a description) are large enough."""
    least = case.rule.params.minimum
    small = [(url, fact) for url, fact in _facts(case) if fact.width and least and min(fact.width, fact.height) < least]
    if not small:
        return None
    url, fact = small[0]
    size = f"{fact.width} × {fact.height}"
    return about(url, f"has {size} pixels, fewer than {least} on its shorter side{_among(len(small), case)}")


def _facts(case: Case) -> Iterator[tuple[str, ImageFact]]:
    for url in case.values:
        fact = (case.known.images or {}).get(str(url))
        if fact is not None:
            yield str(url), fact


def _among(bad: int, case: Case) -> str:
    return f" (and {bad - 1} more of {len(case.values)})" if bad > 1 else ""


def stale(case: Case) -> Complaint | None:
    """Neither shown by its source nor changed by anybody for so many days."""
    product, days = case.subject.product, case.rule.params.days
    last = max(product.updated_at, product.observed_at or product.updated_at)
    age = (case.known.now - last).days
    if days is None or age <= days:
        return None
    return about(last.date().isoformat(), f"was last heard of {age} days ago")


def same_options(case: Case) -> Complaint | None:
    variant = case.subject.variant
    if variant is None or option_key(variant) not in case.siblings.shared:
        return None
    return about(
        ", ".join(value for _, value in variant.options),
        "are those of another variant too: nobody can choose between them",
    )


def same_product_key(product: Snapshot) -> str:
    """All that a shopper sees of it but the pictures, in the form in which it is compared; "" for a product without a title."""
    if not key(product.title):
        return ""
    offered = sorted(
        [option_key(one), [one.price.minor, one.price.currency] if one.price is not None else []]
        for one in product.variants
    )
    seen = [
        key(product.title),
        key(product.brand),
        key(plain_text(product.description_html)),
        sorted((key(name), sorted(map(key, values))) for name, values in product.attributes.items()),
        offered,
    ]
    text = json.dumps(seen, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

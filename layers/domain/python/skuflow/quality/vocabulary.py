"""The categories and brands that a client has: what rules about known ones are judged by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from skuflow.kernel.errors import Invalid, Problem
from skuflow.quality.rules.normal.whitespace import key, tidy

MAX_CATEGORIES = 5000
MAX_BRANDS = 5000
MAX_LEVELS = 10
MAX_TEXT = 200
"""Characters of a name."""
MOST_BYTES = 250_000
"""Of all names, in UTF-8: they are kept with each job that goes by them, in one item of 400 KB with its rules."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """As `checked` made it. `categories` are paths from the root. Of what has no entry nothing is known: then the rules that ask
    for it are not judged."""

    categories: tuple[tuple[str, ...], ...] = ()
    brands: tuple[str, ...] = ()

    @property
    def known_categories(self) -> frozenset[tuple[str, ...]] | None:
        return frozenset(self.categories) or None

    @property
    def known_brands(self) -> frozenset[str] | None:
        return frozenset(self.brands) or None


def checked(categories: Collection[Sequence[str]], brands: Collection[str]) -> Vocabulary:
    """The vocabulary that is meant: names tidy, each category and brand once, in the order given. Two spellings that compare alike
    are the first one's. Raises Invalid with a Problem for each fault."""
    paths: dict[tuple[str, ...], tuple[str, ...]] = {}
    for path in categories:
        paths.setdefault(tuple(map(key, path)), tuple(map(tidy, path)))
    names: dict[str, str] = {}
    for name in brands:
        names.setdefault(key(name), tidy(name))
    faults = [*_sizes(categories, brands), *_category_faults(paths.values()), *_brand_faults(names.values())]
    if faults:
        raise Invalid("the vocabulary is not right", problems=faults)
    return Vocabulary(tuple(paths.values()), tuple(names.values()))


def _sizes(categories: Collection[Sequence[str]], brands: Collection[str]) -> Iterator[Problem]:
    for name, count, most in (
        ("categories", len(categories), MAX_CATEGORIES),
        ("brands", len(brands), MAX_BRANDS),
    ):
        if count > most:
            yield Problem(name, f"has {count} entries, more than {most}", "give fewer")
    size = sum(len(name.encode()) for path in (*categories, brands) for name in path)
    if size > MOST_BYTES:
        yield Problem("categories", f"has, with the brands, {size} bytes, more than {MOST_BYTES}", "give fewer")


def _category_faults(paths: Collection[tuple[str, ...]]) -> Iterator[Problem]:
    for path in paths:
        if not 0 < len(path) <= MAX_LEVELS or not all(0 < len(name) <= MAX_TEXT and ">" not in name for name in path):
            remedy = f"give 1 to {MAX_LEVELS} names of 1 to {MAX_TEXT} characters, without `>`"
            yield Problem("categories", f"{' > '.join(path)[:100]!r} is no path", remedy)


def _brand_faults(names: Collection[str]) -> Iterator[Problem]:
    for name in names:
        if not 0 < len(name) <= MAX_TEXT:
            yield Problem("brands", f"{name[:100]!r} is no name", f"give 1 to {MAX_TEXT} characters")

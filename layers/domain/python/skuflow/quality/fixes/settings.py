"""What a client says about fixes: its names for categories and colours, its acronyms, the fixes that it does not want."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from skuflow.kernel.errors import Invalid, Problem
from skuflow.quality.rules.built_in import BUILT_IN
from skuflow.quality.rules.fields import SEPARATOR
from skuflow.quality.rules.normal.whitespace import key, tidy

MAX_CATEGORIES = 2000
MAX_COLOURS = 500
MAX_ACRONYMS = 500
MAX_LEVELS = 10
MAX_TEXT = 200
"""Characters of a name."""

FIXABLE = frozenset(rule.rule_id for rule in BUILT_IN if rule.fixable)


@dataclass(frozen=True, slots=True)
class FixSettings:
    """As `checked` made them. `category_map`: a path as text, case folded -> the path that is meant; `colours`: a name, case
    folded -> the name that is used; `acronyms` stay as they are written here; `disabled` are rules whose findings are not
    mended."""

    category_map: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    acronyms: tuple[str, ...] = ()
    disabled: frozenset[str] = frozenset()


def path_key(path: Collection[str]) -> str:
    """The form in which the paths of categories are compared."""
    return SEPARATOR.join(key(name) for name in path)


def checked(
    categories: Mapping[str, Collection[str]],
    colours: Mapping[str, str],
    acronyms: Collection[str] = (),
    disabled: Collection[str] = (),
) -> FixSettings:
    """The settings that are meant. `categories`: path as text (`Shoes > Boots`) -> the path's names. Where one leads to another
    that leads on, it leads to the end. Raises Invalid with a Problem for each fault."""
    said = {path_key(source.split(">")): tuple(map(tidy, path)) for source, path in categories.items()}
    names = {key(source): tidy(target) for source, target in colours.items()}
    faults = [
        *_sizes(len(categories), len(colours), len(acronyms)),
        *_category_faults(said),
        *_colour_faults(names),
        *_word_faults(acronyms),
    ]
    faults += [Problem("disabled", f"{one[:100]!r} mends nothing", "list the rules") for one in set(disabled) - FIXABLE]
    if faults:
        raise Invalid("the settings of fixes are not right", problems=faults)
    ends = {source: _end(said, source) for source in said}
    return FixSettings(
        category_map={source: path for source, path in ends.items() if path is not None},
        colours=names,
        acronyms=tuple(dict.fromkeys(acronyms)),
        disabled=frozenset(disabled),
    )


def _sizes(categories: int, colours: int, acronyms: int) -> Iterator[Problem]:
    given = {"category_map": categories, "colours": colours, "acronyms": acronyms}
    most = {"category_map": MAX_CATEGORIES, "colours": MAX_COLOURS, "acronyms": MAX_ACRONYMS}
    for name, count in given.items():
        if count > most[name]:
            yield Problem(name, f"has {count} entries, more than {most[name]}", "give fewer")


def _category_faults(said: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    for source, path in said.items():
        if not source.strip(" >") or not path or len(path) > MAX_LEVELS or not all(_is_name(name) for name in path):
            remedy = f"give 1 to {MAX_LEVELS} names of 1 to {MAX_TEXT} characters, without `>`"
            yield Problem("category_map", f"{source[:100]!r} leads to no path", remedy)
        elif _end(said, source) is None and path_key(path) != source:
            yield Problem("category_map", f"{source[:100]!r} leads back to itself", "let it lead to one category")


def _is_name(text: str) -> bool:
    return 0 < len(text) <= MAX_TEXT and ">" not in text


def _end(said: Mapping[str, tuple[str, ...]], source: str) -> tuple[str, ...] | None:
    """Where `source` leads in the end; None if that is back to itself."""
    met, path = {source}, said[source]
    while path_key(path) in said and said[path_key(path)] != path:
        if path_key(path) in met:
            return None
        met.add(path_key(path))
        path = said[path_key(path)]
    return None if path_key(path) == source and path == said[source] and len(met) == 1 else path


def _colour_faults(names: Mapping[str, str]) -> Iterator[Problem]:
    for source, target in names.items():
        if not source or not 0 < len(target) <= MAX_TEXT or any(mark in target for mark in "/,&+"):
            yield Problem("colours", f"{source[:100]!r} leads to no name", "give one name, without /, &, + and commas")
        elif names.get(key(target), target) != target:
            yield Problem("colours", f"{source[:100]!r} leads to {target!r}, which leads on", "let it lead to the end")


def _word_faults(words: Collection[str]) -> Iterator[Problem]:
    for word in words:
        if not word or len(word) > MAX_TEXT or word != tidy(word) or " " in word:
            yield Problem("acronyms", f"{word[:100]!r} is no word", "give words without blanks")

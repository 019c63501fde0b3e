"""No pattern of ours can be made to search for ever: none repeats, without bound, what itself repeats without bound, unless each
round begins with a character that the rest of a round does not hold. Backtracking then has nothing to share out anew.

What this counts is the pattern, not the clock. Patterns of pydantic's fields run on an engine without backtracking.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from tests.architecture.repository import SHIPPED, name_of, python_files, tree_of

_LONG = 50
"""As many rounds are as good as any number."""
_SAMPLE = [chr(code) for code in range(256)] + ["\u2014", "\u0915", "\uff11"]
"""Characters by which two sets are told apart."""


def patterns() -> Iterator[tuple[str, str]]:
    """Where it stands and what it says, for every pattern that is written down as such."""
    for path in python_files(*SHIPPED):
        for node in ast.walk(tree_of(path)):
            match node:
                case ast.Call(func=ast.Attribute(attr="compile"), args=[ast.Constant(value=str(pattern)), *_]):
                    yield f"{name_of(path)}:{node.lineno}", pattern


def endless(tree: Any, within: bool = False) -> bool:
    """Whether a repetition without bound holds another that can share its characters with the next round."""
    for kind, content in tree:
        if kind in {op.MAX_REPEAT, op.MIN_REPEAT}:
            most, body = content[1], content[2]
            unbounded = most >= _LONG
            if unbounded and within:
                return True
            if endless(body, within or (unbounded and not _separated(body))):
                return True
        elif any(endless(part, within) for part in _parts(content)):
            return True
    return False


def _parts(content: Any) -> Iterator[Any]:
    """The patterns within an element of a parsed one: of a group, of alternatives, of a look around."""
    if isinstance(content, parser.SubPattern):
        yield content
    elif isinstance(content, list | tuple):
        for part in content:
            yield from _parts(part)


def _separated(body: Any) -> bool:
    """Whether each round begins with one character out of a set from which the rest of the round takes none."""
    elements = list(body)
    while len(elements) == 1 and elements[0][0] is op.SUBPATTERN:
        elements = list(elements[0][1][3])
    if not elements or elements[0][0] not in {op.LITERAL, op.IN, op.NOT_LITERAL}:
        return False
    first = _characters(elements[0])
    return all(not first & _characters(element) for element in elements[1:])


def _characters(element: Any) -> frozenset[str]:
    """What of the sample can stand anywhere in what the element matches."""
    kind, content = element
    if kind is op.IN:
        chosen = frozenset().union(*(_characters(one) for one in content if one[0] is not op.NEGATE))
        return frozenset(_SAMPLE) - chosen if content[0][0] is op.NEGATE else chosen
    if kind is op.CATEGORY:
        return frozenset(char for char in _SAMPLE if re.fullmatch(_CATEGORIES[content], char))
    if kind in {op.LITERAL, op.NOT_LITERAL}:
        return frozenset({chr(content)}) if kind is op.LITERAL else frozenset(_SAMPLE) - {chr(content)}
    if kind is op.RANGE:
        return frozenset(char for char in _SAMPLE if content[0] <= ord(char) <= content[1])
    if kind is op.ANY:
        return frozenset(_SAMPLE)
    return frozenset().union(*(_characters(inner) for part in _parts(content) for inner in part))


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}


def test_no_pattern_can_search_for_ever() -> None:
    found = list(patterns())
    assert len(found) > 50
    assert [one for one in found if endless(parser.parse(one[1]))] == []


@pytest.mark.parametrize(
    "pattern", [r"(a+)+$", r"(?:[|,]\S+)*$", r"(\w+\s?)*!", r"(?:x|\d+)*", r"(?:-?\w*){60}", r"((,\S+)*)+"]
)
def test_a_pattern_that_can_is_found(pattern: str) -> None:
    assert endless(parser.parse(pattern))


@pytest.mark.parametrize("pattern", [r"\d+(?:[.,]\d+)*", r"(?:/\w+){0,2}", r"[a-z]+", r"(?:-[0-9a-f]{4}){3}"])
def test_a_pattern_that_cannot_is_let_through(pattern: str) -> None:
    assert not endless(parser.parse(pattern))

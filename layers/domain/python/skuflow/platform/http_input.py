"""What a stranger sent, turned into what a route declared. All faults of one request are reported together."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from skuflow.kernel.clock import parse_iso
from skuflow.kernel.errors import Invalid, Malformed, Problem
from skuflow.platform.http_api import Param, Route

if TYPE_CHECKING:
    from pydantic import BaseModel


_WHOLE = re.compile(r"-?[0-9]{1,18}")
_MAX_DIGITS = 100
MAX_PROBLEMS = 100
"""Of so many faults an answer tells. A megabyte of unknown fields would make one that is larger than Lambda lets out (6 MB)."""
_MAX_NAME = 200
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


def parse_query(route: Route, raw: str) -> dict[str, Any]:
    """The declared parameters of `route`, parsed. Raises Invalid for unknown (unless the route lets them through), repeated,
    missing or ill-typed ones."""
    known = {param.name: param for param in route.query}
    values: dict[str, Any] = {param.name: param.default for param in route.query}
    problems: list[Problem] = []
    seen: set[str] = set()
    for name, text in _pairs(raw):
        if name not in known:
            if route.free_query:
                continue
            problems.append(Problem(name[:80], "is not a parameter of this call", f"use {', '.join(known) or 'none'}"))
        elif name in seen:
            problems.append(Problem(name, "is given twice", "give it once"))
        else:
            try:
                values[name] = _value(known[name], text)
            except ValueError as error:
                problems.append(Problem(name, str(error), _remedy(known[name])))
        seen.add(name)
    problems += [Problem(p.name, "is missing", _remedy(p)) for p in route.query if p.required and p.name not in seen]
    if problems:
        raise Invalid("the query is not valid", problems=problems)
    return values


def _pairs(raw: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise Invalid("the query has more than 100 parameters") from None


def _integer(param: Param, text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("is not a whole number")
    number = int(text)
    if (param.minimum is not None and number < param.minimum) or (param.maximum is not None and number > param.maximum):
        raise ValueError("is out of range")
    return number


def _boolean(_param: Param, text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("is neither `true` nor `false`")
    return text == "true"


def _moment(_param: Param, text: str) -> Any:
    try:
        return parse_iso(text)
    except ValueError:
        raise ValueError("is not a date and time with a zone") from None


def _string(param: Param, text: str) -> str:
    if param.choices and text not in param.choices:
        raise ValueError("is not one of the choices")
    if len(text) > 2000 or not text.isprintable():
        raise ValueError("is too long or holds control characters")
    return text


_PARSERS: dict[str, Callable[[Param, str], Any]] = {
    "integer": _integer,
    "boolean": _boolean,
    "date-time": _moment,
    "string": _string,
}


def _value(param: Param, text: str) -> Any:
    return _PARSERS[param.kind](param, text)


def _remedy(param: Param) -> str:
    if param.choices:
        return f"use one of {', '.join(param.choices)}"
    if param.kind == "integer":
        bounds = ((" from ", param.minimum), (" to ", param.maximum))
        return "give a whole number" + "".join(f"{word}{bound}" for word, bound in bounds if bound is not None)
    return {"boolean": "use `true` or `false`", "date-time": "use RFC 3339, e.g. 2026-01-31T00:00:00Z"}.get(
        param.kind, param.description
    )


@cache
def model(name: str) -> type[BaseModel]:
    """The pydantic model called `module:Class`."""
    module, _, attribute = name.partition(":")
    loaded: type[BaseModel] = getattr(import_module(module), attribute)
    return loaded


def parse_body(route: Route, text: str) -> Any:
    """The body of `route` as its model. Raises Malformed if it is not a JSON object, Invalid that names every faulty field."""
    from pydantic import ValidationError

    if not text:
        raise Malformed("this call needs a JSON body")
    try:
        content = json.loads(text, parse_constant=_no_constant, parse_int=_whole, object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise Malformed(
            f"the body is not JSON: {error}" if isinstance(error, ValueError) else "the body is nested too deeply"
        ) from None
    _check_characters(text, content)
    assert route.body is not None
    try:
        return model(route.body).model_validate(content)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)[:MAX_PROBLEMS]
        raise Invalid("the body is not valid", problems=[_fault(item) for item in faults]) from None


def _check_characters(text: str, content: Any) -> None:
    """Escapes can name half of a character (a lone surrogate), which Python keeps and then cannot write. Raises Malformed."""
    if not _HALF_CHARACTER.search(text):
        return
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Malformed(r"the body holds half a character: a `\ud800` to `\udfff` without its other half") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"a number in it has {len(digits)} digits, at most {_MAX_DIGITS} are read")
    return int(digits)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Which of two members of one name is meant nobody can know, so neither is taken."""
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"`{twice[:80]}` is given twice in one object")
    return members


_NOT_AN_OBJECT = ("is not a JSON object", "send an object: `{…}`")


def _fault(item: Any) -> Problem:
    """pydantic's finding, in words for somebody who has never heard of pydantic."""
    where = ".".join(str(part) for part in item["loc"])[:_MAX_NAME] or "body"
    context = item.get("ctx") or {}
    message, remedy = {
        "missing": ("is missing", "add the field"),
        "extra_forbidden": ("is not a field of this call", "remove the field"),
        "string_too_long": ("is too long", f"shorten it to {context.get('max_length')} characters"),
        "string_pattern_mismatch": ("is not written as it must be", f"it must match {context.get('pattern')}"),
        "model_type": _NOT_AN_OBJECT,
        "model_attributes_type": _NOT_AN_OBJECT,
    }.get(item["type"], (item["msg"].removeprefix("Value error, "), "correct the field; /docs shows what it takes"))
    return Problem(where, message, str(context.get("remedy", "")) or remedy)

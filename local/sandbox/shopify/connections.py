"""Relay connections over lists: cursors, pages of 250 at most, order, and Shopify's search syntax as far as we use it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from graphql import GraphQLError

from local.sandbox.clock import iso

T = TypeVar("T")
View = dict[str, Any]
Order = tuple[Any, ...]

LARGEST_PAGE = 250
_COMPARISONS = (">=", "<=", ">", "<")


def bad_request(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})


@dataclass
class Connection(Generic[T]):
    """`items(arguments)` gives all of them; `order(item, sort_key)` is what they are sorted by, which must end with something
    unique: a cursor holds it, so that paging goes on where it was although things come and go meanwhile."""

    items: Callable[[Mapping[str, Any]], Sequence[T]]
    view: Callable[[T], View]
    order: Callable[[T, str], Order]

    def __call__(self, _info: Any, **arguments: Any) -> View:
        return self.page(arguments)

    def every(self, arguments: Mapping[str, Any]) -> Iterator[View]:
        """All of them in order, as a bulk operation reads them."""
        return (self.view(item) for item in self._sorted(arguments))

    def page(self, arguments: Mapping[str, Any]) -> View:
        size, backwards = _size(arguments)
        found = self._sorted(arguments)
        key = str(arguments.get("sortKey") or "")
        start, end = self._bounds(found, arguments, key)
        chosen = found[max(start, end - size) : end] if backwards else found[start : min(end, start + size)]
        first = start if not backwards else max(start, end - size)
        edges = [{"cursor": _cursor(self.order(item, key)), "node": self.view(item)} for item in chosen]
        return {
            "edges": edges,
            "nodes": [edge["node"] for edge in edges],
            "pageInfo": {
                "hasNextPage": first + len(chosen) < len(found),
                "hasPreviousPage": first > 0,
                "startCursor": edges[0]["cursor"] if edges else None,
                "endCursor": edges[-1]["cursor"] if edges else None,
            },
        }

    def _sorted(self, arguments: Mapping[str, Any]) -> list[T]:
        key = str(arguments.get("sortKey") or "")
        backwards = bool(arguments.get("reverse"))
        return sorted(self.items(arguments), key=lambda item: self.order(item, key), reverse=backwards)

    def _bounds(self, found: list[T], arguments: Mapping[str, Any], key: str) -> tuple[int, int]:
        """From where to where of `found` is between the cursors."""
        orders = [self.order(item, key) for item in found] if arguments.get("after") or arguments.get("before") else []
        reverse = bool(arguments.get("reverse"))
        start, end = 0, len(found)
        if after := arguments.get("after"):
            mark = _from_cursor(after)
            start = next((i for i, order in enumerate(orders) if (order < mark if reverse else order > mark)), end)
        if before := arguments.get("before"):
            mark = _from_cursor(before)
            end = next((i for i, order in enumerate(orders) if (order <= mark if reverse else order >= mark)), end)
        return start, end


def _size(arguments: Mapping[str, Any]) -> tuple[int, bool]:
    first, last = arguments.get("first"), arguments.get("last")
    if (first is None) == (last is None):
        raise bad_request(
            "you must provide one of first or last"
            if first is None
            else "providing both first and last is not supported"
        )
    size = first if first is not None else last
    assert isinstance(size, int)
    if not 0 <= size <= LARGEST_PAGE:
        raise bad_request(f"{'first' if last is None else 'last'} must be from 0 to {LARGEST_PAGE}, not {size}")
    return size, last is not None


def _cursor(order: Order) -> str:
    return base64.urlsafe_b64encode(json.dumps(order).encode()).decode()


def _from_cursor(text: str) -> Order:
    try:
        return tuple(json.loads(base64.urlsafe_b64decode(text)))
    except (ValueError, TypeError):
        raise bad_request(f"Invalid cursor for current pagination sort: {text}") from None


def matches(query: str | None, fields: Mapping[str, str]) -> bool:
    """Whether something with these `fields` is found by `query`: terms like `updated_at:>=2026-01-01` or `status:active`, joined by
    spaces or AND. Texts compare without case, moments and numbers by their order; a bare word must occur in any field."""
    terms = [term for term in (query or "").split() if term != "AND"]
    return all(_matches(term, fields) for term in terms)


def _matches(term: str, fields: Mapping[str, str]) -> bool:
    name, colon, wanted = term.partition(":")
    if not colon:
        return any(term.lower() in value.lower() for value in fields.values())
    if name not in fields:
        raise bad_request(f"the sandbox does not search by '{name}'; it knows {', '.join(sorted(fields))}")
    sign = next((sign for sign in _COMPARISONS if wanted.startswith(sign)), "")
    wanted = wanted.removeprefix(sign).strip("'\"")
    left, right = _comparable(fields[name]), _comparable(wanted)
    outcomes = {">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right}
    return outcomes[sign] if sign else left == right


def _comparable(text: str) -> str:
    """Numbers to one width, moments to one zone and form, other text without case."""
    if text.isdigit():
        return text.rjust(24, "0")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text.lower()
    return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))

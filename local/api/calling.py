"""Calls with a key, over the network, in the platform's own terms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from local.problems import LocalProblem

if TYPE_CHECKING:
    import httpx

Query = str | int | None

_PAGE = 200
_BUSY = {429, 502, 503, 504}
_ATTEMPTS = 6
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Api:
    """`base` is the API's URL, `key` a secret API key."""

    base: str
    key: str

    def get(self, path: str, **query: Query) -> dict[str, Any]:
        """The answer of GET `path`, without the parameters that are None. Waits and tries again while the platform says that
        it is busy; raises LocalProblem with its own words when it refuses."""
        return self._call("GET", path, query={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: dict[str, Any], *, idempotency_key: str) -> dict[str, Any]:
        """The answer of POST `path`. Safe to repeat, for the key makes a repetition return the first answer."""
        return self._call("POST", path, body=body, headers={"Idempotency-Key": idempotency_key})

    def text(self, path: str) -> bytes:
        """The answer of GET `path` as it comes: a table or a page."""
        return self._answer("GET", path).content

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of PUT `path`, which may be repeated as it is."""
        return self._call("PUT", path, body=body)

    def delete(self, path: str) -> None:
        """DELETE `path`."""
        self._call("DELETE", path)

    def pages(self, path: str, *, most: int | None = None, **query: Query) -> Iterator[dict[str, Any]]:
        """The items of a paged list: all, or the first `most`."""
        return islice(self._items(path, _PAGE if most is None else min(most, _PAGE), query), most)

    def whole(self, path: str, **query: Query) -> dict[str, Any]:
        """A paged answer in one: the first page with the items of all."""
        found = page = self.get(path, **query)
        while cursor := page.get("next_cursor"):
            page = self.get(path, **query, cursor=cursor)
            found["items"] += page["items"]
        return found | {"next_cursor": None}

    def _items(self, path: str, limit: int, query: dict[str, Query]) -> Iterator[dict[str, Any]]:
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(path, limit=limit, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page.get("next_cursor")

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Query] | None = None,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        answer = self._answer(method, path, query=query, body=body, headers=headers)
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def _answer(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Query] | None = None,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        # A quarter of a second, for which commands that call nothing should not wait.
        import httpx

        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        url = f"{self.base}{path}"
        for attempt in range(_ATTEMPTS):
            answer = httpx.request(
                method, url, params=query, json=body, headers=sent, timeout=60, trust_env=not is_here(url)
            )
            if answer.status_code not in _BUSY:
                break
            time.sleep(0.2 * 2**attempt)
        if answer.is_error:
            raise _refusal(method, path, answer)
        return answer


def is_here(url: str) -> bool:
    """Whether `url` is on this machine: no proxy lies between, and nobody listens."""
    return urlsplit(url).hostname in _HERE


def segment(text: str) -> str:
    """`text` as one part of a path, whatever it holds."""
    return quote(text, safe="")


def _refusal(method: str, path: str, answer: httpx.Response) -> LocalProblem:
    told = _told(answer)
    detail = told.get("detail") or told.get("errorMessage") or told.get("message") or answer.text[:200]
    faults = told.get("errors") or []
    detail = "; ".join([str(detail), *(f"{fault['field']} {fault['message']}" for fault in faults)])
    remedy = "; ".join(str(fault["remedy"]) for fault in faults)
    said = f"{method} {path} answered {answer.status_code}: {detail[:500]}"
    return LocalProblem(" ".join(said.split()), remedy or _remedy(answer.status_code, told))


def _told(answer: httpx.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _remedy(status: int, told: dict[str, Any]) -> str:
    if status in (401, 403):
        return "check the key: is it of this stage, in force, and does it hold the scope?"
    if status < 500:
        return ""
    trail = told.get("correlation_id")
    return f"see: skuflow logs --correlation-id {trail}" if trail else "see: skuflow logs"

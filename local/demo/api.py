"""The platform's HTTP API as a client of ours would use it: with a key, over the network, knowing nothing else."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from local.problems import LocalProblem

_PAGE = 200
_BUSY = {429, 502, 503, 504}
_ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class Api:
    """`base` is the API's URL, `key` a secret API key."""

    base: str
    key: str

    def get(self, path: str, **query: str | int) -> dict[str, Any]:
        """The answer of GET `path`. Waits and tries again while the platform says that it is busy."""
        return self._call("GET", path, query=query)

    def post(self, path: str, body: dict[str, Any], *, idempotency_key: str) -> dict[str, Any]:
        """The answer of POST `path`. Safe to repeat, for the key makes a repetition return the first answer."""
        return self._call("POST", path, body=body, headers={"Idempotency-Key": idempotency_key})

    def pages(self, path: str, **query: str | int) -> Iterator[dict[str, Any]]:
        """All items of a paged list."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(path, limit=_PAGE, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page.get("next_cursor")

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str | int] | None = None,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        for attempt in range(_ATTEMPTS):
            answer = httpx.request(
                method, f"{self.base}{path}", params=query, json=body, headers=sent, timeout=60, trust_env=False
            )
            if answer.status_code not in _BUSY:
                break
            time.sleep(0.2 * 2**attempt)
        if answer.is_error:
            raise LocalProblem(f"{method} {path} answered {answer.status_code}: {_detail(answer)}", "see: skuflow logs")
        found: dict[str, Any] = answer.json()
        return found


def upload(form: dict[str, Any], name: str, body: bytes) -> None:
    """Send a file by a presigned form (`url`, `fields`), as a browser would. Raises LocalProblem with the store's reason."""
    answer = httpx.post(
        form["url"],
        data=form["fields"],
        files={"file": (name, body, "text/csv")},
        timeout=300,
        trust_env=False,
    )
    if answer.is_error:
        reason = re.search(r"<Message>(.*?)</Message>", answer.text, re.DOTALL)
        raise LocalProblem(
            f"the upload of {name} was refused ({answer.status_code}): {reason[1] if reason else answer.text[:200]}",
            "a file may hold 1 byte to 200 MB",
        )


def _detail(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return answer.text[:200]
    if not isinstance(problem, dict):
        return answer.text[:200]
    return str(problem.get("detail") or problem.get("errorMessage") or problem.get("message") or problem)[:300]

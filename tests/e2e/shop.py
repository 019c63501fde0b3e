"""A client of ours, who knows a URL and a key and nothing else; and the operator's view of the platform it talks to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from local.aws import Aws
from local.operations.log_lines import LogLine, mentions, read, sources
from local.stage.instance import Instance
from local.workspace import Workspace

T = TypeVar("T")

WITHIN = 120.0
ENDED = frozenset({"completed", "failed", "refused", "needs_mapping", "cancelled", "expired"})

HEADER = "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price"


@dataclass(frozen=True)
class Platform:
    workspace: Workspace
    instance: Instance
    aws: Aws

    def log_of(self, function: str, correlation_id: str) -> list[LogLine]:
        """What `function` said about the work that a request began."""
        (source,) = sources(self.aws, function)
        return [line for line in read(self.aws, source, 0) if mentions(line, correlation_id)]


@dataclass(frozen=True)
class Shop:
    base: str
    client_id: str
    key_id: str
    key: str

    def call(self, method: str, path: str, *, key: str | None = None, **how: Any) -> httpx.Response:
        """One request. `key` "" sends none; `how` is httpx's."""
        bearer = self.key if key is None else key
        headers = {**({"Authorization": f"Bearer {bearer}"} if bearer else {}), **how.pop("headers", {})}
        return httpx.request(method, f"{self.base}{path}", headers=headers, timeout=60, trust_env=False, **how)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == httpx.codes.OK, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next_cursor"]

    def announce(self, name: str = "catalogue.csv", **headers: str) -> dict[str, Any]:
        """A new import with its upload form."""
        answer = self.call("POST", "/v1/imports", json={"file_name": name}, headers=headers)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def import_file(self, body: bytes, name: str = "catalogue.csv") -> dict[str, Any]:
        """Announce, upload, wait; the import as it ended."""
        made = self.announce(name)
        assert upload(made["upload"], body, name).is_success
        return self.ended(made["import"]["import_id"])

    def ended(self, import_id: str) -> dict[str, Any]:
        return eventually(
            lambda: self.get(f"/v1/imports/{import_id}"), lambda seen: seen["status"] in ENDED, f"{import_id} to end"
        )


def upload(form: dict[str, Any], body: bytes, name: str = "catalogue.csv") -> httpx.Response:
    """Send a file by a presigned form, as a browser would."""
    return httpx.post(
        form["url"], data=form["fields"], files={"file": (name, body, "text/csv")}, timeout=120, trust_env=False
    )


def eventually(look: Callable[[], T], good: Callable[[T], bool], what: str) -> T:
    """What `look` sees once it is `good`. Waits on a condition, never for a time; fails after two minutes."""
    deadline = time.monotonic() + WITHIN
    while True:
        seen = look()
        if good(seen):
            return seen
        assert time.monotonic() < deadline, f"waited for {what}; last seen: {seen}"
        time.sleep(0.1)


def catalogue(products: int, *, price: int = 2_000, variants: int = 2) -> bytes:
    """`products` products with `variants` sizes each; `price` is the first variant's, in minor units."""
    rows = [HEADER]
    for number in range(products):
        for place in range(variants):
            shown = [f"Shirt {number},Harbour", ","][place > 0]
            amount = price + 100 * place
            sku = f"SKU-{number}-{place}"
            rows.append(
                f"shirt-{number},{shown},Size,{'SML'[place]},{sku},{5 + place},{amount // 100}.{amount % 100:02d}"
            )
    return ("\n".join(rows) + "\n").encode()

"""One import from the file to its end, with its progress."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.demo.api import Api, upload
from local.problems import LocalProblem

ENDED = ("completed", "failed", "refused", "needs_mapping", "expired", "cancelled")
COUNTED = ("created", "updated", "unchanged", "rejected")
STALLED_AFTER = 180.0
"""Seconds without any progress. A message that failed comes back when its queue's visibility timeout is over."""
_POLL_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Finished:
    """`seen` is the import as the API showed it last; `rejects` its report (the rows that were not accepted)."""

    seen: dict[str, Any]
    rejects: tuple[dict[str, Any], ...]

    @property
    def status(self) -> str:
        return str(self.seen["status"])

    @property
    def rejected_lines(self) -> frozenset[int]:
        return frozenset(int(row["line"]) for row in self.rejects)

    def count(self, name: str) -> int:
        """Rows that ended as `name`."""
        return int(self.seen.get(name) or 0)


Progress = Callable[[dict[str, Any]], None]


def save_mapping(api: Api, name: str, mapping: Mapping[str, str]) -> str:
    """Keep `mapping` (field to header) at the platform; returns its id."""
    body = {"name": name, "mapping": dict(mapping)}
    made = api.post("/v1/import-mappings", body, idempotency_key=secrets.token_hex(16))
    return str(made["mapping_id"])


def import_file(api: Api, name: str, body: bytes, show: Progress, *, mapping_id: str | None = None) -> Finished:
    """Announce, upload and await one file. `show` is given the import each time it was looked at. `mapping_id` is a saved
    mapping to read the file by; without one the platform recognises its format."""
    asked = {"file_name": name} | ({"mapping_id": mapping_id} if mapping_id else {})
    made = api.post("/v1/imports", asked, idempotency_key=secrets.token_hex(16))
    upload(made["upload"], name, body)
    seen = _await_end(api, str(made["import"]["import_id"]), show)
    rejects = tuple(_rejects(api, seen)) if seen["status"] == "completed" else ()
    return Finished(seen, rejects)


def done_rows(seen: dict[str, Any]) -> int:
    return sum(int(seen.get(name) or 0) for name in COUNTED)


def _await_end(api: Api, import_id: str, show: Progress) -> dict[str, Any]:
    last: tuple[Any, ...] = ()
    since = time.monotonic()
    while True:
        seen = api.get(f"/v1/imports/{import_id}")
        show(seen)
        if seen["status"] in ENDED:
            return seen
        state = (seen["status"], seen.get("rows_read"), done_rows(seen))
        if state != last:
            last, since = state, time.monotonic()
        elif time.monotonic() - since > STALLED_AFTER:
            raise LocalProblem(
                f"the import stands still at '{seen['status']}'", "see: skuflow logs, and: skuflow dlq list"
            )
        time.sleep(_POLL_EVERY)


def _rejects(api: Api, seen: dict[str, Any]) -> list[dict[str, Any]]:
    report = api.pages(f"/v1/imports/{seen['import_id']}/report")
    return [row for row in report if row.get("severity") != "warning"]

"""One import from the file to its end, with its progress."""

from __future__ import annotations

import io
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from local.api.calling import Api, segment
from local.api.uploading import Sent, upload
from local.problems import LocalProblem

ENDED = ("completed", "failed", "refused", "needs_mapping", "expired", "cancelled")
COUNTED = ("created", "updated", "unchanged", "rejected")
STALLED_AFTER = 180.0
"""Seconds without any progress. A message that failed comes back when its queue's visibility timeout is over."""
_LOOK_EVERY = (0.25, 2.0)
"""Seconds between two looks, at first and at most."""


@dataclass(frozen=True, slots=True)
class Finished:
    """`seen` is the import as the API showed it last; `rejects` its report (why rows were not accepted)."""

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
"""Shown the import each time it was looked at."""


def path_of(import_id: str) -> str:
    return f"/v1/imports/{segment(import_id)}"


def save_mapping(api: Api, name: str, mapping: Mapping[str, str]) -> str:
    """Keep `mapping` (field to header) at the platform, unless it is kept already; returns its id."""
    for saved in api.pages("/v1/import-mappings"):
        if saved["mapping"] == dict(mapping):
            return str(saved["mapping_id"])
    body = {"name": name, "mapping": dict(mapping)}
    made = api.post("/v1/import-mappings", body, idempotency_key=secrets.token_hex(16))
    return str(made["mapping_id"])


def start_import(
    api: Api,
    name: str,
    body: BinaryIO,
    sent: Sent,
    *,
    currency: str | None = None,
    mapping_id: str | None = None,
) -> dict[str, Any]:
    """Announce and upload one file; returns the import. The platform goes on by itself from there. `mapping_id` is a saved
    mapping to read the file by; without one the platform recognises its format."""
    asked = {"file_name": name, "currency": currency, "mapping_id": mapping_id}
    given = {field: value for field, value in asked.items() if value}
    made = api.post("/v1/imports", given, idempotency_key=secrets.token_hex(16))
    upload(made["upload"], name, body, sent)
    started: dict[str, Any] = made["import"]
    return started


def import_file(api: Api, name: str, body: bytes, show: Progress, *, mapping_id: str | None = None) -> Finished:
    """Announce, upload and await one file, and gather its rejected rows."""
    started = start_import(api, name, io.BytesIO(body), lambda _: None, mapping_id=mapping_id)
    seen = await_end(api, str(started["import_id"]), show)
    rejects = tuple(rejected_rows(api, str(seen["import_id"]))) if seen["status"] == "completed" else ()
    return Finished(seen, rejects)


def await_end(api: Api, import_id: str, show: Progress) -> dict[str, Any]:
    """The import once nothing more will happen to it by itself. Raises LocalProblem if it stands still."""
    last: tuple[Any, ...] = ()
    begun = since = time.monotonic()
    first, most = _LOOK_EVERY
    while True:
        seen = api.get(path_of(import_id))
        show(seen)
        if seen["status"] in ENDED:
            return seen
        now = time.monotonic()
        state = (seen["status"], seen.get("rows_read"), done_rows(seen))
        if state != last:
            last, since = state, now
        elif now - since > STALLED_AFTER:
            raise LocalProblem(
                f"the import stands still at '{seen['status']}'", "see: skuflow logs, and: skuflow dlq list"
            )
        time.sleep(min(most, max(first, (now - begun) / 20)))


def done_rows(seen: dict[str, Any]) -> int:
    return sum(int(seen.get(name) or 0) for name in COUNTED)


def rejected_rows(api: Api, import_id: str) -> Iterator[dict[str, Any]]:
    """Why rows were not accepted, in the file's order; asks for pages as it goes."""
    report = api.pages(f"{path_of(import_id)}/report")
    return (row for row in report if row.get("severity") != "warning")

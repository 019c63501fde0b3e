"""A server that answers as the platform does, over HTTP on this machine; what it answers are the API's own view models."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from functions.sync.api.run_views import RunView, SourceStatusView
from functions.sync.api.views import ImportView, ReportRowView, SuggestionView
from functions.sync.api.views_shops import PrivacyRequestView, ShopView
from tests.serving import serving

WHEN = "2026-01-31T12:00:00.000Z"
FORM = {"key": "uploads/x"}


class Platform(ThreadingHTTPServer):
    """`statuses` is what an import goes through, one step a look; `answers` what GET of a path answers instead (a list: one
    a call), or another method where it stands before the path (`POST /v1/x`, a list too); `refuses` what every GET is refused with;
    `received` everything that was sent: method, path, headers, body."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.statuses = ["inspecting", "reading", "completed"]
        self.answers: dict[str, Any] = {"/v1/import-mappings": page()}
        self.busy = 0
        self.refuses: dict[str, Any] | None = None
        self.max_bytes = 1_000_000
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def sent(self, method: str, path: str) -> list[dict[str, Any]]:
        """The JSON bodies, or else the queries, that `path` was called with."""
        calls = [call for call in self.received if (call[0], urlsplit(call[1]).path) == (method, path)]
        return [json.loads(body) if body else dict(parse_qsl(urlsplit(asked).query)) for _, asked, _, body in calls]

    def status(self) -> str:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


class Answering(BaseHTTPRequestHandler):
    server: Platform

    def do_GET(self) -> None:
        platform = self.server
        platform.received.append(("GET", self.path, dict(self.headers), b""))
        path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        if platform.busy:
            platform.busy -= 1
            return self._answer(429, {"message": "slow down"})
        if platform.refuses:
            return self._answer(platform.refuses["status"], platform.refuses)
        if path in platform.answers:
            known = platform.answers[path]
            return self._answer(200, known.pop(0) if isinstance(known, list) else known)
        if path.endswith("/report"):
            first = page(row(3), row(4, "warning"), next_cursor="more")
            return self._answer(200, page(row(9)) if "cursor" in query else first)
        if path == "/v1/imports/imp_1":
            return self._answer(200, imported(platform.status()))
        return self._answer(404, refusal(404, "there is no such thing"))

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(("PUT", self.path, dict(self.headers), body))
        return self._answer(200, self.server.answers[f"PUT {self.path}"])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(("POST", self.path, dict(self.headers), body))
        if f"POST {self.path}" in self.server.answers:
            known = self.server.answers[f"POST {self.path}"]
            return self._answer(202, known.pop(0) if isinstance(known, list) else known)
        if self.path == "/bucket":
            return self._answer(400 if b"too large" in body else 204, {})
        if b"forbidden" in body:
            return self._answer(403, refusal(403, "this key may not import"))
        if self.path == "/v1/import-mappings":
            return self._answer(201, {"mapping_id": "map_1"})
        form = {"url": f"{self.server.base}/bucket", "fields": FORM, "max_bytes": self.server.max_bytes}
        return self._answer(201, {"import": imported("awaiting_upload"), "upload": form})

    def do_DELETE(self) -> None:
        self.server.received.append(("DELETE", self.path, dict(self.headers), b""))
        known = f"DELETE {self.path}" in self.server.answers
        return self._answer(204, {}) if known else self._answer(404, refusal(404, "there is no such shop"))

    def _answer(self, status: int, document: Any) -> None:
        self.send_response(status)
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        body = b"" if status == 204 else raw
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing on the terminal."""


def answering() -> AbstractContextManager[Platform]:
    return serving(Platform())


def page(*items: dict[str, Any], next_cursor: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": next_cursor}


def refusal(status: int, detail: str, *errors: dict[str, str]) -> dict[str, Any]:
    return {"status": status, "detail": detail, "code": "x", "errors": list(errors), "correlation_id": "corr-1"}


def row(line: int, severity: str = "error", value: str = "x") -> dict[str, Any]:
    found = {"line": line, "column": "Price", "value": value, "reason": "no number", "hint": "give a number"}
    return ReportRowView.model_validate({**found, "severity": severity}).model_dump()


def imported(status: str, **fields: Any) -> dict[str, Any]:
    """The import imp_1 in `status`, as the API shows it."""
    counts = {"rows_total": 9, "rows_read": 9, "created": 7, "updated": 0, "unchanged": 0, "rejected": 2, "warnings": 1}
    said = {"import_id": "imp_1", "file_name": "shop.csv", "currency": "CAD", "created_at": WHEN, "updated_at": WHEN}
    unknown = dict.fromkeys(
        ("bytes", "format", "encoding", "delimiter", "decimal_style", "mapping", "refusal", "suggestion")
    )
    given = {**unknown, **said, **counts, "products": 5, "progress": 1.0, "status": status, **fields}
    return ImportView.model_validate(given).model_dump(mode="json")


def suggestion() -> dict[str, Any]:
    found = {"mapping": {"title": "Naam"}, "confidence": {"title": 0.9}, "missing": ["price"], "unused": ["Prijs"]}
    return SuggestionView.model_validate(found).model_dump()


SHOP = "maple.myshopify.com"


def shop(**fields: Any) -> dict[str, Any]:
    """The shop `SHOP`, connected and read, as the API shows it."""
    said = {"shop": SHOP, "status": "connected", "name": "Maple", "currency": "CAD", "time_zone": "America/Toronto"}
    times = dict.fromkeys(("connected_at", "updated_at", "set_up_at", "last_success_at", "next_run_at"), WHEN)
    others = {"scopes": ["read_products"], "run_id": None, "last_run_id": "run_1", "failures": 0, "trouble": None}
    return ShopView.model_validate({**said, **times, **others, **fields}).model_dump(mode="json")


def run(status: str, **fields: Any) -> dict[str, Any]:
    """A run of `SHOP`, as the API shows it."""
    names = ("lines", "bytes", "ignored", "rejected", "created", "unchanged", "removed", "kept_back")
    totals = {**dict.fromkeys(names, 0), "products": 1_200, "variants": 3_600, "updated": 3}
    said = {"run_id": "run_1", "shop": SHOP, "kind": "manual", "created_at": WHEN, "updated_at": WHEN, "partial": False}
    said |= {"failure": None, "next_run_at": None}
    given = {**said, "status": status, "progress": 0.5, "totals": totals, **fields}
    return RunView.model_validate(given).model_dump(mode="json")


def source_status(**fields: Any) -> dict[str, Any]:
    """How `SHOP` is doing, as the API shows it."""
    products = {"created": 9, "updated": 3, "unchanged": 1, "rejected": 2, "last_applied_at": WHEN}
    said = {
        "kind": "shop", "source": f"shopify:{SHOP}", "name": "Maple", "shop": SHOP, "status": "connected", "failures": 0,
        "connected_at": WHEN, "in_step_at": WHEN, "lag_seconds": 4_000, "last_success_at": WHEN, "last_run_id": "run_1",
        "next_run_at": WHEN, "run": None, "trouble": None, "troubles": [], "products": products,
        "webhooks": {"received": 77, "last_at": WHEN},
        "circuit": {"state": "closed", "failures": 0, "opened_at": None, "retry_at": None},
    }  # fmt: skip
    return SourceStatusView.model_validate({**said, **fields}).model_dump(mode="json")


def privacy_request() -> dict[str, Any]:
    said = {
        "request_id": "prq_1",
        "kind": "customers/redact",
        "status": "received",
        "shop": SHOP,
        "customer_id": "191167",
    }
    found = {**said, "received_at": WHEN, "due_at": WHEN, "email": None, "phone": None, "order_ids": []}
    return PrivacyRequestView.model_validate(found).model_dump(mode="json")

"""The demo's way through the HTTP API, against a server that answers as the platform does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.demo.api import Api
from local.demo.importing import Finished, import_file, save_mapping
from local.demo.screen import money
from local.demo.summary import Summary
from local.problems import LocalProblem


class Platform(ThreadingHTTPServer):
    """`statuses` is what an import goes through, one step a look; `received` everything that was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.statuses = ["inspecting", "reading", "completed"]
        self.busy = 0
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Platform

    def do_GET(self) -> None:
        platform = self.server
        platform.received.append(("GET", self.path, dict(self.headers), b""))
        if platform.busy:
            platform.busy -= 1
            return self._answer(429, {"message": "slow down"})
        if "/report" in self.path:
            page = {"items": [row(3, "error"), row(4, "warning")], "next_cursor": "more"}
            return self._answer(200, {"items": [row(9, "error")]} if "cursor" in self.path else page)
        status = platform.statuses.pop(0) if len(platform.statuses) > 1 else platform.statuses[0]
        return self._answer(200, {"import_id": "imp_1", "status": status, "created": 7, "rejected": 2})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(("POST", self.path, dict(self.headers), body))
        if self.path == "/bucket":
            return self._answer(400 if b"too large" in body else 204, {})
        if b"forbidden" in body:
            return self._answer(403, {"detail": "this key may not import", "code": "forbidden"})
        if self.path == "/v1/import-mappings":
            return self._answer(201, {"mapping_id": "map_1"})
        form = {"url": f"{self.server.base}/bucket", "fields": {"key": "uploads/x"}}
        return self._answer(201, {"import": {"import_id": "imp_1"}, "upload": form})

    def _answer(self, status: int, document: Any) -> None:
        self.send_response(status)
        body = b"" if status == 204 else json.dumps(document).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing on the terminal."""


def row(line: int, severity: str) -> dict[str, Any]:
    return {"line": line, "column": "Price", "value": "x", "reason": "r", "hint": "h", "severity": severity}


@pytest.fixture
def platform() -> Iterator[Platform]:
    server = Platform()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_announced_uploaded_by_the_form_and_awaited(platform: Platform) -> None:
    seen: list[str] = []
    done = import_file(Api(platform.base, "sk_1"), "shop.csv", b"a,b\n", lambda found: seen.append(found["status"]))
    assert (done.status, seen) == ("completed", ["inspecting", "reading", "completed"])
    announced, uploaded = [sent for sent in platform.received if sent[0] == "POST"]
    assert announced[1] == "/v1/imports"
    assert announced[2]["Authorization"] == "Bearer sk_1"
    assert announced[2]["Idempotency-Key"]
    assert json.loads(announced[3]) == {"file_name": "shop.csv"}
    assert b"uploads/x" in uploaded[3]
    assert b"a,b\n" in uploaded[3]
    assert "Authorization" not in uploaded[2]


def test_a_file_is_read_by_a_saved_mapping_when_there_is_one(platform: Platform) -> None:
    api = Api(platform.base, "k")
    mapping_id = save_mapping(api, "shop.csv", {"price": "Preis"})
    import_file(api, "shop.csv", b"", lambda _seen: None, mapping_id=mapping_id)
    saved, announced = [
        json.loads(sent[3]) for sent in platform.received if sent[1].startswith("/v1/import") and sent[3]
    ]
    assert saved == {"name": "shop.csv", "mapping": {"price": "Preis"}}
    assert announced == {"file_name": "shop.csv", "mapping_id": "map_1"}


def test_rejected_rows_are_gathered_from_all_pages_without_the_warnings(platform: Platform) -> None:
    done = import_file(Api(platform.base, "k"), "shop.csv", b"", lambda _seen: None)
    assert done.rejected_lines == {3, 9}


@pytest.mark.parametrize("status", ["refused", "needs_mapping", "failed"])
def test_an_import_that_ends_otherwise_has_no_report_to_ask_for(platform: Platform, status: str) -> None:
    platform.statuses = [status]
    done = import_file(Api(platform.base, "k"), "shop.csv", b"", lambda _seen: None)
    assert (done.status, done.rejects) == (status, ())


def test_a_busy_platform_is_asked_again(platform: Platform) -> None:
    platform.busy = 2
    assert Api(platform.base, "k").get("/v1/imports/imp_1")["status"] == "inspecting"


def test_a_refusal_is_told_in_the_platforms_own_words(platform: Platform) -> None:
    with pytest.raises(LocalProblem, match="403: this key may not import"):
        import_file(Api(platform.base, "k"), "forbidden.csv", b"", lambda _seen: None)


def test_a_refused_upload_says_what_the_limit_is(platform: Platform) -> None:
    with pytest.raises(LocalProblem, match="was refused") as refused:
        import_file(Api(platform.base, "k"), "shop.csv", b"too large", lambda _seen: None)
    assert "200 MB" in refused.value.remedy


def finished(lines: tuple[int, ...], **counts: int) -> Finished:
    return Finished({"import_id": "imp", "status": "completed", **counts}, tuple(row(line, "error") for line in lines))


def test_the_figures_add_both_uploads_and_count_a_rejected_row_once() -> None:
    summary = Summary(client_id="cli_1", api="http://x", status="completed", products=2, variants=3)
    summary.imports = [finished((4, 4, 9), created=8, rejected=2), finished((4, 9), updated=3, unchanged=5, rejected=2)]
    summary.events = [{"detail-type": name, "detail": {"data": {}}} for name in ("PriceDropped", "ProductAdded")]
    line = summary.line(12.34)
    figures = json.loads(line)
    assert "\n" not in line
    wanted = {
        "products": 2, "variants": 3, "created": 8, "updated": 3, "unchanged": 5, "rejected": 2, "price_drops": 1,
        "events": 2, "seconds": 12.3, "status": "completed", "client_id": "cli_1", "api": "http://x",
    }  # fmt: skip
    assert figures.items() >= wanted.items()
    assert [each["created"] for each in figures["imports"]] == [8, 0]
    assert "problem" not in figures


def test_money_is_shown_with_its_currencys_decimals() -> None:
    assert money({"amount_minor": 1299, "currency": "CAD"}) == "12.99 CAD"
    assert money({"amount_minor": 5, "currency": "KWD"}) == "0.005 KWD"
    assert money({"amount_minor": 1299, "currency": "JPY"}) == "1299 JPY"
    assert money(None) == "-"

"""The demo's way through the HTTP API, against a server that answers as the platform does."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from local.api.calling import Api
from local.api.importing import Finished, import_file, save_mapping, start_import
from local.demo.summary import Summary
from local.problems import LocalProblem
from local.showing import money, plain
from tests.local.answering import Platform, answering, page, row


@pytest.fixture
def platform() -> Iterator[Platform]:
    with answering() as server:
        yield server


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
    assert platform.sent("POST", "/v1/import-mappings") == [{"name": "shop.csv", "mapping": {"price": "Preis"}}]
    assert platform.sent("POST", "/v1/imports") == [{"file_name": "shop.csv", "mapping_id": "map_1"}]


def test_a_mapping_that_is_kept_already_is_not_kept_twice(platform: Platform) -> None:
    kept = {"mapping_id": "map_7", "mapping": {"price": "Preis"}}
    platform.answers["/v1/import-mappings"] = page({"mapping_id": "map_6", "mapping": {"price": "Prix"}}, kept)
    assert save_mapping(Api(platform.base, "k"), "shop.csv", {"price": "Preis"}) == "map_7"
    assert platform.sent("POST", "/v1/import-mappings") == []


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


def test_a_file_above_the_limit_is_not_even_sent(platform: Platform) -> None:
    platform.max_bytes = 3
    with pytest.raises(LocalProblem, match="holds 4 bytes; the limit is 3"):
        import_file(Api(platform.base, "k"), "shop.csv", b"a,b\n", lambda _seen: None)
    assert [sent[1] for sent in platform.received if sent[0] == "POST"] == ["/v1/imports"]


def test_an_upload_tells_how_far_it_is(platform: Platform) -> None:
    told: list[int] = []
    body = b"Title,Price\n" + b"Mug,12.00\n" * 20_000
    start_import(Api(platform.base, "k"), "shop.csv", io.BytesIO(body), told.append, currency="EUR")
    assert told == sorted(told)
    assert len(set(told)) > 2
    assert told[-1] == len(body)
    assert platform.sent("POST", "/v1/imports") == [{"file_name": "shop.csv", "currency": "EUR"}]


def test_a_strangers_text_cannot_steer_the_terminal() -> None:
    assert plain("\x1b[2JMug\x9b\r\nred [bold]") == "\ufffd[2JMug\ufffd\nred \\[bold]"


def finished(lines: tuple[int, ...], **counts: int) -> Finished:
    return Finished({"import_id": "imp", "status": "completed", **counts}, tuple(row(line) for line in lines))


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

"""The HTTP side of imports: forms, lists, questions and answers, downloads."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests

from tests.functions.sync.files import catalogue
from tests.functions.sync.world import BUCKET, World, s3_notice
from tests.http import CLIENT, OTHER_CLIENT


def policy(started: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(base64.b64decode(started["upload"]["fields"]["policy"])))


def test_an_import_begins_waiting_for_its_file(world: World) -> None:
    started = world.start("Été / spring 2026.csv")
    shown = started["import"]
    assert (shown["status"], shown["currency"], shown["progress"]) == ("awaiting_upload", "CAD", 0)
    assert shown["rows_total"] is None
    assert started["upload"]["max_bytes"] == 200 * 1024 * 1024
    assert started["upload"]["expires_at"] == "2026-03-14T09:41:53.589Z"
    key = f"uploads/{CLIENT}/{shown['import_id']}/spring-2026.csv"
    assert started["upload"]["fields"]["key"] == key


def test_the_form_is_for_one_object_of_a_limited_size(world: World) -> None:
    started = world.start()
    conditions = policy(started)["conditions"]
    assert ["content-length-range", 0, 200 * 1024 * 1024] in conditions
    assert {"key": started["upload"]["fields"]["key"]} in conditions
    assert {"bucket": BUCKET} in conditions
    assert started["upload"]["url"].startswith(f"https://{BUCKET}.s3.ca-central-1.")
    assert started["upload"]["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_the_form_uploads_a_file(world: World) -> None:
    started = world.start()
    form = started["upload"]
    answer = requests.post(form["url"], data=form["fields"], files={"file": catalogue(3)}, timeout=10)
    assert int(answer.status_code) == 201
    world.send("uploads", s3_notice(form["fields"]["key"]))
    world.settle()
    assert world.show(started["import"]["import_id"])["created"] == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"file_name": ""}, "file_name"),
        ({"file_name": "a\nb"}, "file_name"),
        ({"file_name": "\u202egpj.csv"}, "file_name"),
        ({"file_name": "a.csv", "currency": "dollars"}, "currency"),
        ({"file_name": "a.csv", "currency": "XXX"}, "currency"),
        ({"file_name": "a.csv", "mapping_id": "map_" + "0" * 32}, "mapping_id"),
        ({"file_name": "a.csv", "client_id": OTHER_CLIENT}, "client_id"),
    ],
)
def test_a_faulty_start_names_the_field(world: World, body: dict[str, str], field: str) -> None:
    answer = world.call("POST", "/v1/imports", body=body)
    assert answer.status == 422
    assert [fault["field"] for fault in answer.body["errors"]] == [field]


def test_without_a_home_currency_one_must_be_named(world: World) -> None:
    answer = world.call("POST", "/v1/imports", body={"file_name": "a.csv"}, home_currency="")
    assert answer.status == 422
    named = world.call("POST", "/v1/imports", body={"file_name": "a.csv", "currency": "JPY"}, home_currency="")
    assert named.body["import"]["currency"] == "JPY"


def test_a_repeated_key_starts_one_import(world: World) -> None:
    headers = {"Idempotency-Key": "8e03978e"}
    first = world.call("POST", "/v1/imports", body={"file_name": "a.csv"}, headers=headers)
    again = world.call("POST", "/v1/imports", body={"file_name": "a.csv"}, headers=headers)
    assert again.body == first.body
    assert len(world.call("GET", "/v1/imports").body["items"]) == 1


def test_imports_are_listed_newest_first(world: World) -> None:
    names = []
    for number in range(5):
        world.clock.advance(seconds=1)
        names.append(world.start(f"{number}.csv")["import"]["file_name"])
    world.start("theirs.csv", client_id=OTHER_CLIENT)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = world.call("GET", "/v1/imports", query=query).body
        seen += [item["file_name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == names[::-1]


def test_an_import_of_another_client_is_not_there(world: World) -> None:
    import_id = world.start()["import"]["import_id"]
    for method, path, body in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("POST", "/upload-url", None),
        ("POST", "/mapping", {}),
        ("GET", "/report", None),
        ("GET", "/repair-file", None),
    ):
        answer = world.call(method, f"/v1/imports/{import_id}{path}", client_id=OTHER_CLIENT, body=body)
        assert answer.status == 404, (method, path)


def test_an_import_without_its_file_expires_after_a_day(world: World) -> None:
    import_id = world.start()["import"]["import_id"]
    world.clock.advance(hours=23, minutes=59)
    assert world.show(import_id)["status"] == "awaiting_upload"
    renewed = world.call("POST", f"/v1/imports/{import_id}/upload-url")
    assert renewed.body["upload"]["expires_at"] == "2026-03-15T09:40:53.589Z"
    world.clock.advance(minutes=1)
    assert world.show(import_id)["status"] == "expired"
    refused = world.call("POST", f"/v1/imports/{import_id}/upload-url")
    assert (refused.status, refused.body["code"]) == (409, "conflict")


def test_a_new_form_is_for_the_same_object(world: World) -> None:
    started = world.start()
    renewed = world.call("POST", f"/v1/imports/{started['import']['import_id']}/upload-url").body
    assert renewed["upload"]["fields"]["key"] == started["upload"]["fields"]["key"]
    world.upload(renewed, catalogue(2))
    world.settle()
    assert world.show(started["import"]["import_id"])["created"] == 2
    assert world.call("POST", f"/v1/imports/{started['import']['import_id']}/upload-url").status == 409


def test_a_waiting_import_can_be_cancelled_and_takes_no_file_then(world: World) -> None:
    started = world.start()
    import_id = started["import"]["import_id"]
    assert world.call("DELETE", f"/v1/imports/{import_id}").body["status"] == "cancelled"
    assert world.call("DELETE", f"/v1/imports/{import_id}").status == 200
    world.upload(started, catalogue(3))
    world.settle()
    assert world.show(import_id)["status"] == "cancelled"
    assert world.catalogue.variants == {}


def test_a_completed_import_cannot_be_cancelled(world: World) -> None:
    shown = world.bring(catalogue(2))
    assert world.call("DELETE", f"/v1/imports/{shown['import_id']}").status == 409


def test_a_report_is_read_page_by_page(world: World) -> None:
    shown = world.bring(catalogue(30, bad=range(1, 31, 2)))
    rows = world.report(shown["import_id"], limit=4)
    assert [row["line"] for row in rows] == list(range(2, 32, 2))
    assert world.report(shown["import_id"]) == rows
    page = world.call("GET", f"/v1/imports/{shown['import_id']}/report").body
    assert (page["status"], page["next_cursor"]) == ("completed", None)


def test_a_report_is_empty_until_the_import_is_completed(world: World) -> None:
    import_id = world.start()["import"]["import_id"]
    page = world.call("GET", f"/v1/imports/{import_id}/report").body
    assert page == {"status": "awaiting_upload", "items": [], "next_cursor": None}


def test_a_cursor_that_points_between_rows_is_refused(world: World) -> None:
    shown = world.bring(catalogue(9, bad={1, 2, 3}))
    path = f"/v1/imports/{shown['import_id']}/report"
    cursor = world.call("GET", path, query={"limit": 1}).body["next_cursor"]
    mark, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for place in ({"at": position["at"] + 3}, {"at": position["at"] - 1}, {"at": "x"}, {"of": 1}):
        forged = base64.urlsafe_b64encode(json.dumps([mark, place]).encode()).decode().rstrip("=")
        assert world.call("GET", path, query={"cursor": forged}).status == 422


def test_a_repair_file_is_there_when_the_import_is_completed_and_rows_were_rejected(world: World) -> None:
    waiting = world.start()["import"]["import_id"]
    assert world.call("GET", f"/v1/imports/{waiting}/repair-file").status == 409
    clean = world.bring(catalogue(2))
    assert world.call("GET", f"/v1/imports/{clean['import_id']}/repair-file").status == 404
    shown = world.bring(catalogue(2, bad={1}), "Été.csv")
    answer = world.call("GET", f"/v1/imports/{shown['import_id']}/repair-file").body
    assert answer["file_name"] == "Été-repair.csv"
    assert requests.get(answer["url"], timeout=10).content == world.result(shown["import_id"], "repair.csv")


def test_a_file_that_comes_by_a_form_renewed_at_the_last_minute_still_counts(world: World) -> None:
    import_id = world.start()["import"]["import_id"]
    world.clock.advance(hours=23, minutes=59)
    renewed = world.call("POST", f"/v1/imports/{import_id}/upload-url").body
    world.clock.advance(minutes=10)
    assert world.show(import_id)["status"] == "expired"
    world.upload(renewed, catalogue(2))
    world.settle()
    assert world.show(import_id)["status"] == "completed"

"""The HTTP side of column mappings: questions of an import, answers, and mappings kept for later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.functions.sync.world import World
from tests.http import OTHER_CLIENT

UNKNOWN = b"Ref,Wording,Ticket\nA-1,Chair,12.50\nA-2,Table,99.00\n"
ANSWER = {"sku": "Ref", "title": "Wording", "price": "Ticket"}


def asking(world: World) -> str:
    """The id of an import that needs a mapping."""
    shown = world.bring(UNKNOWN)
    assert shown["status"] == "needs_mapping"
    return str(shown["import_id"])


def test_the_suggestion_can_be_accepted_corrected_and_kept(world: World) -> None:
    import_id = asking(world)
    suggestion = world.show(import_id)["suggestion"]
    assert set(suggestion["mapping"].values()) | set(suggestion["unused"]) == {"Ref", "Wording", "Ticket"}
    answer = world.call("POST", f"/v1/imports/{import_id}/mapping", body={"mapping": ANSWER, "save_as": "Supplier A"})
    assert (answer.status, answer.body["status"]) == (202, "inspecting")
    world.settle()
    shown = world.show(import_id)
    assert (shown["status"], shown["format"], shown["created"]) == ("completed", "mapped", 2)
    assert shown["mapping"] == ANSWER
    [saved] = world.call("GET", "/v1/import-mappings").body["items"]
    assert (saved["name"], saved["mapping"]) == ("Supplier A", ANSWER)


def test_a_kept_mapping_reads_the_next_file_with_its_columns(world: World) -> None:
    import_id = asking(world)
    world.call("POST", f"/v1/imports/{import_id}/mapping", body={"mapping": ANSWER, "save_as": "Supplier A"})
    world.settle()
    world.clock.advance(minutes=1)
    again = world.bring(UNKNOWN)
    assert (again["status"], again["unchanged"], again["mapping"]) == ("completed", 2, ANSWER)
    assert world.bring(UNKNOWN, client_id=OTHER_CLIENT)["status"] == "needs_mapping"


def test_an_import_can_be_started_with_a_saved_mapping(world: World) -> None:
    saved = world.call("POST", "/v1/import-mappings", body={"name": "A", "mapping": ANSWER}).body
    shown = world.bring(UNKNOWN, mapping_id=saved["mapping_id"])
    assert (shown["status"], shown["created"]) == ("completed", 2)


def test_a_saved_mapping_can_answer_the_question(world: World) -> None:
    import_id = asking(world)
    saved = world.call("POST", "/v1/import-mappings", body={"name": "A", "mapping": ANSWER}).body
    world.call("POST", f"/v1/imports/{import_id}/mapping", body={"mapping_id": saved["mapping_id"]})
    world.settle()
    assert world.show(import_id)["created"] == 2


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"mapping": {"title": "Nowhere"}}, ["mapping.title"]),
        ({"mapping": {"colour of magic": "Ref"}}, ["mapping.colour of magic"]),
        ({"mapping": {}}, ["mapping"]),
        ({"mapping": {"price": "Ticket"}}, ["mapping"]),
        ({"mapping": ANSWER, "mapping_id": "map_" + "0" * 32}, ["mapping_id"]),
    ],
)
def test_an_answer_that_does_not_fit_names_what_is_wrong(world: World, body: dict[str, Any], fields: list[str]) -> None:
    import_id = asking(world)
    answer = world.call("POST", f"/v1/imports/{import_id}/mapping", body=body)
    assert (answer.status, [fault["field"] for fault in answer.body["errors"]]) == (422, fields)
    assert world.show(import_id)["status"] == "needs_mapping"


def test_the_same_answer_once_more_takes_up_where_it_stopped(world: World) -> None:
    import_id = asking(world)
    broken = replace(world.deps["api"], work=None)
    whole, world.deps["api"] = world.deps["api"], broken
    body = {"mapping": ANSWER, "save_as": "Supplier A"}
    assert world.call("POST", f"/v1/imports/{import_id}/mapping", body=body).status == 500
    world.deps["api"] = whole
    world.settle()
    assert world.show(import_id)["status"] == "inspecting"
    assert world.call("POST", f"/v1/imports/{import_id}/mapping", body={"mapping": {"title": "Ref"}}).status == 409
    assert world.call("POST", f"/v1/imports/{import_id}/mapping", body=body).status == 202
    world.settle()
    assert world.show(import_id)["status"] == "completed"
    assert len(world.call("GET", "/v1/import-mappings").body["items"]) == 1


def test_only_an_import_that_asks_takes_an_answer(world: World) -> None:
    waiting = world.start()["import"]["import_id"]
    assert world.call("POST", f"/v1/imports/{waiting}/mapping", body={}).status == 409


def test_a_file_swapped_before_the_answer_is_refused(world: World) -> None:
    started = world.start()
    world.upload(started, UNKNOWN)
    world.settle()
    world.upload(started, UNKNOWN.replace(b"12.50", b"13.50"))
    world.settle()
    import_id = started["import"]["import_id"]
    world.call("POST", f"/v1/imports/{import_id}/mapping", body={"mapping": ANSWER})
    world.settle()
    assert world.show(import_id)["refusal"]["code"] == "upload_replaced"


def test_mappings_are_saved_changed_and_forgotten(world: World) -> None:
    made = world.call("POST", "/v1/import-mappings", body={"name": "A", "mapping": {**ANSWER, "brand": ""}})
    assert (made.status, made.headers["etag"], made.body["mapping"]) == (201, '"1"', ANSWER)
    path = f"/v1/import-mappings/{made.body['mapping_id']}"
    world.clock.advance(seconds=5)
    changed = world.call("PUT", path, body={"name": "B", "mapping": ANSWER}, headers={"If-Match": '"1"'})
    assert (changed.body["name"], changed.body["version"]) == ("B", 2)
    assert world.call("GET", path).body == changed.body
    late = world.call("PUT", path, body={"name": "C", "mapping": ANSWER}, headers={"If-Match": '"1"'})
    assert late.status == 412
    assert world.call("PUT", path, body={"name": "C", "mapping": ANSWER}, headers={"If-Match": "x"}).status == 400
    assert world.call("DELETE", path, client_id=OTHER_CLIENT).status == 404
    assert world.call("DELETE", path).status == 204
    assert world.call("GET", path).status == 404


def test_a_mapping_of_unknown_fields_is_not_saved(world: World) -> None:
    answer = world.call("POST", "/v1/import-mappings", body={"name": "A", "mapping": {"magic": "Ref"}})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "mapping.magic")


def test_columns_are_guessed_from_names_and_values(world: World) -> None:
    body = {
        "headers": ["SKU", "Product name", "Price"],
        "sample": [["A-1", "Chair", "12.50"], ["A-2", "Table", "99.00"]],
    }
    answer = world.call("POST", "/v1/import-mappings/suggest", body=body)
    assert answer.body["mapping"] == {"sku": "SKU", "title": "Product name", "price": "Price"}
    assert answer.body["missing"] == []

"""An import from the first call to the last event, through the real handlers."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

from skuflow.contracts.catalog import RejectedRows
from skuflow.contracts.sync import SourceProduct
from skuflow.kernel.clock import iso
from skuflow.sync.reading.source import Limits
from tests.functions.sync.files import HEADER, catalogue, shopify, shopify_row
from tests.functions.sync.world import World, with_limits
from tests.http import CLIENT, OTHER_CLIENT


def test_ten_rows_end_up_in_the_catalogue(world: World) -> None:
    shown = world.bring(catalogue(10))
    assert shown["status"] == "completed"
    assert shown["progress"] == 1
    assert (shown["rows_total"], shown["rows_read"], shown["created"], shown["rejected"]) == (10, 10, 10, 0)
    assert (shown["format"], shown["delimiter"], shown["decimal_style"]) == ("shopify_legacy", ",", ".")
    assert len(world.catalogue.variants) == 10
    assert [event["data"]["created"] for event in world.events("ImportCompleted")] == [10]
    assert world.report(shown["import_id"]) == []
    assert json.loads(world.result(shown["import_id"], "report.json"))["totals"]["created"] == 10
    assert world.waiting("dead-letters") == []


def test_the_same_file_again_changes_nothing(world: World) -> None:
    world.bring(catalogue(10))
    before = dict(world.catalogue.variants)
    world.clock.advance(minutes=1)
    again = world.bring(catalogue(10))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 10)
    assert world.catalogue.prices(CLIENT) == {key: price for (_, _, key), (_, price, _) in before.items()}


def test_a_second_version_updates_what_it_changes(world: World) -> None:
    world.bring(catalogue(10))
    world.clock.advance(minutes=1)
    second = world.bring(catalogue(10, raised={3, 4}))
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 2, 8)


def test_every_row_of_a_mixed_file_is_accounted_for(world: World) -> None:
    def too_dear(product: SourceProduct) -> RejectedRows | None:
        if product.title != "Lamp 7":
            return None
        return RejectedRows(product.lines, "title", product.title, "we do not sell these", "leave it out")

    world.catalogue.refuse = too_dear
    shown = world.bring(catalogue(9, bad={2, 5}))
    assert (shown["created"], shown["rejected"], shown["rows_total"]) == (6, 3, 9)
    rows = world.report(shown["import_id"])
    assert [(row["line"], row["column"], row["value"], row["severity"]) for row in rows] == [
        (3, "Variant Price", "ask us", "error"),
        (6, "Variant Price", "ask us", "error"),
        (8, "Title", "Lamp 7", "error"),
    ]
    assert all(row["reason"] and row["hint"] for row in rows)
    [completed] = world.events("ImportCompleted")
    assert completed["data"]["rejected"] == 3
    assert completed["data"]["rows"] == 9


def test_the_repair_file_can_be_mended_and_uploaded_again(world: World) -> None:
    first = world.bring(catalogue(9, bad={2, 5}))
    answer = world.call("GET", f"/v1/imports/{first['import_id']}/repair-file")
    assert answer.body["file_name"] == "catalogue-repair.csv"
    content = world.result(first["import_id"], "repair.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["Handle"], row["skuflow_line"], row["skuflow_column"]) for row in rows] == [
        ("lamp-2", "3", "Variant Price"),
        ("lamp-5", "6", "Variant Price"),
    ]
    assert all(row["skuflow_reason"] and row["skuflow_hint"] for row in rows)

    world.clock.advance(minutes=1)
    mended = world.bring(content.replace(b"ask us", b"12.50"), "catalogue-repair.csv")
    assert (mended["status"], mended["format"]) == ("completed", "shopify_legacy")
    assert (mended["created"], mended["rejected"]) == (2, 0)
    assert len(world.catalogue.variants) == 9


def test_a_repair_file_of_a_repair_file_has_its_columns_once(world: World) -> None:
    first = world.bring(catalogue(3, bad={2}))
    second = world.bring(world.result(first["import_id"], "repair.csv"))
    assert second["rejected"] == 1
    header = world.result(second["import_id"], "repair.csv").decode("utf-8-sig").splitlines()[0]
    assert header == f"{HEADER},skuflow_line,skuflow_column,skuflow_reason,skuflow_hint"


def test_formulas_are_defused_in_the_repair_file_and_come_back_as_they_were(world: World) -> None:
    formula = '=HYPERLINK("http://evil.example";"x")'
    quoted = '"' + formula.replace('"', '""') + '"'
    first = world.bring(shopify([shopify_row(1, title=quoted, price="ask us"), shopify_row(2)]))
    content = world.result(first["import_id"], "repair.csv")
    [row] = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert row["Title"] == "'" + formula
    world.clock.advance(minutes=1)
    assert world.bring(content.replace(b"ask us", b"5.00"))["created"] == 1
    titles = {title for title, _, _ in world.catalogue.variants.values()}
    assert titles == {formula, "Lamp 2"}


def test_a_long_file_read_in_many_runs_is_the_same_as_in_one(world: World) -> None:
    content = catalogue(300, bad={7, 150, 299})
    whole = world.bring(content, client_id=CLIENT)
    with_limits(world, Limits(chunk_rows=10))
    world.context.remaining_ms = 0
    pieces = world.bring(content, client_id=OTHER_CLIENT)
    for shown in (whole, pieces):
        assert (shown["status"], shown["created"], shown["rejected"]) == ("completed", 297, 3)
    assert world.catalogue.prices(CLIENT) == world.catalogue.prices(OTHER_CLIENT)
    assert world.report(whole["import_id"]) == world.report(pieces["import_id"], client_id=OTHER_CLIENT, limit=2)
    assert len(world.events("ProductBatchReady")) > 30


def test_of_two_imports_the_one_started_later_wins_whichever_is_read_last(world: World) -> None:
    older = world.start("old.csv")
    world.clock.advance(timedelta(seconds=1))
    newer = world.start("new.csv")
    world.upload(newer, catalogue(3, raised={1, 2, 3}))
    world.settle()
    world.upload(older, catalogue(3))
    world.settle()
    shown = world.show(older["import"]["import_id"])
    assert (shown["status"], shown["unchanged"]) == ("completed", 3)
    assert set(world.catalogue.prices(CLIENT).values()) == {(9900, "CAD")}


def test_two_uploads_at_once_keep_apart(world: World) -> None:
    mine, theirs = world.start("a.csv"), world.start("b.csv", client_id=OTHER_CLIENT)
    world.upload(mine, catalogue(5))
    world.upload(theirs, catalogue(8))
    world.settle()
    assert world.show(mine["import"]["import_id"])["created"] == 5
    assert world.show(theirs["import"]["import_id"], client_id=OTHER_CLIENT)["created"] == 8
    assert len(world.catalogue.prices(CLIENT)) == 5
    assert len(world.catalogue.prices(OTHER_CLIENT)) == 8


def test_batches_say_where_they_come_from_and_when_they_were_seen(world: World) -> None:
    shown = world.bring(catalogue(150))
    ready = world.events("ProductBatchReady")
    assert [(event["data"]["batch"], event["data"]["products"]) for event in ready] == [(1, 100), (2, 50)]
    assert {event["data"]["source"] for event in ready} == {"shopify"}
    assert {event["data"]["observed_at"] for event in ready} == {shown["created_at"]}
    assert shown["created_at"] == iso(world.clock.now)


def test_a_correlation_id_goes_from_the_call_to_the_last_event(world: World) -> None:
    started = world.call(
        "POST", "/v1/imports", body={"file_name": "a.csv"}, headers={"X-Correlation-Id": "from-the-shop-42"}
    ).body
    world.upload(started, catalogue(2))
    world.settle()
    for name in ("ProductBatchReady", "ImportCompleted"):
        assert [event["correlation_id"] for event in world.events(name)] == ["from-the-shop-42"]

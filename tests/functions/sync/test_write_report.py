"""The report and the repair file."""

from __future__ import annotations

import csv
import io
import json

from skuflow.contracts.catalog import RejectedRows
from skuflow.contracts.sync import SourceProduct
from skuflow.platform.aws import client
from tests.functions.sync.files import catalogue, shopify, shopify_row
from tests.functions.sync.world import BUCKET, World


def repaired(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_the_report_is_one_json_document(world: World) -> None:
    shown = world.bring(catalogue(6, bad={2, 4}))
    report = json.loads(world.result(shown["import_id"], "report.json"))
    assert (report["import_id"], report["file_name"], report["rows_total"]) == (shown["import_id"], "catalogue.csv", 6)
    assert report["totals"]["rejected"] == 2
    assert report["rows"] == world.report(shown["import_id"])


def test_cells_left_out_are_warnings_and_need_no_repair(world: World) -> None:
    header = "Handle,Title,Variant SKU,Variant Price,Variant Barcode"
    content = f"{header}\nlamp,Lamp,L-1,12.50,3.65275E+11\n".encode()
    shown = world.bring(content)
    assert (shown["created"], shown["warnings"], shown["rejected"]) == (1, 1, 0)
    [row] = world.report(shown["import_id"])
    assert (row["line"], row["column"], row["severity"]) == (2, "Variant Barcode", "warning")
    assert world.call("GET", f"/v1/imports/{shown['import_id']}/repair-file").status == 404


def test_the_repair_file_keeps_delimiter_and_columns_and_turns_to_utf_8(world: World) -> None:
    text = catalogue(3, bad={2}).decode().replace(",", ";").replace("Lumen", "Lumière")
    shown = world.bring(text.encode("cp1252"))
    [row] = repaired(world.result(shown["import_id"], "repair.csv"), ";")
    assert (row["Handle"], row["Vendor"], row["Variant Price"]) == ("lamp-2", "Lumière", "ask us")


def test_rows_of_several_lines_are_repaired_whole(world: World) -> None:
    content = shopify(
        [
            shopify_row(1, title='"Lamp\n1"'),
            shopify_row(2, title='"Lamp\n2, with ""shade"""', price="ask us"),
            shopify_row(3),
        ]
    )
    shown = world.bring(content)
    [row] = repaired(world.result(shown["import_id"], "repair.csv"))
    assert row["Title"] == 'Lamp\n2, with "shade"'
    [reported] = world.report(shown["import_id"])
    assert row["skuflow_line"] == str(reported["line"])


def test_rows_that_the_catalogue_turned_away_are_repaired_too(world: World) -> None:
    def unwanted(product: SourceProduct) -> RejectedRows | None:
        if product.title != "Lamp 2":
            return None
        return RejectedRows(product.lines, "title", product.title, "=not wanted", "leave it out")

    world.catalogue.refuse = unwanted
    shown = world.bring(catalogue(4, bad={3}))
    rows = repaired(world.result(shown["import_id"], "repair.csv"))
    assert [(row["Handle"], row["skuflow_column"]) for row in rows] == [
        ("lamp-2", "Title"),
        ("lamp-3", "Variant Price"),
    ]
    assert rows[0]["skuflow_reason"] == "'=not wanted"


def test_a_report_asked_for_too_early_is_not_written(world: World) -> None:
    started = world.start()
    import_id = started["import"]["import_id"]
    world.upload(started, catalogue(3))
    world.deliver("uploads")
    world.deliver("work")
    world.send("reports", {"client_id": "cli_0000000000000001", "import_id": import_id})
    world.deliver("reports")
    assert world.show(import_id)["status"] == "applying"
    world.settle()
    assert world.show(import_id)["status"] == "completed"


def test_without_the_upload_the_import_is_completed_without_a_repair_file(world: World) -> None:
    started = world.start()
    import_id = started["import"]["import_id"]
    world.upload(started, catalogue(3, bad={2}))
    world.deliver("uploads")
    world.deliver("work")
    client("s3").delete_object(Bucket=BUCKET, Key=started["upload"]["fields"]["key"])
    world.settle()
    shown = world.show(import_id)
    assert (shown["status"], shown["created"], shown["rejected"]) == ("completed", 2, 1)
    assert len(world.report(import_id)) == 1
    assert world.call("GET", f"/v1/imports/{import_id}/repair-file").status == 404


def test_a_report_longer_than_one_part_is_read_back_whole(world: World) -> None:
    reason = "x" * 3000

    def all_of_them(product: SourceProduct) -> RejectedRows | None:
        return RejectedRows(product.lines, "title", product.title, reason, "leave it out")

    world.catalogue.refuse = all_of_them
    shown = world.bring(catalogue(3000))
    assert len(world.result(shown["import_id"], "report.json")) > 9_000_000
    rows = world.report(shown["import_id"])
    assert [row["line"] for row in rows] == list(range(2, 3002))
    assert {row["reason"] for row in rows} == {reason}
    assert len(repaired(world.result(shown["import_id"], "repair.csv"))) == 3000

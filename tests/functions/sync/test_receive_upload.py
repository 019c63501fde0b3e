"""What arrives in the bucket: good files, bad files, files of nobody."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import replace

import pytest

from skuflow.platform.aws import client
from skuflow.sync.reading.source import Limits
from tests.functions.sync.files import HEADER, catalogue, shopify, shopify_row
from tests.functions.sync.world import BUCKET, World, s3_notice, with_limits
from tests.http import CLIENT, OTHER_CLIENT


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("catalogue.csv", content)
    return out.getvalue()


BAD_FILES = {
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, {"not_text"}),
    "nothing": (b"", {"empty"}),
    "zeros": (b"\0" * 4096, {"not_text", "empty", "no_rows"}),
    "a web page": (b"<!DOCTYPE html><html><body><table><tr><td>Handle</td></tr></table></body></html>", {"not_csv"}),
    "JSON": (b'{"products": [{"title": "Lamp", "price": "12.99"}]}', {"not_csv"}),
    "a gzip bomb": (gzip.compress(b"0" * 50_000_000), {"compressed"}),
    "a zip": (zipped(catalogue(5)), {"compressed"}),
    "a file cut off in a quoted cell": (catalogue(3) + b'lamp-4,"Lamp 4,<p>Bright', {"truncated"}),
    "bytes of no encoding": (catalogue(3).replace(b"Lamp 2", b"Lamp \x81\x8d"), {"bad_encoding"}),
    "a feed without the columns it needs": (
        b"id,title,availability,gtin\n1,Lamp,in stock,\n",
        {"missing_columns"},
    ),
    "a header and nothing else": ((HEADER + "\r\n").encode(), {"no_rows"}),
    "a header with a name twice": (
        catalogue(2).replace(b"Variant SKU", b"Variant Price", 1),
        {"duplicate_headers"},
    ),
    "prose": (b"Dear team\n\nplease find attached the catalogue.\n\nBest\n", {"not_csv", "not_delimited"}),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_the_reason_and_the_remedy(world: World, name: str) -> None:
    content, codes = BAD_FILES[name]
    shown = world.bring(content)
    assert shown["status"] == "refused"
    assert shown["refusal"]["code"] in codes
    assert shown["refusal"]["detail"]
    assert shown["refusal"]["remedy"]
    assert [event["data"]["code"] for event in world.events("ImportFailed")] == [shown["refusal"]["code"]]
    assert world.events("ProductBatchReady") == []
    assert world.catalogue.variants == {}
    assert world.waiting("dead-letters") == []


def test_a_file_over_the_limit_of_rows_is_refused_before_any_is_used(world: World) -> None:
    shown = with_limits(world, Limits(max_rows=100)).bring(catalogue(101))
    assert shown["refusal"]["code"] == "too_many_rows"
    assert world.catalogue.variants == {}


def test_a_file_over_the_limit_of_bytes_is_refused_should_the_form_ever_let_it_through(world: World) -> None:
    shown = with_limits(world, Limits(max_bytes=1000)).bring(catalogue(100))
    assert shown["refusal"]["code"] == "too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_recognised(world: World, encoding: str) -> None:
    text = shopify([shopify_row(1, title="Lámpara ñandú"), shopify_row(2, title="Größe")]).decode()
    shown = world.bring(text.encode(encoding))
    assert (shown["status"], shown["created"]) == ("completed", 2)
    assert {title for title, _, _ in world.catalogue.variants.values()} == {"Lámpara ñandú", "Größe"}


@pytest.mark.parametrize(
    ("price", "minor"),
    [("1.299,00 €", (129900, "EUR")), ("₹1,29,900", (12990000, "INR")), ("-5", None), ("free", None), ("TBD", None)],
)
def test_prices_are_taken_exactly_or_not_at_all(world: World, price: str, minor: tuple[int, str] | None) -> None:
    shown = world.bring(shopify([shopify_row(1, price=f'"{price}"')]))
    assert shown["status"] == "completed"
    assert (shown["created"], shown["rejected"]) == ((1, 0) if minor else (0, 1))
    assert list(world.catalogue.prices(CLIENT).values()) == ([minor] if minor else [])


def test_a_notice_told_twice_is_one_import(world: World) -> None:
    started = world.start()
    world.upload(started, catalogue(10), notices=3)
    world.settle()
    world.send("uploads", s3_notice(started["upload"]["fields"]["key"]))
    world.settle()
    shown = world.show(started["import"]["import_id"])
    assert (shown["status"], shown["created"]) == ("completed", 10)
    assert len({event["event_id"] for event in world.events("ProductBatchReady")}) == 1
    assert len(world.events("ImportCompleted")) == 1


def test_a_second_file_for_a_finished_import_is_ignored(world: World) -> None:
    started = world.start()
    world.upload(started, catalogue(3))
    world.settle()
    world.upload(started, catalogue(9))
    world.settle()
    shown = world.show(started["import"]["import_id"])
    assert (shown["status"], shown["rows_total"]) == ("completed", 3)
    assert len(world.catalogue.variants) == 3


def test_a_file_swapped_while_it_is_read_stops_the_import_and_says_so(world: World) -> None:
    with_limits(world, Limits(chunk_rows=5))
    world.context.remaining_ms = 0
    started = world.start()
    world.upload(started, catalogue(20))
    world.deliver("uploads")
    world.deliver("work")
    world.upload(started, catalogue(20, raised=range(1, 21)))
    world.settle()
    shown = world.show(started["import"]["import_id"])
    assert (shown["status"], shown["refusal"]["code"]) == ("failed", "upload_replaced")
    assert shown["refusal"]["remedy"]
    assert (9900, "CAD") not in world.catalogue.prices(CLIENT).values()
    assert [event["data"]["code"] for event in world.events("ImportFailed")] == ["upload_replaced"]


def test_an_upload_that_vanishes_stops_the_import_and_says_so(world: World) -> None:
    started = world.start()
    world.upload(started, catalogue(5))
    world.deliver("uploads")
    client("s3").delete_object(Bucket=BUCKET, Key=started["upload"]["fields"]["key"])
    world.settle()
    shown = world.show(started["import"]["import_id"])
    assert (shown["status"], shown["refusal"]["code"]) == ("failed", "upload_missing")


@pytest.mark.parametrize(
    "key",
    [
        "uploads/readme.txt",
        "uploads/cli_0000000000000001/imp_unknown/a.csv",
        "uploads/nobody/imp_1/a.csv",
        "uploads/cli_0000000000000001/imp_1/a/b.csv",
        "batches/cli_0000000000000001/imp_1/a.csv",
    ],
)
def test_an_object_of_no_import_is_ignored(world: World, key: str) -> None:
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=catalogue(3))
    world.send("uploads", s3_notice(key))
    world.settle()
    assert world.bus.entries == []
    assert world.waiting("dead-letters") == []


def test_a_file_under_the_import_id_of_another_client_is_ignored(world: World) -> None:
    started = world.start()
    key = started["upload"]["fields"]["key"].replace(CLIENT, OTHER_CLIENT)
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=catalogue(3))
    world.send("uploads", s3_notice(key))
    world.settle()
    assert world.show(started["import"]["import_id"])["status"] == "awaiting_upload"
    assert world.catalogue.variants == {}


def test_a_file_under_another_name_than_the_form_gave_is_ignored(world: World) -> None:
    started = world.start()
    key = started["upload"]["fields"]["key"].replace("catalogue.csv", "other.csv")
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=catalogue(3))
    world.send("uploads", s3_notice(key))
    world.settle()
    assert world.show(started["import"]["import_id"])["status"] == "awaiting_upload"


def test_a_notice_whose_object_is_gone_leaves_the_import_waiting(world: World) -> None:
    started = world.start()
    world.send("uploads", s3_notice(started["upload"]["fields"]["key"]))
    world.settle()
    assert world.show(started["import"]["import_id"])["status"] == "awaiting_upload"
    world.upload(started, catalogue(2))
    world.settle()
    assert world.show(started["import"]["import_id"])["status"] == "completed"


def test_a_message_that_is_no_notice_is_put_aside_with_the_reason(world: World) -> None:
    world.send("uploads", {"Event": "s3:TestEvent", "Bucket": BUCKET})
    world.send("uploads", {"something": "else"})
    world.settle()
    [message] = world.waiting("dead-letters")
    assert "not a notice of S3" in message["MessageAttributes"]["reason"]["StringValue"]


def test_an_import_of_an_unknown_header_asks_when_guesses_are_not_to_be_acted_on(world: World) -> None:
    deps = world.deps["receive_upload"]
    world.deps["receive_upload"] = replace(deps, accepts_suggestion=lambda client_id: client_id == OTHER_CLIENT)
    content = b"SKU,Product name,Price\nA-1,Chair,12.50\nA-2,Table,99.00\n"
    assert world.bring(content)["status"] == "needs_mapping"
    acted = world.bring(content, client_id=OTHER_CLIENT)
    assert (acted["status"], acted["format"], acted["created"]) == ("completed", "mapped", 2)

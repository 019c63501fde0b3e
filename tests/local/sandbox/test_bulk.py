"""Bulk operations in the sandbox: what may be asked, what comes out, for how long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.sandbox.control import SandboxControl
from tests.local.sandbox.app_side import Inbox, Shopkeeper

CATALOGUE = """query run_1 { products { edges { node { id title status category { fullName }
  media { edges { node { id alt ... on MediaImage { image { url } } } } }
  variants { edges { node { id sku price selectedOptions { name value } inventoryItem { id tracked } } } } } } } }"""
SMALL = "{ products { edges { node { id } } } }"


def lines(keeper: Shopkeeper, url: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in keeper.client.get(url).text.splitlines()]


def test_a_catalogue_comes_as_lines_that_name_their_parents(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=4, variants_per_product=3)
    started = keeper.run_bulk(CATALOGUE)
    assert started["userErrors"] == []
    assert started["bulkOperation"]["status"] == "CREATED"
    done = keeper.finished(started["bulkOperation"]["id"])
    found = lines(keeper, done["url"])
    assert (done["status"], done["objectCount"], done["rootObjectCount"]) == ("COMPLETED", "20", "4")
    assert int(done["fileSize"]) == len(keeper.client.get(done["url"]).content)
    products = {line["id"] for line in found if "__parentId" not in line}
    children = [line for line in found if "__parentId" in line]
    assert len(products) == 4
    assert {line["__parentId"] for line in children} == products
    variant = next(line for line in children if "sku" in line)
    assert list(variant) == ["id", "sku", "price", "selectedOptions", "inventoryItem", "__parentId"]
    image = next(line for line in children if "image" in line)
    assert image["image"]["url"].startswith("https://cdn.shopify.com/")


def test_children_come_in_any_order_unless_they_are_to_be_grouped(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=6, variants_per_product=4)

    def before_their_parents(found: list[dict[str, Any]]) -> int:
        seen: set[str] = set()
        early = 0
        for line in found:
            early += "__parentId" in line and line["__parentId"] not in seen
            seen.add(line["id"])
        return early

    mixed = keeper.finished(keeper.run_bulk(CATALOGUE)["bulkOperation"]["id"])
    grouped = keeper.finished(keeper.run_bulk(CATALOGUE, grouped=True)["bulkOperation"]["id"])
    assert before_their_parents(lines(keeper, mixed["url"])) > 0
    assert before_their_parents(lines(keeper, grouped["url"])) == 0


TOO_DEEP = """{ products { edges { node { id variants { edges { node { id
  inventoryItem { inventoryLevels { edges { node { id } } } } } } } } } } }"""
FIVE_MORE = " ".join(f"m{number}: media {{ edges {{ node {{ id }} }} }}" for number in range(5))
TOO_MANY = f"{{ products {{ edges {{ node {{ id {FIVE_MORE} }} }} }} }}"
NO_ID = "{ products { edges { node { title variants { edges { node { id } } } } } } }"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ shop { id } }", "Bulk queries must contain at least one connection."),
        ("{ products { nodes { id } } }", "via 'nodes' is not supported. Invalid connection fields: 'products'."),
        (NO_ID, "Connection fields without 'id': variants"),
        (TOO_DEEP, "nesting depth greater than 2"),
        (TOO_MANY, "more than 5 connections"),
        ("mutation { appUninstall { userErrors { message } } }", "Only `query` operations are supported"),
        ("{ products { edges { node { colour } } } }", "Invalid bulk query"),
        ("", "Invalid bulk query: Syntax Error"),
        ("{ a: products { edges { node { id } } } b: orders { edges { node { id } } } }", "a single top level field"),
    ],
)
def test_a_query_that_may_not_run_in_bulk_is_refused(keeper: Shopkeeper, query: str, said: str) -> None:
    payload = keeper.run_bulk(query)
    assert payload["bulkOperation"] is None
    assert any(said in error["message"] for error in payload["userErrors"]), payload
    assert {error["code"] for error in payload["userErrors"]} == {"INVALID"}


def test_five_operations_run_at_once_and_no_sixth(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.settings(bulk_held=True)
    started = [keeper.run_bulk(SMALL)["bulkOperation"]["id"] for _ in range(5)]
    refused = keeper.run_bulk(SMALL)
    assert refused["userErrors"][0]["code"] == "LIMIT_REACHED"
    sandbox.settings(bulk_held=False)
    assert {keeper.finished(each)["status"] for each in started} == {"COMPLETED"}
    assert keeper.run_bulk(SMALL)["userErrors"] == []


def test_an_operation_is_cancelled(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.settings(bulk_held=True)
    started = keeper.run_bulk(SMALL)["bulkOperation"]["id"]
    text = "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }"
    assert keeper.data(text, id=started)["bulkOperationCancel"]["bulkOperation"]["status"] == "CANCELING"
    sandbox.settings(bulk_held=False)
    assert keeper.finished(started)["status"] == "CANCELED"
    again = keeper.data(text, id=started)["bulkOperationCancel"]
    assert "canceled" in again["userErrors"][0]["message"]


def test_a_result_is_read_by_ranges(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=3, variants_per_product=2)
    url = keeper.finished(keeper.run_bulk(CATALOGUE)["bulkOperation"]["id"])["url"]
    whole = keeper.client.get(url)
    assert whole.headers["accept-ranges"] == "bytes"
    part = keeper.client.get(url, headers={"Range": "bytes=10-29"})
    assert (part.status_code, part.content) == (206, whole.content[10:30])
    assert part.headers["content-range"] == f"bytes 10-29/{len(whole.content)}"
    rest = keeper.client.get(url, headers={"Range": f"bytes={len(whole.content) - 5}-"})
    assert rest.content == whole.content[-5:]
    beyond = keeper.client.get(url, headers={"Range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416


def test_a_result_is_gone_after_a_week(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    keeper.shop.seed(products=1, variants_per_product=1)
    started = keeper.run_bulk(SMALL)["bulkOperation"]["id"]
    url = keeper.finished(started)["url"]
    sandbox.advance(7 * 86_400 + 1)
    assert keeper.client.get(url).status_code == 403
    keeper.taken(keeper.refresh().json())
    assert keeper.operation(started)["url"] is None


def test_an_empty_result_has_no_address(keeper: Shopkeeper) -> None:
    done = keeper.finished(keeper.run_bulk(SMALL)["bulkOperation"]["id"])
    assert (done["status"], done["objectCount"], done["url"]) == ("COMPLETED", "0", None)


def test_a_failed_operation_has_part_of_its_result(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    keeper.shop.seed(products=5, variants_per_product=2)
    sandbox.set_fault("bulk_failed", scope=keeper.shop.domain, count=1)
    done = keeper.finished(keeper.run_bulk(CATALOGUE)["bulkOperation"]["id"])
    assert (done["status"], done["errorCode"], done["url"]) == ("FAILED", "INTERNAL_SERVER_ERROR", None)
    assert 0 < len(lines(keeper, done["partialDataUrl"])) < 20


def test_an_operation_on_what_was_not_granted_fails(keeper: Shopkeeper) -> None:
    keeper.connect(scope="read_inventory")
    done = keeper.finished(keeper.run_bulk(SMALL)["bulkOperation"]["id"])
    assert (done["status"], done["errorCode"], done["url"]) == ("FAILED", "ACCESS_DENIED", None)


def test_the_end_of_an_operation_is_told_without_its_address(keeper: Shopkeeper, webhooks: Inbox) -> None:
    keeper.subscribe(webhooks.uri, "BULK_OPERATIONS_FINISH")
    started = keeper.run_bulk(SMALL)["bulkOperation"]["id"]
    keeper.finished(started)
    keeper.shop.settled()
    [told] = webhooks.of("bulk_operations/finish")
    body = json.loads(told.body)
    assert (body["admin_graphql_api_id"], body["status"], body["type"]) == (started, "completed", "query")
    assert "url" not in body


def test_a_given_file_is_the_next_result(keeper: Shopkeeper, tmp_path: Path) -> None:
    file = tmp_path / "result.jsonl"
    product, variant = "gid://shopify/Product/1", "gid://shopify/ProductVariant/2"
    file.write_text(f'{{"id":"{product}"}}\n{{"id":"{variant}","__parentId":"{product}"}}\n')
    assert keeper.shop.host_bulk_result(file) == file.stat().st_size
    done = keeper.finished(keeper.run_bulk(SMALL)["bulkOperation"]["id"])
    assert (done["objectCount"], done["rootObjectCount"]) == ("2", "1")
    assert keeper.client.get(done["url"]).content == file.read_bytes()
    after = keeper.finished(keeper.run_bulk(SMALL)["bulkOperation"]["id"])
    assert after["objectCount"] == "0"


def test_operations_are_listed_newest_first(keeper: Shopkeeper) -> None:
    ids = [keeper.run_bulk(SMALL)["bulkOperation"]["id"] for _ in range(3)]
    text = "{ bulkOperations(first: 25, sortKey: CREATED_AT, reverse: true) { nodes { id status query } } }"
    assert [each["id"] for each in keeper.data(text)["bulkOperations"]["nodes"]] == ids[::-1]
    for each in ids:
        keeper.finished(each)
    done = '{ bulkOperations(first: 5, query: "status:completed") { nodes { id } } }'
    assert len(keeper.data(done)["bulkOperations"]["nodes"]) == 3

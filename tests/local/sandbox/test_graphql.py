"""GraphQL in the sandbox: Shopify's names, pages, errors and costs."""

from __future__ import annotations

from typing import Any

import pytest

from local.sandbox.control import DEFAULT_SHOP, SandboxControl
from tests.local.sandbox.app_side import Shopkeeper

PRODUCT = """query($id: ID!) { product(id: $id) {
  id title handle descriptionHtml vendor productType tags status createdAt updatedAt onlineStoreUrl category { id fullName }
  media(first: 10) { nodes { id alt mediaContentType ... on MediaImage { image { url altText } } } }
  variants(first: 250) { nodes {
    id title sku barcode price compareAtPrice position inventoryQuantity inventoryPolicy taxable createdAt updatedAt
    selectedOptions { name value } image { url }
    inventoryItem { id tracked sku unitCost { amount currencyCode } measurement { weight { unit value } } } product { id }
  } pageInfo { hasNextPage endCursor } } } }"""
PAGE = """query($first: Int, $after: String) { products(first: $first, after: $after) {
  nodes { id } pageInfo { hasNextPage endCursor hasPreviousPage } } }"""


def test_a_product_has_all_that_we_ask_of_it(sandbox: SandboxControl) -> None:
    keeper = Shopkeeper(sandbox.shop(DEFAULT_SHOP))
    keeper.connect()
    mug = next(each for each in keeper.shop.products() if each["title"] == "Enamel Mug")
    product = keeper.data(PRODUCT, id=f"gid://shopify/Product/{mug['id']}")["product"]
    assert product["status"] == "ACTIVE"
    assert product["category"]["fullName"].endswith("Drinkware > Mugs")
    assert product["onlineStoreUrl"] == f"https://{DEFAULT_SHOP}/products/enamel-mug"
    assert [each["mediaContentType"] for each in product["media"]["nodes"]] == ["IMAGE", "IMAGE"]
    white = product["variants"]["nodes"][0]
    assert (white["price"], white["inventoryQuantity"], white["position"]) == ("16.50", 85, 1)
    assert white["selectedOptions"] == [{"name": "Colour", "value": "White"}]
    assert white["inventoryItem"]["measurement"] == {"weight": {"unit": "GRAMS", "value": 160.0}}
    assert white["product"] == {"id": product["id"]}
    assert white["updatedAt"][-1] == "Z"
    assert len(white["updatedAt"]) == 20
    keeper.client.close()


def test_some_ids_are_larger_than_a_double_can_hold(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=6, variants_per_product=1)
    ids = [each["id"] for each in keeper.shop.products()]
    assert any(number > 2**53 and float(number) != number for number in ids)
    assert any(number < 2**53 for number in ids)
    found = keeper.data(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[f"gid://shopify/Product/{n}" for n in ids]
    )
    assert [each["id"] for each in found["nodes"]] == [f"gid://shopify/Product/{number}" for number in ids]


def test_pages_meet_every_product_once(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=25, variants_per_product=1)
    seen, after = [], None
    while True:
        page = keeper.data(PAGE, first=10, after=after)["products"]
        seen += [each["id"] for each in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == 25


def test_paging_goes_on_where_it_was_although_the_last_product_of_the_page_is_gone(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=6, variants_per_product=1)
    first = keeper.data(PAGE, first=3)["products"]
    keeper.shop.delete(int(first["nodes"][-1]["id"].rpartition("/")[2]))
    rest = keeper.data(PAGE, first=10, after=first["pageInfo"]["endCursor"])["products"]
    assert len(rest["nodes"]) == 3
    assert rest["pageInfo"]["hasPreviousPage"] is True


def test_a_page_backwards_and_in_reverse(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=5, variants_per_product=1)
    forward = [each["id"] for each in keeper.data("{ products(first: 5) { nodes { id } } }")["products"]["nodes"]]
    last = keeper.data("{ products(last: 2) { nodes { id } } }")["products"]["nodes"]
    assert [each["id"] for each in last] == forward[-2:]
    turned = keeper.data("{ products(first: 5, reverse: true) { edges { node { id } } } }")["products"]["edges"]
    assert [each["node"]["id"] for each in turned] == forward[::-1]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ products { nodes { id } } }", "you must provide one of first or last"),
        ("{ products(first: 251) { nodes { id } } }", "from 0 to 250"),
        ('{ products(first: 1, after: "nonsense") { nodes { id } } }', "Invalid cursor"),
        ("{ shop { colour } }", "Field 'colour' doesn't exist on type 'Shop'"),
        ("{ shop { ", "Syntax Error"),
        ('{ product(id: "gid://shopify/Order/1") { id } }', "Invalid global id"),
    ],
)
def test_what_is_wrong_with_a_query_is_told_with_200(keeper: Shopkeeper, query: str, said: str) -> None:
    assert said in keeper.ask(query)["errors"][0]["message"]


def test_an_unknown_field_is_named_as_shopify_names_it(keeper: Shopkeeper) -> None:
    [error] = keeper.ask("{ products(first: 1) { nodes { price } } }")["errors"]
    assert error["extensions"] == {"code": "undefinedField", "typeName": "Product", "fieldName": "price"}


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"variables": {}}', b'{"query": "{ shop { id } }", "variables": [1]}', b"\xff"]
)
def test_a_body_that_is_no_request_is_a_bad_request(keeper: Shopkeeper, body: bytes) -> None:
    url = f"{keeper.shop.url}/admin/api/2026-10/graphql.json"
    answer = keeper.client.post(url, content=body, headers={"X-Shopify-Access-Token": keeper.token})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($first: Int) { products(first: $first) { nodes { id } } }", {"first": "many"}),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {}),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [None]}),
    ],
)
def test_variables_of_the_wrong_kind_are_told_of(keeper: Shopkeeper, query: str, variables: dict[str, Any]) -> None:
    [error] = keeper.ask(query, **variables)["errors"]
    assert "Variable" in error["message"]


def test_a_variable_s_default_counts_towards_the_cost(keeper: Shopkeeper) -> None:
    cost = keeper.ask("query($first: Int = 100) { products(first: $first) { nodes { id } } }")["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 10


def test_a_scope_that_was_not_granted_is_denied_by_field(keeper: Shopkeeper) -> None:
    keeper.connect(scope="read_products")
    answer = keeper.ask("{ orders(first: 1) { nodes { id } } }")
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert "read_orders" in answer["errors"][0]["message"]


def test_an_expired_version_falls_forward_and_says_so(keeper: Shopkeeper) -> None:
    assert keeper.post("{ shop { id } }").headers["X-Shopify-API-Version"] == "2026-10"
    old = keeper.post("{ shop { id } }", version="2023-01")
    assert (old.status_code, old.headers["X-Shopify-API-Version"]) == (200, "2026-01")


def test_products_are_searched_by_when_they_changed(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    keeper.shop.seed(products=3, variants_per_product=1)
    sandbox.advance(60)
    changed = keeper.shop.products()[1]
    keeper.shop.edit(changed["id"], title="Another title")
    since = keeper.shop.products()[1]["updated_at"]
    query = "query($q: String) { products(first: 10, query: $q, sortKey: UPDATED_AT) { nodes { title } } }"
    assert keeper.data(query, q=f"updated_at:>={since}")["products"]["nodes"] == [{"title": "Another title"}]
    assert len(keeper.data(query, q=f"updated_at:<'{since}' AND status:active")["products"]["nodes"]) == 2


def test_orders_come_with_their_lines(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=1, variants_per_product=2)
    first, second = keeper.shop.products()[0]["variants"]
    keeper.shop.order([(first["id"], 2), (second["id"], 1)])
    text = """{ orders(first: 5, query: "updated_at:>=2020-01-01", sortKey: UPDATED_AT) { nodes { id name displayFinancialStatus
      totalPriceSet { shopMoney { amount currencyCode } } lineItems(first: 10) { nodes { quantity sku variant { id } } } } } }"""
    [order] = keeper.data(text)["orders"]["nodes"]
    total = 2 * float(first["price"]) + float(second["price"])
    assert order["totalPriceSet"]["shopMoney"] == {"amount": f"{total:.2f}", "currencyCode": "CAD"}
    assert [line["quantity"] for line in order["lineItems"]["nodes"]] == [2, 1]
    assert keeper.shop.products()[0]["variants"][0]["quantity"] == first["quantity"] - 2


def test_stock_is_found_from_its_inventory_item(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=1, variants_per_product=1)
    variant = keeper.shop.products()[0]["variants"][0]
    text = """query($ids: [ID!]!) { nodes(ids: $ids) { id ... on InventoryItem { tracked variant { id inventoryQuantity
      product { id } } inventoryLevels(first: 5) { nodes { quantities(names: ["available"]) { name quantity } } } } } }"""
    ids = [f"gid://shopify/InventoryItem/{variant['item_id']}", "gid://shopify/InventoryItem/1"]
    item, missing = keeper.data(text, ids=ids)["nodes"]
    assert missing is None
    assert item["variant"]["inventoryQuantity"] == variant["quantity"]
    level = {"quantities": [{"name": "available", "quantity": variant["quantity"]}]}
    assert item["inventoryLevels"]["nodes"] == [level]


def test_more_than_250_ids_are_refused(keeper: Shopkeeper) -> None:
    answer = keeper.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["gid://shopify/Product/1"] * 251)
    assert answer["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_a_query_costs_what_shopify_has_shown_that_it_costs(keeper: Shopkeeper) -> None:
    text = "query($id: ID!) { product(id: $id) { variants(first: 250) { nodes { inventoryItem { id tracked } } } } }"
    cost = keeper.ask(text, id="gid://shopify/Product/1")["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (25, 1)
    assert cost["throttleStatus"] == {"maximumAvailable": 2000.0, "currentlyAvailable": 1999, "restoreRate": 100.0}


def test_objects_cost_one_scalars_nothing_and_mutations_ten(keeper: Shopkeeper) -> None:
    def requested(query: str) -> int:
        cost: int = keeper.ask(query)["extensions"]["cost"]["requestedQueryCost"]
        return cost

    assert requested("{ shop { id name } }") == 1
    assert requested("{ shop { plan { publicDisplayName } } }") == 2
    unknown = (
        'mutation { webhookSubscriptionDelete(id: "gid://shopify/WebhookSubscription/1") { userErrors { message } } }'
    )
    assert requested(unknown) == 10
    assert requested("{ products(first: 10) { nodes { id } } }") < requested(
        "{ products(first: 100) { nodes { id } } }"
    )


def test_a_page_costs_less_than_asked_for_when_there_is_less(keeper: Shopkeeper) -> None:
    keeper.shop.seed(products=2, variants_per_product=1)
    cost = keeper.ask("{ products(first: 250) { nodes { id } } }")["extensions"]["cost"]
    assert cost["actualQueryCost"] < cost["requestedQueryCost"]


def test_an_empty_bucket_throttles_with_200_and_fills_again(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    keeper.shop.set_bucket(available=5, restored=1)
    mutation = 'mutation { bulkOperationCancel(id: "gid://shopify/BulkOperation/1") { userErrors { message } } }'
    answer = keeper.ask(mutation)
    assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert answer["errors"][0]["message"] == "Throttled"
    assert answer["extensions"]["cost"]["actualQueryCost"] is None
    assert answer["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 5
    sandbox.advance(10)
    assert "errors" not in keeper.ask(mutation)


def test_a_query_that_could_never_be_paid_is_too_dear(keeper: Shopkeeper) -> None:
    variants = (
        "variants(first: 250) { nodes { inventoryItem { id } image { url } product { id } selectedOptions { name } } }"
    )
    answer = keeper.ask(f"{{ products(first: 250) {{ nodes {{ a: {variants} b: {variants} }} }} }}")
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert answer["errors"][0]["extensions"]["maxCost"] == 1000
    assert "extensions" not in answer


def test_the_buckets_of_two_shops_are_apart(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    other = Shopkeeper(sandbox.shop(DEFAULT_SHOP))
    other.connect()
    keeper.shop.set_bucket(available=0, restored=1)
    assert "errors" in keeper.ask("{ shop { id } }")
    assert "errors" not in other.ask("{ shop { id } }")
    other.client.close()

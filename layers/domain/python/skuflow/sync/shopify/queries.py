"""Every GraphQL text that we send to Shopify. `estimated_cost` is what a query is first counted with; the answer says the truth.

Costs in points: an object is 1, a connection grows with `first`, a mutation is 10
(shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits).
"""

from __future__ import annotations

from dataclasses import dataclass

from skuflow.sync.shopify.bulk_query import BULK_PRODUCTS


@dataclass(frozen=True, slots=True)
class Query:
    """A GraphQL document. `changes`: it is a mutation, which must not be sent again after it may have arrived."""

    name: str
    text: str
    estimated_cost: int
    changes: bool = False


SHOP_FACTS = Query(
    "shop_facts",
    """query ShopFacts {
  shop { name currencyCode ianaTimezone myshopifyDomain }
}""",
    1,
)

APP_UNINSTALL = Query(
    "app_uninstall",
    """mutation AppUninstall {
  appUninstall {
    app { id }
    userErrors { field message }
  }
}""",
    10,
    changes=True,
)

WEBHOOKS = Query(
    "webhooks",
    """query Webhooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri }
    pageInfo { hasNextPage endCursor }
  }
}""",
    20,
)

WEBHOOK_CREATE = Query(
    "webhook_create",
    """mutation WebhookCreate($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri, format: JSON}) {
    webhookSubscription { id topic uri }
    userErrors { field message }
  }
}""",
    10,
    changes=True,
)

WEBHOOK_UPDATE = Query(
    "webhook_update",
    """mutation WebhookUpdate($id: ID!, $uri: String!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: {uri: $uri, format: JSON}) {
    webhookSubscription { id topic uri }
    userErrors { field message }
  }
}""",
    10,
    changes=True,
)

BULK_START = Query(
    "bulk_start",
    """mutation BulkStart($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) {
    bulkOperation { id status createdAt }
    userErrors { field message code }
  }
}""",
    10,
    changes=True,
)

BULK_STATE = Query(
    "bulk_state",
    """query BulkState($id: ID!) {
  bulkOperation(id: $id) {
    id status errorCode createdAt completedAt objectCount fileSize url partialDataUrl
  }
}""",
    1,
)

BULK_LATEST = Query(
    "bulk_latest",
    """query BulkLatest {
  bulkOperations(first: 25, sortKey: CREATED_AT, reverse: true) {
    nodes { id status createdAt query }
  }
}""",
    10,
)

VARIANTS_PER_PAGE = 100
"""Shopify gives 250 at most, but a query may cost no more than 1,000 points, and a variant is several."""

_VARIANT = """
      id position sku barcode price compareAtPrice inventoryPolicy inventoryQuantity
      selectedOptions { name value }
      image { url }
      inventoryItem { id tracked unitCost { amount currencyCode } measurement { weight { value unit } } }"""
"""Of a variant, what a bulk operation is asked for too (see `bulk_query`)."""

PRODUCT = Query(
    "product",
    f"""query Product($id: ID!) {{
  product(id: $id) {{
    id title handle descriptionHtml vendor productType tags status updatedAt
    category {{ fullName }}
    media(first: 250) {{
      nodes {{ id alt mediaContentType ... on MediaImage {{ image {{ url }} }} }}
    }}
    variants(first: {VARIANTS_PER_PAGE}) {{
      nodes {{{_VARIANT}
      }}
      pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}""",
    100,
)

PRODUCT_VARIANTS = Query(
    "product_variants",
    f"""query ProductVariants($id: ID!, $after: String!) {{
  product(id: $id) {{
    variants(first: {VARIANTS_PER_PAGE}, after: $after) {{
      nodes {{{_VARIANT}
      }}
      pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}""",
    50,
)

STOCK = Query(
    "stock",
    """query Stock($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on InventoryItem { id tracked variant { id inventoryQuantity inventoryPolicy product { id } } }
  }
}""",
    30,
)

ORDERS_PER_PAGE = 25
LINES_PER_ORDER = 50
"""Most orders have fewer; of the others the rest is asked for one by one."""
LINES_PER_PAGE = 250

_ORDER_LINE = """
          sku currentQuantity
          originalUnitPriceSet { shopMoney { amount currencyCode } }
          product { id }
          variant { id }"""

ORDERS_CHANGED = Query(
    "orders_changed",
    f"""query OrdersChanged($after: String, $query: String!) {{
  orders(first: {ORDERS_PER_PAGE}, after: $after, query: $query, sortKey: UPDATED_AT) {{
    nodes {{
      id name createdAt updatedAt cancelledAt currencyCode
      currentTotalPriceSet {{ shopMoney {{ amount currencyCode }} }}
      lineItems(first: {LINES_PER_ORDER}) {{
        nodes {{{_ORDER_LINE}
        }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}""",
    400,
)

ORDER_LINES = Query(
    "order_lines",
    f"""query OrderLines($id: ID!, $after: String!) {{
  order(id: $id) {{
    lineItems(first: {LINES_PER_PAGE}, after: $after) {{
      nodes {{{_ORDER_LINE}
      }}
      pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}""",
    100,
)


def catalogue_text(run_id: str) -> str:
    """What a run's bulk operation asks for. It is named after the run, so that the operation can be found again when the answer to
    starting it was lost."""
    return f"query {run_id} {BULK_PRODUCTS}"

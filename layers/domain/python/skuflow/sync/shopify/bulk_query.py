"""What a bulk operation is asked for: every product with its variants and pictures. Three connections, two deep; five and two are
allowed (shopify.dev, "Perform bulk operations with the GraphQL Admin API")."""

from __future__ import annotations

BULK_PRODUCTS = """{
  products {
    edges {
      node {
        id
        title
        handle
        descriptionHtml
        vendor
        productType
        category { fullName }
        tags
        status
        updatedAt
        featuredMedia { id }
        variants {
          edges {
            node {
              id
              position
              sku
              barcode
              price
              compareAtPrice
              inventoryPolicy
              inventoryQuantity
              selectedOptions { name value }
              image { url }
              inventoryItem {
                id
                tracked
                unitCost { amount currencyCode }
                measurement { weight { value unit } }
              }
            }
          }
        }
        media {
          edges {
            node {
              id
              alt
              mediaContentType
              ... on MediaImage { image { url } }
            }
          }
        }
      }
    }
  }
}"""
"""For `bulkOperationRunQuery` with groupObjects false. Lines of one kind may come in any order then: `position` and `featuredMedia`
tell what theirs was, and the latter also a product without pictures from a query that did not ask for any. A media's `id` stands
on the interface, so that a line of any kind can be told by its gid."""

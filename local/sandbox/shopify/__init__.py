"""Shopify, as far as we use it: OAuth, expiring tokens, GraphQL Admin 2026-10, bulk operations, webhooks, an admin page."""

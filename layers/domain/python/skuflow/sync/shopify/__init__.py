"""Shopify's own terms: domains, signatures, the Admin API, and its products as ours. Nothing else of this context knows them."""

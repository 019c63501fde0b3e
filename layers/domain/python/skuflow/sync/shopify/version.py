"""Which version of Shopify's Admin API we speak. A new one is taken here and nowhere else, each quarter or at least each year.

Reachable until 2027-10-16; an expired version silently behaves as the oldest that is still served.
Source: shopify.dev/docs/api/usage/versioning.
"""

from __future__ import annotations

API_VERSION = "2026-10"

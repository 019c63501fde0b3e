"""Outside services on loopback: one process that speaks the providers' own protocols. See docs/sandbox.md."""

from __future__ import annotations

DEFAULT_SHOP = "harbour-and-field.myshopify.com"

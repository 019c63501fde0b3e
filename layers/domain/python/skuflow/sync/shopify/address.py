"""A shop's domain, checked, and the address of its administration."""

from __future__ import annotations

import re

from skuflow.kernel.errors import Invalid, Problem

_SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.myshopify\.com")
"""As Shopify prescribes it (shopify.dev, authorization code grant), for lower-case text, of a length that can be a host's."""

_OF_THE_SANDBOX = "sandbox-"


def shop_domain(text: str, *, field: str = "shop") -> str:
    """`text` in lower case, if it is the domain that Shopify gave a shop: a name and `.myshopify.com`, nothing before, between or
    after. Raises Invalid that names `field`. Everything that we call or store about a shop is made from what comes out here."""
    lowered = text.lower() if text.isascii() else ""
    if _SHOP.fullmatch(lowered):
        return lowered
    fault = Problem(
        field,
        "is not the domain of a Shopify shop",
        "give the shop's name and `.myshopify.com`, e.g. `maple-outfitters.myshopify.com`: no scheme, path, port or own domain",
    )
    raise Invalid("this is not a Shopify shop", problems=[fault])


def admin_base(shop: str, app_id: str, sandbox: str = "") -> str:
    """Where `shop` is administered, without a slash at the end. `app_id` is our app's client id there. The sandbox stands in for
    Shopify only if there is one (`sandbox`, its base address) and the app is one of the sandbox's: real credentials go nowhere else
    than to Shopify."""
    if sandbox and app_id.startswith(_OF_THE_SANDBOX):
        return f"{sandbox.rstrip('/')}/shopify/{shop}"
    return f"https://{shop}"

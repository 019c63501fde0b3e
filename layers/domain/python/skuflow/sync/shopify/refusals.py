"""What Shopify's Admin API says no to, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skuflow.kernel.errors import PermanentError

_CONNECT_AGAIN = "have the shop's owner connect the shop again"
_REPORT = "tell the operator: this cannot be mended in the shop"

BY_STATUS: Mapping[int, tuple[str, str, str]] = {
    402: ("shop_frozen", "the shop is frozen", "the shop's owner has to settle the shop's bill with Shopify"),
    403: ("access_denied", "the shop does not let us do this", _CONNECT_AGAIN),
    404: ("shop_gone", "there is no such shop, or it has closed", "check the shop's domain, or disconnect the shop"),
    423: ("shop_locked", "Shopify has locked the shop", "the shop's owner has to ask Shopify's support"),
}
"""HTTP status -> code, what is wrong, remedy. Source: shopify.dev/docs/api/usage/response-codes."""

BY_CODE: Mapping[str, tuple[str, str]] = {
    "ACCESS_DENIED": ("access_denied", "have the shop's owner connect the shop again and grant all scopes"),
    "SHOP_INACTIVE": ("shop_frozen", "the shop's owner has to settle the shop's bill with Shopify"),
    "MAX_COST_EXCEEDED": ("query_too_costly", _REPORT),
}
"""A GraphQL error's code -> our code, remedy."""

_LONGEST = 300
"""Characters of a provider's own words that are kept."""


class ShopifyRefused(PermanentError):
    """Shopify understood, and will not. `code` is stable: shop_frozen, access_denied, shop_gone, shop_locked, token_refused,
    query_too_costly, query_refused, http_<status>, or the code of a user error in lower case."""

    def __init__(self, code: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.code = code
        self.remedy = remedy


def refused_by_status(status: int) -> ShopifyRefused:
    """What a status outside 2xx means."""
    unknown = (f"http_{status}", f"Shopify answered with status {status}", _REPORT)
    return ShopifyRefused(*BY_STATUS.get(status, unknown))


def refused_token() -> ShopifyRefused:
    """The shop refused even a token that is fresh."""
    return ShopifyRefused("token_refused", "the shop refused our credentials twice", _CONNECT_AGAIN)


def refused_query(errors: list[Any]) -> ShopifyRefused:
    """What the `errors` of a GraphQL answer mean that are neither throttling nor a failure of Shopify's own."""
    codes = [code for error in errors if (code := code_of(error)) in BY_CODE]
    code, remedy = BY_CODE[codes[0]] if codes else ("query_refused", _REPORT)
    return ShopifyRefused(code, f"Shopify refused the query: {_words(errors)}", remedy)


def code_of(error: Any) -> str:
    """The `extensions.code` of a GraphQL error, "" if it has none."""
    extensions = error.get("extensions") if isinstance(error, Mapping) else None
    return str(extensions.get("code") or "") if isinstance(extensions, Mapping) else ""


def checked(data: Mapping[str, Any], mutation: str) -> Mapping[str, Any]:
    """The payload of `mutation` in `data`. Raises ShopifyRefused with the user errors in it: a mutation that was refused is a
    success to HTTP and to GraphQL."""
    payload = data.get(mutation)
    if not isinstance(payload, Mapping):
        raise ShopifyRefused("query_refused", f"Shopify answered nothing to {mutation}", _REPORT)
    errors = payload.get("userErrors") or []
    if errors:
        code = str(errors[0].get("code") or "user_error").lower()
        raise ShopifyRefused(code, f"Shopify refused {mutation}: {_words(errors)}", _REPORT)
    return payload


def _words(errors: list[Any]) -> str:
    said = [str(error.get("message") or "") for error in errors if isinstance(error, Mapping)]
    return "; ".join(dict.fromkeys(filter(None, said)))[:_LONGEST] or "without a reason"

"""What Shopify signs with our app's secret. Standard library only; every comparison takes the same time whatever differs.

Protocol: shopify.dev, "Verify deliveries" (webhooks, base64) and "Authorization code grant" (redirects, hexadecimal).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping


def webhook_is_genuine(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """Whether `signature` (header `X-Shopify-Hmac-SHA256`) is that of the raw `body` with one of `secrets`. Several, because for up
    to an hour after a rotation Shopify may sign with the one before."""
    given = signature.encode("utf-8", "replace")
    genuine = False
    for secret in secrets:
        digest = hmac.digest(secret.encode(), body, "sha256")
        genuine |= hmac.compare_digest(base64.b64encode(digest), given)
    return genuine


def query_is_genuine(params: Mapping[str, str], secrets: Iterable[str]) -> bool:
    """Whether `hmac` among the query parameters of a redirect, decoded, is that of all the others with one of `secrets`.

    What separates parameters is escaped where it stands in one, as Shopify's own libraries do: no two sets of parameters are
    signed as the same text."""
    given = params.get("hmac", "").encode("utf-8", "replace")
    pairs = (
        f"{_escaped(name).replace('=', '%3D')}={_escaped(params[name])}" for name in sorted(params) if name != "hmac"
    )
    message = "&".join(pairs).encode("utf-8", "surrogatepass")
    genuine = False
    for secret in secrets:
        digest = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
        genuine |= hmac.compare_digest(digest.encode(), given)
    return genuine


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("&", "%26")

"""Pages for whoever connects a shop: what came of it, and what to do next. No scripts, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from skuflow.kernel.errors import SkuflowError
from skuflow.kernel.events import Cause
from skuflow.platform.http_api import Response

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_STYLE = (
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:38rem;margin:4rem auto;padding:0 1rem;color:#222}"
    "h1{font-size:1.5rem}.aside{color:#666;font-size:.875rem}"
)

_HEADINGS = {
    400: "This cannot be read",
    401: "This did not come from Shopify",
    403: "The shop was not connected",
    409: "The shop was not connected",
    422: "This cannot be read",
    429: "Shopify cannot be reached just now",
    503: "Shopify cannot be reached just now",
}
_AGAIN = (
    "Go back to where you began and start again: ask for a new link (<code>GET /v1/shopify/install?shop=…</code>) and open it in "
    "this browser."
)
_LATER = (
    "Nothing was stored. Wait a minute, ask for a new link (<code>GET /v1/shopify/install?shop=…</code>) and open it."
)
_OUR_FAULT = "Nothing was stored. The fault is on our side: please tell us, and quote the number below."


def connected(shop: str, scopes: Sequence[str], cookies: tuple[str, ...]) -> Response:
    granted = ", ".join(escape(scope) for scope in scopes)
    text = (
        f"<p><strong>{escape(shop)}</strong> is connected. Its products are being read now; that takes a few minutes, or up to an "
        "hour for a very large catalogue.</p>"
        "<p>You can close this page. <code>GET /v1/admin/catalog/sync-status</code> shows how far it is.</p>"
        f'<p class="aside">Granted: {granted}.</p>'
    )
    return Response(_page("The shop is connected", text), headers=_HEADERS, cookies=cookies)


def refusal(error: SkuflowError, status: int, cause: Cause) -> Response:
    """The page that says why not, in place of a problem document."""
    said = f"<p>{_sentence(error.detail)}</p>" if status != 500 else ""
    remedies = "".join(
        f"<li>{_prose(one.field, one.message, one.remedy)}</li>" for one in error.problems if status != 500
    )
    text = (
        f"{said}{f'<ul>{remedies}</ul>' if remedies else ''}<p>{_next_step(status)}</p>"
        f'<p class="aside">Number of this request: {escape(cause.correlation_id)}</p>'
    )
    return Response(_page(_HEADINGS.get(status, "Something went wrong"), text), status, _HEADERS)


def _next_step(status: int) -> str:
    if status in {429, 503}:
        return _LATER
    return _OUR_FAULT if status >= 500 else _AGAIN


def _prose(field: str, message: str, remedy: str) -> str:
    return f"<code>{escape(field)}</code> {escape(message)}" + (f": {escape(remedy)}" if remedy else "")


def _sentence(text: str) -> str:
    return escape(text[:1].upper() + text[1:]) + "."


def _page(title: str, content: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Skuflow</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
{content}
</body>
</html>
"""

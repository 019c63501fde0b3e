"""The pages, as HTML. Every address in them is relative: the API may live below a prefix that it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from functions.platform.api_reference.problems import Explained
from skuflow.platform.http_api import Response

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere. Swagger UI sets style attributes, hence `unsafe-inline` for those alone."""


def html(text: str) -> Response:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(text, headers=headers)


def reference() -> str:
    """Served at `/` and at `/docs`, from both of which `docs/…` leads to the same place."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
{_head("Skuflow API", "docs/assets/")}
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
</head>
<body>
<header>
  <h1>Skuflow API</h1>
  <nav><a href="openapi.json">OpenAPI document</a> <a href="docs/problems">Problem codes</a> <a href="health">Health</a></nav>
</header>
<div id="reference"><noscript>This page needs JavaScript; the <a href="openapi.json">OpenAPI document</a> does not.</noscript></div>
<script src="docs/assets/swagger-ui.js"></script>
<script src="docs/assets/page.js"></script>
</body>
</html>
"""


def of_problems(problems: Iterable[Explained]) -> str:
    """Served at `/docs/problems`; each code is an anchor, which the `type` of a problem document points at."""
    rows = "\n".join(
        f'<tr id="{escape(one.code)}"><td><code>{escape(one.code)}</code></td><td>{one.status}</td>'
        f"<td>{_prose(one.meaning)}</td><td>{_prose(one.remedy)}</td></tr>"
        for one in problems
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
{_head("Problem codes · Skuflow API", "assets/")}
</head>
<body>
<header>
  <h1>Problem codes</h1>
  <nav><a href="../docs">API</a></nav>
</header>
<main>
<p>An answer that is not a success is a problem document (RFC 9457, <code>application/problem+json</code>). Its
<code>code</code> is made for programs and does not change; <code>detail</code> says what happened this time, and
<code>errors</code> names every faulty field with its remedy. Quote <code>correlation_id</code> when you ask us.</p>
<p>The gateway in front of the API has a shorter form, <code>{{"message": "…"}}</code>: 401 without a key, 403 with a key that
does not work, 429 when calls come too fast.</p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>What it means</th><th>What to do</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</main>
</body>
</html>
"""


def _prose(text: str) -> str:
    """`text` as HTML, with what stands between backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def _head(title: str, assets: str) -> str:
    return f"""<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{assets}page.css">"""

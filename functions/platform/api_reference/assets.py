"""The files of the API's page. Swagger UI comes with Powertools, so the page needs no other site."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from skuflow.platform.http_api import Response

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Asset:
    path: Path
    content_type: str
    cache: str = "public, max-age=86400"


def find(name: str) -> Asset | None:
    """The part of the page with this name."""
    swagger_ui = _powertools() / "event_handler" / "openapi" / "swagger_ui"
    assets = {
        "swagger-ui.js": Asset(swagger_ui / "swagger-ui-bundle.min.js", "text/javascript; charset=utf-8"),
        "swagger-ui.css": Asset(swagger_ui / "swagger-ui.min.css", "text/css; charset=utf-8"),
        "page.js": Asset(HERE / "page.js", "text/javascript; charset=utf-8"),
        "page.css": Asset(HERE / "page.css", "text/css; charset=utf-8"),
    }
    return assets.get(name)


DOCUMENT = Asset(HERE / "openapi.json", "application/json", cache="no-cache")
"""The OpenAPI document as it was built: sent as it is, not parsed and written again."""


def answer(asset: Asset, accepted: str) -> Response:
    """The file, compressed for whoever takes that: Swagger UI alone is 1.5 MB of text."""
    headers = {"Content-Type": asset.content_type, "Cache-Control": asset.cache, "Vary": "Accept-Encoding"}
    if "gzip" not in accepted:
        return Response(asset.path.read_bytes(), headers=headers)
    return Response(_compressed(asset.path), headers={**headers, "Content-Encoding": "gzip"})


@cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


def _powertools() -> Path:
    """Where the package lies, without importing it."""
    spec = find_spec("aws_lambda_powertools")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("aws_lambda_powertools, whose Swagger UI the page shows, is not installed")
    return Path(spec.origin).parent

"""Writes `openapi.json` from the routes of every HTTP function: `python -m functions.platform.api_reference.build`.

Runs when routes change, not when the function does; a test fails if it was forgotten.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from skuflow.platform.http_api import Route
from skuflow.platform.openapi import document

FUNCTIONS = Path(__file__).parents[2]
TARGET = Path(__file__).with_name("openapi.json")
_ABOUT = """Commerce operations on your own AWS account: the catalogue, prices, stock, imports, and who may touch them.

Send an API key as `Authorization: Bearer sk_…`, or the access token of a person who signed in. A key belongs to one client and sees
that client's data alone; a person who acts for several names one in `X-Client-Id`. Money is
`{"amount_minor": 1299, "currency": "CAD"}`: whole minor units, never a fraction. Lists come in pages: pass `next_cursor` on as
`cursor` until it is null. Problems are explained at `docs/problems`."""


def routes() -> Iterator[Route]:
    return (route for _function, route in routes_by_function())


def routes_by_function() -> Iterator[tuple[str, Route]]:
    """The routes of every function that has any, found by their handlers' `ROUTES`; a function is `context.trigger`."""
    for handler in sorted(FUNCTIONS.glob("*/*/handler.py")):
        if "ROUTES = " in handler.read_text(encoding="utf-8"):
            context, trigger = handler.parts[-3:-1]
            for route in import_module(f"functions.{context}.{trigger}.handler").ROUTES:
                yield f"{context}.{trigger}", route


def built() -> dict[str, Any]:
    """The document as it should be."""
    project = tomllib.loads((FUNCTIONS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return document(routes(), title="Skuflow API", version=project["version"], description=_ABOUT)


def text() -> str:
    return json.dumps(built(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")

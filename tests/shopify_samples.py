"""Our samples of Shopify's webhooks: `events/webhooks/shopify`."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from typing import Any

from tests.architecture.repository import ROOT

FOLDER = ROOT / "events" / "webhooks" / "shopify"


def sample(topic: str) -> Any:
    """The body of `topic` (`products/update`), to be changed at will."""
    return deepcopy(_read(topic.replace("/", "_")))


def raw_sample(topic: str) -> str:
    """The same, as it is written."""
    return (FOLDER / f"{topic.replace('/', '_')}.json").read_text(encoding="utf-8")


@cache
def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))

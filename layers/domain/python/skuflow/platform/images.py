"""Items of a table as its stream shows them, and events made of what they hold."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from skuflow.kernel.errors import Malformed
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId, client_id
from skuflow.platform.event_bus import Announcement, Change, Image
from skuflow.platform.packing import unpacked

T = TypeVar("T")

NOTHING = Announcement("", ())

Translator = Callable[[Image | None, Image], Announcement]
"""What an item tells, given its image before (None: it did not exist) and after."""


def announced(change: Change, translators: Mapping[str, Translator], table: str) -> Announcement:
    """What the item of `change` tells; `translators` go by the first part of the sort key. Items of other kinds tell nothing, nor
    does one that is gone. Raises Malformed for an item that is not as the context of `table` writes it."""
    if change.new is None:
        return NOTHING
    translator = translators.get(change.new["sk"]["S"].partition("#")[0])
    if translator is None:
        return NOTHING
    try:
        return translator(change.old, change.new)
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise Malformed(f"not an item of the {table} table: {type(error).__name__} {error}") from None


def record(kind: type[T], image: Image) -> T:
    """The record that an item holds. Raises ValueError if it holds another."""
    packed = image.get("doc_z")
    return unpacked(kind, image.get("doc", {}).get("S"), base64.b64decode(packed["B"]) if packed else None)


def told(source: str, image: Image, payload: Any, parts: tuple[str, ...], at: datetime) -> Event:
    """`payload`, named after its class, as `source` tells it, about the aggregate and version that `parts` name; client and cause
    are the item's."""
    name, owner = type(payload).__name__, _owner(image)
    return Event(
        event_id=event_id(owner, name, *parts),
        name=name,
        source=source,
        occurred_at=at,
        client_id=owner,
        schema_version=1,
        cause=_cause(image),
        data=msgspec.to_builtins(payload),
    )


def _owner(image: Image) -> ClientId:
    return client_id(image["client_id"]["S"])


def _cause(image: Image) -> Cause:
    return Cause(image["correlation_id"]["S"], image.get("causation_id", {}).get("S", ""))

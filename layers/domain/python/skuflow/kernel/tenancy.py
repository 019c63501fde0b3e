"""The tenant. Everything stored, sent or logged belongs to exactly one client."""

from __future__ import annotations

import re
from typing import NewType

from skuflow.kernel.errors import Malformed

ClientId = NewType("ClientId", str)

_SHAPE = re.compile(r"cli_[0-9a-z]{8,40}")


def client_id(text: str) -> ClientId:
    """`text` as a ClientId. Raises Malformed unless it is `cli_` and 8 to 40 of 0-9 a-z: nothing that could bend a key."""
    if not _SHAPE.fullmatch(text):
        raise Malformed("a client id is `cli_` followed by 8 to 40 digits or lower-case letters")
    return ClientId(text)


def partition(client: ClientId, *parts: str) -> str:
    """A partition key: the client first, always, then the parts, joined by `#`."""
    return "#".join(("C", client, *parts))

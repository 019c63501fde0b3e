"""Optimistic locking over HTTP: `ETag` tells the version, `If-Match` (or `version` in the body) asks for it."""

from __future__ import annotations

import re

from skuflow.kernel.errors import Invalid, NotFound, Problem
from skuflow.platform.http_api import Request

_TAG = re.compile(r'(?:W/)?"?(\d{1,15})"?')
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def etag(version: int) -> dict[str, str]:
    """The header that tells `version`."""
    return {"ETag": f'"{version}"'}


def asked_version(request: Request) -> int | None:
    """The version that the caller wants to change; None if it does not mind. Raises Invalid for an `If-Match` that is no ETag of
    ours, or one that contradicts the body."""
    said = getattr(request.body, "version", None)
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return said
    found = _TAG.fullmatch(header.strip())
    if found is None or said not in (None, int(found[1])):
        fault = Problem("If-Match", "is not the ETag of one version", 'send the `ETag` that was read, e.g. "3"')
        raise Invalid("If-Match is not valid", problems=[fault])
    return int(found[1])


def path_id(request: Request, name: str) -> str:
    """The id in the path, if it can be one. Raises NotFound."""
    value = request.path[name]
    if not _ID.fullmatch(value):
        raise NotFound(f"there is no such {name.removesuffix('_id').replace('_', ' ')}")
    return value

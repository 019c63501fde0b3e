"""Optimistic locking over HTTP: `ETag` tells the version, `If-Match` asks for it."""

from __future__ import annotations

import re
from typing import Any

from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.http_api import Request, Response

_TAG = re.compile(r'(?:W/)?"?(\d{1,15})"?')


def versioned(body: Any, version: int, status: int = 200) -> Response:
    """An answer that tells its version."""
    return Response(body, status, {"ETag": f'"{version}"'})


def asked_version(request: Request) -> int | None:
    """The version that the caller wants to change; None if it does not mind. Raises Invalid for an `If-Match` that is no ETag of
    ours."""
    header = request.headers.get("if-match", "*").strip()
    if header == "*":
        return None
    found = _TAG.fullmatch(header)
    if found is None:
        fault = Problem("If-Match", "is not the ETag of one version", 'send the `ETag` that was read, e.g. "3"')
        raise Invalid("If-Match is not valid", problems=[fault])
    return int(found[1])

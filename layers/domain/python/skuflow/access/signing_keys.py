"""The public keys by which the user pool signs (a JWK set, RFC 7517), fetched when needed and kept by each instance.

The pool may change its keys at any time: a key that is not known is looked for anew, but not more than once a minute, or anybody
could make us ask by sending nonsense. A list is believed for an hour, and longer while a new one cannot be had.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from skuflow.kernel.errors import SkuflowError, TransientError

KEPT = timedelta(hours=1)
AT_MOST_EVERY = timedelta(minutes=1)
_MIN_BITS = 2048
_MAX_KEYS = 20

Fetch = Callable[[], bytes]
"""Gives the JWK set as it is published. Raises SkuflowError."""


@dataclass(slots=True)
class SigningKeys:
    """`told` hears of what keeps us from a newer list while the old one still serves."""

    fetch: Fetch
    told: Callable[[str, SkuflowError], None]
    _keys: Mapping[str, Any] = field(default_factory=dict)
    _read_at: datetime | None = None
    _tried_at: datetime | None = None
    _failure: SkuflowError | None = None

    def get(self, kid: str, now: datetime) -> Any:
        """The key called `kid`; None if the pool has none. Raises TransientError if that cannot be told."""
        stale = self._read_at is None or now - self._read_at >= KEPT
        if stale or kid not in self._keys:
            self._refresh(now)
        if kid not in self._keys and self._failure is not None:
            raise TransientError("the user pool's keys cannot be read") from self._failure
        return self._keys.get(kid)

    def _refresh(self, now: datetime) -> None:
        if self._tried_at is not None and now - self._tried_at < AT_MOST_EVERY:
            return
        self._tried_at, self._failure = now, None
        try:
            self._keys = _parsed(self.fetch())
            self._read_at = now
        except SkuflowError as error:
            self._failure = error
            self.told("read the user pool's keys", error)


def _parsed(content: bytes) -> dict[str, Any]:
    """The RSA signing keys of a JWK set by `kid`; others are left out. Raises TransientError if it is none."""
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    try:
        listed = json.loads(content)["keys"][:_MAX_KEYS]
        usable = [jwk for jwk in listed if jwk["kty"] == "RSA" and jwk.get("use", "sig") == "sig"]
        keys = {str(jwk["kid"]): PyJWK(jwk, algorithm="RS256") for jwk in usable if jwk.get("alg", "RS256") == "RS256"}
    except (ValueError, KeyError, TypeError, PyJWTError) as error:
        raise TransientError(f"the user pool's keys are not a JWK set ({type(error).__name__})") from None
    return {kid: key for kid, key in keys.items() if key.key.key_size >= _MIN_BITS}

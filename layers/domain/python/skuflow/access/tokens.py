"""Sign-in tokens: is this access token of our user pool's, for our app, and good now?

A token is a JWS in compact form (RFC 7515) that carries a JWT (RFC 7519) as the user pool makes it ("Verifying JSON web tokens",
Amazon Cognito developer guide). PyJWT checks the signature; what stands around it is checked here, in the spirit of RFC 8725:

- RS256 and nothing else, by a key of the pool's own list, looked up by `kid`. What a token says of its own key (`jwk`, `jku`,
  `x5u`, `x5c`) or of rules to follow (`crit`, `b64`) is not looked at: the token is refused.
- Access tokens alone (`token_use`), for our app client (`client_id`). ID tokens tell an app who somebody is; they are no key to
  an API, and hold an e-mail address that has no business here.
- No name twice in header or claims: two readers could each take the other one (RFC 7519, section 4).
- Times are checked here, for the clock is an argument and PyJWT reads its own.

PyJWT and cryptography are loaded by the first token: requests with an API key do without.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skuflow.access.people import is_user_id
from skuflow.access.signing_keys import SigningKeys
from skuflow.kernel.errors import Unauthenticated

ALGORITHM = "RS256"
MAX_CHARACTERS = 8192
"""Cognito's access tokens have some 1,100 characters; the gateway takes headers of 10 KB together."""

LEEWAY_SECONDS = 10
"""By how much the clocks of the pool and ours may differ."""

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KID = re.compile(r"[A-Za-z0-9+/=_-]{1,100}")
_HEADER_NAMES = frozenset({"alg", "kid", "typ"})


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whom a token stands for. `user_id` is the person's `sub`; `groups` are those of the pool when it was made."""

    user_id: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """`issuer` is the pool's (`https://cognito-idp.<region>.amazonaws.com/<pool>`), `app` the id of our app client."""

    issuer: str
    app: str
    keys: SigningKeys

    def check(self, text: str, now: datetime) -> SignedIn:
        """Raises Unauthenticated that says why (for the log), or TransientError if the pool's keys cannot be had."""
        header = _header(text)
        key = self.keys.get(str(header["kid"]), now)
        if key is None:
            raise Unauthenticated("the token is signed by no key of our user pool")
        claims = _claims(_payload(text, key))
        self._check_addressee(claims)
        _check_times(claims, now.timestamp())
        return _signed_in(claims)

    def _check_addressee(self, claims: Mapping[str, Any]) -> None:
        if claims.get("iss") != self.issuer:
            raise Unauthenticated("the token is of another issuer")
        if claims.get("token_use") != "access":
            raise Unauthenticated("send the access token, not the ID token")
        if claims.get("client_id") != self.app:
            raise Unauthenticated("the token is for another app")


def looks_like_token(text: str) -> bool:
    """Whether `text` has the form of a token at all."""
    return len(text) <= MAX_CHARACTERS and _COMPACT.fullmatch(text) is not None


def _header(text: str) -> Mapping[str, Any]:
    header = _object(_decoded(text.partition(".")[0]), "header")
    if set(header) - _HEADER_NAMES:
        raise Unauthenticated("the token's header says more than it may")
    if header.get("alg") != ALGORITHM:
        raise Unauthenticated("the token is not signed with RS256")
    kid = header.get("kid")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise Unauthenticated("the token names no key")
    return header


def _payload(text: str, key: Any) -> bytes:
    """What was signed. The algorithm is ours to say, not the token's."""
    from jwt import PyJWS
    from jwt.exceptions import PyJWTError

    try:
        content: bytes = PyJWS().decode(text, key, algorithms=[ALGORITHM])
    except PyJWTError as error:
        raise Unauthenticated(f"the token's signature does not hold ({type(error).__name__})") from None
    return content


def _claims(payload: bytes) -> Mapping[str, Any]:
    return _object(payload, "content")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
    begins = _moment(claims, "nbf") if "nbf" in claims else issued
    if now >= expires + LEEWAY_SECONDS:
        raise Unauthenticated("the token has expired")
    if max(issued, begins) > now + LEEWAY_SECONDS:
        raise Unauthenticated("the token is from the future")


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unauthenticated(f"the token lacks `{name}`")
    return float(value)


def _signed_in(claims: Mapping[str, Any]) -> SignedIn:
    user_id, groups = claims.get("sub"), claims.get("cognito:groups", [])
    if not isinstance(user_id, str) or not is_user_id(user_id):
        raise Unauthenticated("the token names nobody")
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise Unauthenticated("the token's groups cannot be read")
    return SignedIn(user_id, tuple(groups))


def _decoded(segment: str) -> bytes:
    try:
        return base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise Unauthenticated("the token cannot be read") from None


def _object(content: bytes, part: str) -> Mapping[str, Any]:
    try:
        found = json.loads(content, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unauthenticated(f"the token's {part} cannot be read") from None
    if not isinstance(found, dict):
        raise Unauthenticated(f"the token's {part} is not an object")
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")

"""A user pool's tokens for tests: signed by a key pair of our own, in the form that Amazon Cognito gives them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://cognito-idp.ca-central-1.amazonaws.com/ca-central-1_Tests0001"
APP = "4r6tests6app6client6id6abc"
KID = "oWk3Tests+Key/One="


@cache
def key_pair(name: str) -> rsa.RSAPrivateKey:
    """The pair called `name`, the same one for the whole run: making one takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(name: str) -> bytes:
    return key_pair(name).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(name: str) -> bytes:
    return (
        key_pair(name)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def jwk(name: str, kid: str, **more: Any) -> dict[str, Any]:
    """The public half as the pool publishes it."""
    numbers = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key_pair(name).public_key()))
    return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": numbers["n"], "e": numbers["e"], **more}


def encoded(value: Any) -> str:
    """A segment of a token: base64url without padding. Text and bytes as they are, anything else as JSON."""
    text = value if isinstance(value, str | bytes) else json.dumps(value)
    content = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def signed(header: Any, claims: Any, *, key: str = "pool") -> str:
    """A token with exactly this header and these claims, signed with RS256 whatever the header says."""
    signing = f"{encoded(header)}.{encoded(claims)}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(signing.encode(), key_pair(key))
    return f"{signing}.{encoded(signature)}"


@dataclass
class FakePool:
    """`published`: the JWK set, which a test may change; `asked` counts how often it was fetched."""

    published: dict[str, Any] = field(default_factory=lambda: {"keys": [jwk("pool", KID)]})
    asked: int = 0

    def fetch(self) -> bytes:
        self.asked += 1
        return json.dumps(self.published).encode()

    def claims(self, user_id: str, now: datetime, **more: Any) -> dict[str, Any]:
        """What an access token says. A claim that `more` sets to None is left out."""
        at = int(now.timestamp())
        usual = {
            "sub": user_id,
            "iss": ISSUER,
            "client_id": APP,
            "origin_jti": "f2f1f7a4-0000-4000-8000-000000000001",
            "event_id": "0a1b2c3d-0000-4000-8000-000000000002",
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "auth_time": at,
            "exp": at + int(timedelta(hours=1).total_seconds()),
            "iat": at,
            "jti": "5f1d1f4e-0000-4000-8000-000000000003",
            "username": user_id,
        }
        return {name: value for name, value in (usual | more).items() if value is not None}

    def token(self, user_id: str, now: datetime, *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        return signed(header or {"kid": KID, "alg": "RS256"}, self.claims(user_id, now, **claims))

"""Encrypting a shop's tokens with the key of the stage. What is stored decrypts for the shop and client that it belongs to alone:
the encryption context binds it to them, and stands in the key's audit trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from skuflow.kernel.errors import Misconfigured, Problem, SkuflowError, TransientError
from skuflow.kernel.tenancy import ClientId

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_PASSES = frozenset(
    {"ThrottlingException", "KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException"}
)
"""Failures of KMS that pass; every other means that key, grant or content are wrong."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """`refresh` is "" where the shop gave a token that never expires. Both are secrets: never logged, never in an error."""

    access: str
    refresh: str

    def __repr__(self) -> str:
        return "TokenPair(…)"


class Seal(Protocol):
    def close(self, client_id: ClientId, shop: str, pair: TokenPair) -> bytes:
        """`pair`, encrypted. Raises Misconfigured or TransientError."""
        ...

    def open(self, client_id: ClientId, shop: str, sealed: bytes) -> TokenPair:
        """The inverse of `close`, for the same client and shop. Raises Misconfigured or TransientError."""
        ...


@dataclass(frozen=True, slots=True)
class KmsSeal:
    """Seal with the KMS key `key` (id, ARN or alias). A pair is far below the 4 KB that KMS encrypts directly."""

    kms: Callable[[], KMSClient]
    key: str

    def close(self, client_id: ClientId, shop: str, pair: TokenPair) -> bytes:
        context = {"client_id": client_id, "shop": shop}
        try:
            answer = self.kms().encrypt(KeyId=self.key, Plaintext=msgspec.json.encode(pair), EncryptionContext=context)
        except (ClientError, BotoCoreError) as error:
            raise _ours(error) from error
        return answer["CiphertextBlob"]

    def open(self, client_id: ClientId, shop: str, sealed: bytes) -> TokenPair:
        """The ciphertext itself names its key, so that tokens of before a change of `key` stay readable."""
        context = {"client_id": client_id, "shop": shop}
        try:
            answer = self.kms().decrypt(CiphertextBlob=sealed, EncryptionContext=context)
        except (ClientError, BotoCoreError) as error:
            raise _ours(error) from error
        return msgspec.json.decode(answer["Plaintext"], type=TokenPair)


def _ours(error: ClientError | BotoCoreError) -> SkuflowError:
    if not isinstance(error, ClientError):
        return TransientError("KMS did not answer")
    code = error.response["Error"]["Code"]
    if code in _PASSES:
        return TransientError(f"KMS did not answer ({code})")
    remedy = "point TOKEN_KEY at the stage's key and let this function encrypt and decrypt with it"
    return Misconfigured("the tokens cannot be encrypted or read", problems=[Problem("TOKEN_KEY", code, remedy)])

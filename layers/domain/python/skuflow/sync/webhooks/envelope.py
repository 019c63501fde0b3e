"""A webhook on its way from the door to the worker: what its headers said, and its body, byte for byte.

The body travels as text where that is possible, so that people can read what lies in a dead-letter queue; as base64 if it is no
text that a queue takes; and in the bucket, under a name made from its content, if it is too large for a message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from skuflow.kernel.clock import parse_iso
from skuflow.kernel.errors import Malformed, PermanentError
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId, client_id

MAX_IN_MESSAGE = 700_000
"""Bytes of a body that travels inside its message."""
MAX_MESSAGE = 1_000_000
"""Bytes of a message; SQS takes 1,048,576. Escaping can make a body larger than it was."""

_UNSENDABLE = ("\ufffe", "\uffff")
"""What is text but refused by SQS; control characters are escaped by the envelope."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """`topic` to `api_version` are Shopify's headers as they came, "" where there was none. Exactly one of `body` (text),
    `body_base64` and `body_key` (name of an object in the bucket) is set."""

    client_id: str
    shop: str
    topic: str
    webhook_id: str
    event_id: str
    triggered_at: str
    api_version: str
    received_at: str
    correlation_id: str
    body: str | None = None
    body_base64: str | None = None
    body_key: str | None = None

    @property
    def owner(self) -> ClientId:
        return client_id(self.client_id)

    @property
    def cause(self) -> Cause:
        return Cause(self.correlation_id, self.webhook_id)

    @property
    def received(self) -> datetime:
        return parse_iso(self.received_at)

    @property
    def triggered(self) -> datetime:
        """When Shopify says that it happened, but not later than we heard of it: the header is not signed, and a moment in the
        future would win over every later state. Without a readable header: when we heard of it."""
        try:
            return min(parse_iso(self.triggered_at), self.received)
        except ValueError:
            return self.received


def sealed(envelope: Envelope, body: bytes) -> tuple[str, str | None]:
    """The message for `envelope` with `body`, and the name under which the body has to be put into the bucket first, if any."""
    if len(body) <= MAX_IN_MESSAGE:
        message = msgspec.json.encode(_with_body(envelope, body))
        if len(message) <= MAX_MESSAGE:
            return message.decode(), None
    key = _key(envelope.client_id, body)
    return msgspec.json.encode(replace(envelope, body_key=key)).decode(), key


def _with_body(envelope: Envelope, body: bytes) -> Envelope:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = _UNSENDABLE[0]
    if any(character in text for character in _UNSENDABLE):
        return replace(envelope, body_base64=base64.b64encode(body).decode())
    return replace(envelope, body=text)


def _key(client: str, body: bytes) -> str:
    return f"webhooks/{client}/{hashlib.sha256(body).hexdigest()[:32]}"


def opened(message: str) -> Envelope:
    """The envelope of a message. Raises Malformed if it is not one of ours."""
    try:
        envelope = msgspec.json.decode(message, type=Envelope)
        client_id(envelope.client_id)
        parse_iso(envelope.received_at)
    except (msgspec.MsgspecError, ValueError, RecursionError, PermanentError) as error:
        raise Malformed(f"not an envelope of a webhook: {error}") from None
    return envelope


def bytes_of(envelope: Envelope) -> bytes | None:
    """The body as it came; None if it lies in the bucket. Raises Malformed if there is none at all."""
    if envelope.body is not None:
        return envelope.body.encode(errors="surrogatepass")
    if envelope.body_base64 is not None:
        try:
            return base64.b64decode(envelope.body_base64, validate=True)
        except binascii.Error:
            raise Malformed("not an envelope of a webhook: body_base64 is not base64") from None
    if envelope.body_key is None:
        raise Malformed("not an envelope of a webhook: it has no body")
    return None

"""A webhook at the door: is it Shopify's, whose shop is it about, keep it. Nothing else happens while Shopify waits.

What it means is for the worker to find out; even what cannot be read is kept, where people can look at it.
Protocol: shopify.dev, "Verify deliveries" and "Delivery structure" (headers); five seconds, anything but a 2xx is a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from skuflow.kernel.clock import Clock, iso
from skuflow.kernel.errors import Unauthenticated
from skuflow.kernel.events import Cause
from skuflow.platform.observability import count, logger, tell_apart
from skuflow.sync.shopify.signatures import webhook_is_genuine
from skuflow.sync.webhooks.envelope import Envelope
from skuflow.sync.webhooks.inbox import WebhookInbox
from skuflow.sync.webhooks.known_shops import KnownShops

MAX_HEADER = 300
"""Characters of a header that are kept; Shopify's own stay below 100."""

SIGNATURE = "x-shopify-hmac-sha256"
SHOP = "x-shopify-shop-domain"


@dataclass(frozen=True, slots=True)
class Receiving:
    """What it takes to receive. `secrets(fresh=True)`: what Shopify may sign with, read anew if that was not done a moment ago."""

    secrets: Callable[..., tuple[str, ...]]
    shops: KnownShops
    inbox: WebhookInbox
    clock: Clock


def receive_webhook(headers: Mapping[str, str], body: bytes, cause: Cause, *, using: Receiving) -> None:
    """Keep the webhook; `headers` have lower-case names, `body` is as it came. Raises Unauthenticated for whatever is not signed by
    Shopify, NotFound for a shop of nobody's, TransientError if it could not be kept and is to be sent again."""
    if not _is_genuine(body, headers.get(SIGNATURE, ""), using):
        count("WebhooksRefused")
        raise Unauthenticated("this is not signed as a webhook of Shopify's is")
    owner, shop = using.shops.owner_of(headers.get(SHOP, ""))
    envelope = Envelope(
        client_id=owner,
        shop=shop,
        topic=_kept(headers, "x-shopify-topic"),
        webhook_id=_kept(headers, "x-shopify-webhook-id"),
        event_id=_kept(headers, "x-shopify-event-id"),
        triggered_at=_kept(headers, "x-shopify-triggered-at"),
        api_version=_kept(headers, "x-shopify-api-version"),
        received_at=iso(using.clock()),
        correlation_id=cause.correlation_id,
    )
    tell_apart(client_id=owner)
    logger().append_keys(shop=shop, topic=envelope.topic, webhook_id=envelope.webhook_id)
    using.inbox.put(envelope, body)


def _is_genuine(body: bytes, signature: str, using: Receiving) -> bool:
    """A signature that fits no secret we know may be made with one that was set a moment ago."""
    return webhook_is_genuine(body, signature, using.secrets()) or webhook_is_genuine(
        body, signature, using.secrets(fresh=True)
    )


def _kept(headers: Mapping[str, str], name: str) -> str:
    """A header as far as it is kept: what is no ASCII might be refused by the queue, and is none of Shopify's."""
    text = headers.get(name, "")[:MAX_HEADER]
    return text if text.isascii() else text.encode("ascii", "replace").decode()

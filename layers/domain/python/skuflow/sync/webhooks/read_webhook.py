"""One webhook out of the queue: what it says, and what is to be done about it alone is done at once.

Every webhook ends in one of four ways: it is handed on (products, deletions, stock), done (orders, privacy requests, the end of
an installation or of a bulk operation), dropped (the shop is no longer connected), or put aside with the reason, by a
PermanentError that names the field.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import NotFound, Throttled
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.consumer import Message
from skuflow.platform.observability import count, logger, tell_apart
from skuflow.platform.outbound.calls import ProviderFailed
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.shopify import topics
from skuflow.sync.shopify.fields import Taken
from skuflow.sync.shopify.payload import Payload, invalid, object_in, payload_of, refused, words
from skuflow.sync.shopify.values import gid_parts, numeric_id
from skuflow.sync.shopify.webhook_order import order_from_webhook
from skuflow.sync.shopify.webhook_product import is_cut, items_of, product_from_webhook, product_key
from skuflow.sync.shops.errors import NeedsReauth
from skuflow.sync.shops.model import Shop, Trouble
from skuflow.sync.shops.orders import OrderStore
from skuflow.sync.shops.privacy_requests import PrivacyRequestStore
from skuflow.sync.shops.store import ShopStore
from skuflow.sync.webhooks.envelope import Envelope, bytes_of, opened
from skuflow.sync.webhooks.privacy import privacy_request
from skuflow.sync.webhooks.stock import with_stock
from skuflow.sync.webhooks.work import Deletion, Done, Read, State, StockSignal, Work

if TYPE_CHECKING:
    from skuflow.sync.shopify.admin import Questions

SET_UP_WAIT = 30
"""Seconds after which a webhook comes again whose shop is not set up yet: its currency is not known."""
PROVIDER_WAIT = 60
"""Seconds after which a webhook comes again for which Shopify has to be asked, and failed to answer."""
MAX_TROUBLES = 5
"""Refused variants of one webhook that are told to people one by one."""

_STOPPED = frozenset({"uninstalled", "disconnected"})
_ITEM = re.compile(r"[?&]inventory_item_id=([0-9]{1,40})(?:&|$)", re.ASCII)


class Bodies(Protocol):
    """Where bodies lie that were too large for a message."""

    def read(self, key: str) -> bytes: ...


class Uninstall(Protocol):
    """See `skuflow.sync.shops.uninstall`."""

    def __call__(self, client_id: ClientId, shop: str, at: datetime, *, cause: Cause) -> object: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes to read. `operation_finished` is given the client, the shop and the operation's gid."""

    shops: ShopStore
    orders: OrderStore
    privacy: PrivacyRequestStore
    bodies: Bodies
    admin: Questions
    uninstall: Uninstall
    operation_finished: Callable[[ClientId, str, str], None]
    clock: Clock


@dataclass(slots=True)
class Reader:
    """Reads the webhooks of one batch; a shop is looked at once for all of them."""

    using: Reading
    _shops: dict[tuple[ClientId, str], Shop | None] = field(default_factory=dict)

    def read(self, message: Message) -> Read:
        """What `message` says. Raises PermanentError if it cannot be read, Throttled that says when to come again."""
        envelope = opened(message.body)
        tell_apart(client_id=envelope.client_id, cause=envelope.cause)
        body = bytes_of(envelope)
        if body is None:
            body = self.using.bodies.read(str(envelope.body_key))
        return Read(envelope, _name(envelope, body), self._work(envelope, body))

    def _work(self, envelope: Envelope, body: bytes) -> Work:
        if not envelope.topic:
            raise invalid("X-Shopify-Topic", "is missing")
        if envelope.topic not in topics.KNOWN:
            raise invalid("X-Shopify-Topic", f"{envelope.topic!r} is not a topic we know", "unsubscribe from it")
        payload = payload_of(body)
        told = object_in(payload)
        if envelope.topic in topics.COMPLIANCE:
            self.using.privacy.add(envelope.owner, privacy_request(envelope, told, _name(envelope, body)))
            return Done()
        if envelope.topic == topics.APP_UNINSTALLED:
            self.using.uninstall(envelope.owner, envelope.shop, envelope.triggered, cause=envelope.cause)
            return Done()
        shop = self._shop(envelope)
        return self._dropped(envelope) if shop is None else self._of_shop(envelope, told, shop)

    def _of_shop(self, envelope: Envelope, told: Payload, shop: Shop) -> Work:
        if envelope.topic == topics.PRODUCT_DELETED:
            return Deletion(product_key(told), envelope.triggered)
        if envelope.topic == topics.STOCK_CHANGED:
            return StockSignal(f"gid://shopify/InventoryItem/{_item(told)}", _currency(shop))
        if envelope.topic == topics.BULK_FINISHED:
            self.using.operation_finished(envelope.owner, envelope.shop, _operation(told))
            return Done()
        if envelope.topic in topics.ORDERS:
            order = order_from_webhook(told, shop=envelope.shop, triggered_at=envelope.triggered)
            self.using.orders.put(envelope.owner, order, envelope.cause)
            return Done()
        return self._product(envelope, told, _currency(shop))

    def _product(self, envelope: Envelope, told: Payload, currency: str) -> Work:
        if not is_cut(told):
            taken = product_from_webhook(told, currency=currency, triggered_at=envelope.triggered)
            if envelope.topic == topics.PRODUCT_CREATED and "tracked" not in taken.variant_fields:
                taken = with_stock(taken, items_of(told), partial(self._totals, envelope))
            self._tell(envelope, taken)
            return State(taken, currency)
        try:
            whole = self._whole(envelope, f"gid://shopify/Product/{product_key(told)}", currency)
        except NeedsReauth:
            return self._dropped(envelope)
        except ProviderFailed as error:
            raise Throttled(error.detail, retry_after=PROVIDER_WAIT) from error
        if whole is None:
            return Done()
        self._tell(envelope, whole)
        return State(whole, currency)

    def _totals(self, envelope: Envelope, items: Sequence[str]) -> Mapping[str, Any]:
        from skuflow.sync.shopify.queries import STOCK

        return self.using.admin.query(envelope.owner, envelope.shop, STOCK, {"ids": list(items)})

    def _whole(self, envelope: Envelope, gid: str, currency: str) -> Taken | None:
        from skuflow.sync.webhooks.read_product import read_product

        using = self.using
        return read_product(envelope.owner, envelope.shop, gid, currency=currency, admin=using.admin, clock=using.clock)

    def _shop(self, envelope: Envelope) -> Shop | None:
        """The shop; None if it is no longer connected."""
        place = (envelope.owner, envelope.shop)
        if place not in self._shops:
            try:
                found = self.using.shops.get(*place)
            except NotFound:
                self._shops[place] = None
            else:
                self._shops[place] = None if found.status in _STOPPED else found
        return self._shops[place]

    def _dropped(self, envelope: Envelope) -> Done:
        count("WebhooksDropped")
        logger().info(
            "webhook dropped: the shop is not connected", extra={"shop": envelope.shop, "topic": envelope.topic}
        )
        return Done(dropped=True)

    def _tell(self, envelope: Envelope, taken: Taken) -> None:
        """What of a product could not be taken, for people to see; the rest of it goes on."""
        key = taken.product.key if taken.product is not None else ""
        if taken.warnings:
            said = [f"{one.column}: {one.reason}" for one in taken.warnings[:MAX_TROUBLES]]
            logger().info("product taken with remarks", extra={"product": key, "remarks": said})
        count("VariantsRejected", len(taken.rejects))
        for one in taken.rejects[:MAX_TROUBLES]:
            detail = f"product {key}, variant {one.line}: {one.column} {one.value!r}: {one.reason}"
            trouble = Trouble("variant_rejected", detail, one.hint, envelope.triggered)
            self.using.shops.add_trouble(envelope.owner, envelope.shop, trouble)


def _name(envelope: Envelope, body: bytes) -> str:
    """What tells a webhook from all others, however often it is delivered; its content, where it has no id."""
    if envelope.webhook_id:
        return envelope.webhook_id
    return hashlib.sha256(f"{envelope.topic} {envelope.triggered_at} ".encode() + body).hexdigest()


def _currency(shop: Shop) -> str:
    if shop.currency:
        return shop.currency
    raise Throttled(f"the shop {shop.shop} is not set up yet", retry_after=SET_UP_WAIT)


def _item(told: Payload) -> str:
    """The inventory item of a level. The level's gid names it too, and cannot have been rounded. Raises Invalid."""
    named = _ITEM.search(words(told.get("admin_graphql_api_id")))
    try:
        return numeric_id(named[1] if named else told.get("inventory_item_id"), "inventory_item_id")
    except BadRow as fault:
        raise refused(fault) from None


def _operation(told: Payload) -> str:
    gid = words(told.get("admin_graphql_api_id"))
    if gid_parts(gid)[0] != "BulkOperation":
        raise invalid("admin_graphql_api_id", "is not the gid of a bulk operation")
    return gid

"""The compliance webhooks: somebody's data is asked for or is to be erased (shopify.dev, "Privacy law compliance")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import get_args

from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.shopify import topics
from skuflow.sync.shopify.payload import Payload, listed, object_in, refused, words
from skuflow.sync.shopify.values import numeric_id
from skuflow.sync.shops.privacy_requests import DEADLINE, PrivacyKind, PrivacyRequest, request_id_of
from skuflow.sync.webhooks.envelope import Envelope

LATEST = timedelta(days=2)
"""Shopify tries for four hours. A webhook that claims to be older than this is counted from when it came."""

MAX_ORDERS = 10_000
_MAX_CONTACT = 320
"""Characters of an e-mail address (RFC 5321)."""


def privacy_request(envelope: Envelope, told: Payload, name: str) -> PrivacyRequest:
    """The request that a compliance webhook makes; `name` tells the webhook from others. Its deadline runs from the moment that
    Shopify names, so that the same webhook, delivered again, makes the same request. Raises Invalid that names the field."""
    kind: PrivacyKind = next(one for one in get_args(PrivacyKind) if one == envelope.topic)
    of_shop = kind == topics.SHOP_REDACTED
    customer = {} if of_shop else object_in(told.get("customer"), "customer")
    orders = "orders_requested" if kind == topics.CUSTOMER_DATA_REQUESTED else "orders_to_redact"
    asked = envelope.triggered if envelope.received - envelope.triggered <= LATEST else envelope.received
    return PrivacyRequest(
        request_id=request_id_of(envelope.shop, name),
        kind=kind,
        shop=envelope.shop,
        received_at=envelope.received,
        due_at=asked + DEADLINE,
        cause=envelope.cause,
        customer_id="" if of_shop else _id(customer, "id", "customer.id"),
        email=words(customer.get("email"))[:_MAX_CONTACT],
        phone=words(customer.get("phone"))[:_MAX_CONTACT],
        order_ids=() if of_shop else tuple(_ids(told, orders)),
    )


def _ids(told: Payload, field: str) -> list[str]:
    return [_id({"id": one}, "id", f"{field}.{place}") for place, one in enumerate(listed(told, field)[:MAX_ORDERS])]


def _id(told: Mapping[str, object], key: str, field: str) -> str:
    """ "" for null: a person may be named by an address alone."""
    if told.get(key) is None:
        return ""
    try:
        return numeric_id(told[key])
    except BadRow as fault:
        raise refused(fault, field) from None

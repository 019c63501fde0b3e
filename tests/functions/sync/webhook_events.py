"""Webhooks as the gateway hands them over, and messages as a queue does."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from tests.doubles import START
from tests.http import http_event

SHOP = "lumen.myshopify.com"
SECRET = "hush-hush"
PATH = "/v1/shopify/webhooks"


def signature(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def webhook_event(
    body: bytes | str,
    *,
    topic: str | None = "products/update",
    shop: str | None = SHOP,
    webhook_id: str | None = "wh-1",
    triggered_at: str | None = None,
    signed: str | None = None,
    headers: Mapping[str, str] | None = None,
    as_base64: bool = False,
) -> dict[str, Any]:
    """A webhook as the gateway hands it over; None leaves a header out. `signed`: what is claimed to be its signature."""
    raw = body.encode() if isinstance(body, str) else body
    told = {
        "X-Shopify-Hmac-SHA256": signature(raw) if signed is None else signed,
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": webhook_id,
        "X-Shopify-Event-Id": "evt-1",
        "X-Shopify-Triggered-At": triggered_at,
    }
    kept = {name: value for name, value in told.items() if value is not None}
    event = http_event("POST", PATH, client_id=None, body="", headers={**kept, **(headers or {})})
    if as_base64 or isinstance(body, bytes):
        return {**event, "body": base64.b64encode(raw).decode(), "isBase64Encoded": True}
    return {**event, "body": body}


def sqs_record(message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message.get("ReceiptHandle", ""),
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(START.timestamp() * 1000))},
        "messageAttributes": {
            name: {"dataType": value["DataType"], "stringValue": value["StringValue"]}
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "eventSource": "aws:sqs",
    }

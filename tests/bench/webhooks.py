"""What it costs to receive a webhook: processor time, as a ratio to the least that it could be; requests to AWS; modules loaded.

The least is to check the signature and to send the body to a queue. Both sides use the same botocore, below which a stub answers
at once, and they take turns, so that a slow moment hits both alike. What is compared is the processor time of the least disturbed
rounds: whatever else the machine does can only add to it. Not timed: making a client, the first call, TLS.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.handlers import BUILTIN_HANDLERS
from moto.core.botocore_stubber import MockRawResponse

from skuflow.platform.aws import client, forget_clients
from tests.bench.cold_start import environment, start
from tests.doubles import FakeLambdaContext
from tests.http import CLIENT, http_event

SECRET = "hush-hush"
SHOP = "lumen.myshopify.com"
QUEUE = "https://sqs.ca-central-1.amazonaws.com/123456789012/webhooks"
ROUNDS, CALLS = 30, 40
"""Rounds of so many calls of each side."""

_HEADERS = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.0"})
_LOOKED_UP = {
    "Item": {
        "pk": {"S": f"SHOPIFY#{SHOP}"},
        "sk": {"S": "LOOKUP"},
        "client_id": {"S": CLIENT},
        "status": {"S": "connected"},
    }
}


def product(size: int = 10_000) -> str:
    """The body of a `products/update` of about `size` bytes."""
    variant = {"price": "49.00", "sku": "LUM-BR-S", "inventory_policy": "deny", "option1": "Brass", "option2": "Small"}
    variants = [{"id": 9_007_199_254_741_000 + n, "position": n, **variant} for n in range(1, 41)]
    told: dict[str, Any] = {
        "id": 9_123_456_789_012_345_678,
        "title": "Arc desk lamp",
        "variants": variants,
        "body_html": "",
    }
    told["body_html"] = "<p>light</p>" * ((size - len(json.dumps(told))) // 12)
    return json.dumps(told)


@dataclass(slots=True)
class Stub:
    """Answers whatever botocore is about to send, and counts it."""

    sent: Counter[str] = field(default_factory=Counter)

    def __call__(self, event_name: str, request: Any, **_rest: Any) -> AWSResponse:
        _, service, operation = event_name.split(".")
        self.sent[f"{service}:{operation}"] += 1
        content = json.dumps(_ANSWERS[operation]).encode()
        return AWSResponse(request.url, 200, _HEADERS, MockRawResponse(content))


_ANSWERS: dict[str, Any] = {
    "SendMessage": {"MessageId": "1", "MD5OfMessageBody": "0"},
    "GetSecretValue": {"SecretString": SECRET, "Name": "s", "ARN": "arn", "VersionId": "1"},
    "GetItem": _LOOKED_UP,
}


@contextmanager
def stubbed() -> Iterator[Stub]:
    """The receiver's environment, and an AWS that is nothing but answers."""
    patch = pytest.MonkeyPatch()
    env = environment("sync", "receive_shopify_webhook")
    for name, value in {**env, "WEBHOOK_QUEUE_URL": QUEUE}.items():
        if name not in {"PATH", "LOG_LEVEL", "AWS_LAMBDA_FUNCTION_NAME"}:
            patch.setenv(name, value)
    forget_clients()
    stub = Stub()
    handler = ("before-send", stub)
    BUILTIN_HANDLERS.append(handler)  # of every session to come: the table's client has one of its own
    try:
        yield stub
    finally:
        BUILTIN_HANDLERS.remove(handler)
        patch.undo()
        forget_clients()


def receiving(body: str) -> Callable[[], None]:
    """One webhook through the function, from the gateway's event to its answer."""
    from skuflow.platform.entrypoint import entrypoint
    from functions.sync.receive_shopify_webhook.handler import handle
    from skuflow.sync.wiring import build_receive_shopify_webhook

    handler = entrypoint(handle, build_receive_shopify_webhook)
    told = {
        "X-Shopify-Hmac-SHA256": signature(body.encode()),
        "X-Shopify-Topic": "products/update",
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Event-Id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "X-Shopify-Triggered-At": "2026-03-14T09:26:53.589793Z",
    }
    event = http_event("POST", "/v1/shopify/webhooks", client_id=None, body=body, headers=told)
    context = FakeLambdaContext()

    def receive() -> None:
        answer = handler(event, context)
        if answer["statusCode"] != 200:
            raise RuntimeError(f"the webhook was answered with {answer}")

    return receive


def least(body: str) -> Callable[[], None]:
    """The least that a receiver could do: check the signature, send the body on."""
    sqs = client("sqs")
    claimed = signature(body.encode())

    def do() -> None:
        if not hmac.compare_digest(signature(body.encode()), claimed):
            raise RuntimeError("the signature does not fit")
        sqs.send_message(QueueUrl=QUEUE, MessageBody=body)

    return do


def signature(body: bytes) -> str:
    return base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()


def requests_per_webhook(calls: int = 10) -> float:
    """Requests to AWS per webhook, once the shop and the secret are known."""
    with stubbed() as stub, silent():
        receive = receiving(product())
        receive()
        stub.sent.clear()
        for _ in range(calls):
            receive()
        return sum(stub.sent.values()) / calls


def cpu_ratio(rounds: int = ROUNDS, calls: int = CALLS) -> tuple[float, float]:
    """(ratio, microseconds of one webhook), both by processor time."""
    body = product()
    with stubbed(), silent():
        sides = [receiving(body), least(body)]
        taken: list[list[int]] = [[], []]
        for side in sides:
            for _ in range(20):
                side()
        for _ in range(rounds):
            for side, times in zip(sides, taken, strict=True):
                begun = time.process_time_ns()
                for _ in range(calls):
                    side()
                times.append(time.process_time_ns() - begun)
    ours, theirs = (min(times) for times in taken)
    return ours / theirs, ours / calls / 1000


@contextmanager
def silent() -> Iterator[None]:
    """What is logged is formatted and written, but to nowhere."""
    from skuflow.platform.observability import logger

    handler: Any = logger().registered_handler
    before, level = handler.stream, logger().log_level
    logger().setLevel("INFO")
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        handler.stream = nowhere
        try:
            yield
        finally:
            handler.stream = before
            logger().setLevel(level)


def measure() -> dict[str, float]:
    """`webhook_cpu_ratio`, `webhook_requests`, and what a webhook takes and a start loads."""
    ratio, microseconds = cpu_ratio()
    loaded = start("sync", "receive_shopify_webhook", environ=environment("sync", "receive_shopify_webhook")).modules
    return {
        "webhook_cpu_ratio": round(ratio, 2),
        "webhook_cpu_microseconds": round(microseconds),
        "webhook_requests": requests_per_webhook(),
        "webhook_modules": len(loaded),
    }

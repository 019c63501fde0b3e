"""POST /v1/shopify/webhooks: who is let in, what is kept of a webhook, and what it costs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.sync.receive_shopify_webhook.handler import ROUTES, handle
from skuflow.kernel.clock import iso
from skuflow.platform.aws import client
from skuflow.platform.observability import metrics
from tests.calls import Tally, watched
from tests.doubles import FakeLambdaContext
from tests.functions.sync.webhook_events import PATH, SECRET, SHOP, signature, webhook_event
from tests.functions.sync.webhook_world import BUCKET, SECRET_NAME, WebhookWorld
from tests.http import CLIENT, Api

BODY = '{"id": 9007199254740993, "title": "L\u00e4mpchen \u2603"}'


def envelope(world: WebhookWorld) -> dict[str, Any]:
    """The one webhook that waits."""
    [message] = world.waiting("webhooks")
    found: dict[str, Any] = json.loads(message["Body"])
    return found


def refused(world: WebhookWorld, event: dict[str, Any]) -> dict[str, Any]:
    """The problem document of a webhook that is not let in, of which nothing is kept."""
    answer: dict[str, Any] = handle(event, FakeLambdaContext(), world.receiver)
    assert (answer["statusCode"], world.waiting("webhooks")) == (401, [])
    problem: dict[str, Any] = json.loads(answer["body"])
    return problem


def test_a_signed_webhook_is_kept_with_its_headers_and_its_body_as_it_came(webhooks: WebhookWorld) -> None:
    triggered = iso(webhooks.clock() - timedelta(seconds=3))
    answer = webhooks.post(BODY, topic="products/update", webhook_id="wh-7", triggered_at=triggered)
    assert answer["statusCode"] == 200
    assert envelope(webhooks) == {
        "client_id": CLIENT,
        "shop": SHOP,
        "topic": "products/update",
        "webhook_id": "wh-7",
        "event_id": "evt-1",
        "triggered_at": triggered,
        "api_version": "2026-10",
        "received_at": iso(webhooks.clock()),
        "correlation_id": answer["headers"]["X-Correlation-Id"],
        "body": BODY,
        "body_base64": None,
        "body_key": None,
    }


def test_the_answer_is_the_documented_one(webhooks: WebhookWorld) -> None:
    how = {name: value for name, value in webhook_event(BODY)["headers"].items() if name.startswith("x-")}
    api = Api(handle, webhooks.receiver, ROUTES)
    assert api.call("POST", PATH, client_id=None, body=BODY, headers=how).status == 200
    assert api.call("POST", PATH, client_id=None, body=BODY + " ", headers=how).status == 401


def test_the_signature_is_of_the_bytes_that_came_not_of_what_they_mean(webhooks: WebhookWorld) -> None:
    spaced = '{ "id":1 }'
    assert webhooks.post(spaced, signed=signature(b'{"id":1}'))["statusCode"] == 401
    assert webhooks.post(spaced, signed=signature(spaced.encode()))["statusCode"] == 200


def test_a_body_that_the_gateway_encoded_is_decoded_before_it_is_checked(webhooks: WebhookWorld) -> None:
    assert webhooks.post(BODY, as_base64=True)["statusCode"] == 200
    assert envelope(webhooks)["body"] == BODY


@pytest.mark.parametrize(
    "content", [b"\xff\xfe{", "noncharacter \uffff".encode(), b"\x00\x01"], ids=["no UTF-8", "not for SQS", "control"]
)
def test_bytes_that_a_queue_would_not_take_are_kept_all_the_same(webhooks: WebhookWorld, content: bytes) -> None:
    assert webhooks.post(content)["statusCode"] == 200
    kept = envelope(webhooks)
    text, encoded = kept["body"], kept["body_base64"]
    assert (text.encode() if encoded is None else base64.b64decode(encoded)) == content


@pytest.mark.parametrize("body", ["", "not JSON at all", "[]", '{"id": 1'])
def test_what_cannot_be_read_is_kept_for_people_to_look_at(webhooks: WebhookWorld, body: str) -> None:
    assert webhooks.post(body)["statusCode"] == 200
    assert envelope(webhooks)["body"] == body


@pytest.mark.parametrize(
    ("body", "in_bucket"),
    [("x" * 700_000, False), ("x" * 700_001, True), ('"' * 600_000, True), ("\u2603" * 240_000, True)],
    ids=["just fits", "one more", "grows by escaping", "many bytes a character"],
)
def test_a_body_too_large_for_a_message_lies_in_the_bucket(webhooks: WebhookWorld, body: str, in_bucket: bool) -> None:
    assert webhooks.post(body)["statusCode"] == 200
    kept = envelope(webhooks)
    assert (kept["body_key"] is not None, kept["body"] is None) == (in_bucket, in_bucket)
    if in_bucket:
        assert kept["body_key"].startswith(f"webhooks/{CLIENT}/")
        assert client("s3").get_object(Bucket=BUCKET, Key=kept["body_key"])["Body"].read() == body.encode()


def test_more_than_5_mb_are_refused(webhooks: WebhookWorld) -> None:
    assert webhooks.post("x" * 5_000_001)["statusCode"] == 413
    assert webhooks.post(b"x" * 5_000_001)["statusCode"] == 413
    assert webhooks.post("x" * 5_000_000)["statusCode"] == 200


BAD_SIGNATURES = {
    "missing": None,
    "empty": "",
    "truncated": signature(BODY.encode())[:-4],
    "padded": signature(BODY.encode()) + "=",
    "hexadecimal": base64.b64decode(signature(BODY.encode())).hex(),
    "of another secret": signature(BODY.encode(), "another"),
    "of another body": signature(b"{}"),
    "not base64": "\u2603 \x00",
    "given twice": f"{signature(BODY.encode())},{signature(BODY.encode())}",
    "with an empty secret": signature(BODY.encode(), ""),
}


@pytest.mark.parametrize("claimed", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
def test_a_wrong_signature_is_refused_without_saying_what_is_wrong_with_it(
    webhooks: WebhookWorld, claimed: str | None
) -> None:
    event = webhook_event(BODY, signed=claimed or "")
    if claimed is None:
        del event["headers"]["x-shopify-hmac-sha256"]
    problem = refused(webhooks, event)
    assert (problem["code"], problem["detail"]) == (
        "unauthenticated",
        "this is not signed as a webhook of Shopify's is",
    )
    assert metrics().metric_set["WebhooksRefused"]["Value"] == [1.0]


def test_a_refused_webhook_does_not_learn_whether_the_shop_is_known(webhooks: WebhookWorld) -> None:
    known, unknown = (
        refused(webhooks, webhook_event(BODY, signed="AAAA", shop=shop)) for shop in (SHOP, "no.myshopify.com")
    )
    assert known == unknown


def test_header_names_may_be_written_in_any_case(webhooks: WebhookWorld) -> None:
    event = webhook_event(BODY)
    event["headers"] = {name.upper(): value for name, value in event["headers"].items()}
    assert handle(event, FakeLambdaContext(), webhooks.receiver)["statusCode"] == 200


@pytest.mark.parametrize(
    "shop",
    [
        "nobody.myshopify.com",
        "evil.com/.myshopify.com",
        "lumen.myshopify.com.",
        "lumen.myshopify.com.evil.com",
        "l\u00fcmen.myshopify.com",
        f"{SHOP},{SHOP}",
        "",
        None,
    ],
)
def test_a_shop_of_nobody_s_is_not_found_whatever_it_is_called(webhooks: WebhookWorld, shop: str | None) -> None:
    answer = webhooks.post(BODY, shop=shop)
    assert (answer["statusCode"], json.loads(answer["body"])["detail"]) == (404, "there is no such shop")
    assert webhooks.waiting("webhooks") == []


def test_a_shop_s_domain_may_be_written_in_capitals(webhooks: WebhookWorld) -> None:
    assert webhooks.post(BODY, shop=SHOP.upper())["statusCode"] == 200
    assert envelope(webhooks)["shop"] == SHOP


@pytest.mark.parametrize("topic", [None, "", "products/update,products/update", "unheard/of", "x" * 5_000, "\uffff"])
def test_a_webhook_without_a_usable_topic_is_kept_for_people_to_look_at(
    webhooks: WebhookWorld, topic: str | None
) -> None:
    assert webhooks.post(BODY, topic=topic)["statusCode"] == 200
    assert len(envelope(webhooks)["topic"]) <= 300


@pytest.mark.parametrize("status", ["uninstalled", "disconnected"])
def test_webhooks_of_a_shop_that_has_gone_are_still_taken(webhooks: WebhookWorld, status: Any) -> None:
    """The privacy requests come days after the shop went."""
    webhooks.stop(status)
    assert webhooks.post(BODY, topic="shop/redact")["statusCode"] == 200


def test_the_secret_before_a_rotation_is_accepted_and_the_new_one_at_once(webhooks: WebhookWorld) -> None:
    assert webhooks.post(BODY)["statusCode"] == 200
    client("secretsmanager").put_secret_value(SecretId=SECRET_NAME, SecretString="new-secret")
    for secret in ("new-secret", SECRET):
        assert webhooks.post(BODY, signed=signature(BODY.encode(), secret))["statusCode"] == 200


def test_forged_signatures_do_not_become_a_stream_of_requests_for_the_secret(webhooks: WebhookWorld) -> None:
    webhooks.post(BODY)
    tally = Tally()
    with watched(tally):
        for _ in range(20):
            webhooks.post(BODY, signed="AAAA")
    assert tally.requests == {"secrets-manager:GetSecretValue": 2}
    client("secretsmanager").put_secret_value(SecretId=SECRET_NAME, SecretString="new-secret")
    webhooks.clock.advance(seconds=31)
    assert webhooks.post(BODY, signed=signature(BODY.encode(), "new-secret"))["statusCode"] == 200


def test_a_webhook_of_a_known_shop_is_one_request_to_aws(webhooks: WebhookWorld) -> None:
    webhooks.post(BODY)
    tally = Tally()
    with watched(tally):
        webhooks.post(BODY)
    assert tally.requests == {"sqs:SendMessage": 1}


def test_whose_a_shop_is_is_asked_again_after_a_minute(webhooks: WebhookWorld) -> None:
    webhooks.post(BODY)
    webhooks.clock.advance(seconds=61)
    tally = Tally()
    with watched(tally):
        webhooks.post(BODY)
    assert tally.requests == {"dynamodb:GetItem": 1, "sqs:SendMessage": 1}


def test_a_shop_connected_a_moment_ago_is_known(webhooks: WebhookWorld) -> None:
    assert webhooks.post(BODY, shop="new.myshopify.com")["statusCode"] == 404
    webhooks.connect("new.myshopify.com")
    assert webhooks.post(BODY, shop="new.myshopify.com")["statusCode"] == 200


def test_what_could_not_be_kept_is_to_be_sent_again(webhooks: WebhookWorld) -> None:
    client("sqs").delete_queue(QueueUrl=webhooks.queues["webhooks"])
    assert webhooks.post(BODY)["statusCode"] == 503


def test_one_log_line_tells_of_a_webhook_and_nothing_of_what_is_in_it(
    webhooks: WebhookWorld, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    webhooks.post('{"email": "jon@example.com"}', topic="customers/redact", webhook_id="wh-9")
    [line] = logged()
    assert (line["client_id"], line["shop"], line["topic"], line["webhook_id"]) == (
        CLIENT,
        SHOP,
        "customers/redact",
        "wh-9",
    )
    assert "jon@example.com" not in json.dumps(line)
    assert signature(b'{"email": "jon@example.com"}') not in json.dumps(line)

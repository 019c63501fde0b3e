"""What cannot be read is found among the dead letters, whole and with the reason; whatever it is, it harms nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from skuflow.sync.shopify import topics
from tests.functions.sync.webhook_events import SHOP
from tests.functions.sync.webhook_world import WebhookWorld
from tests.http import CLIENT
from tests.shopify_samples import raw_sample, sample

BIG = 2**53 + 1

FAULTS: dict[str, tuple[str, str, str]] = {
    "not JSON": ("products/update", "{", "malformed: the body is not JSON"),
    "empty": ("products/update", "", "malformed: the body is not JSON"),
    "cut in half": ("products/update", raw_sample("products/update")[:700], "malformed: the body is not JSON"),
    "half a character": ("products/update", '"\\ud800"', "malformed: the body is not JSON"),
    "too deep": ("products/update", "[" * 100_000, "malformed: "),
    "a list": ("products/update", "[]", "invalid: body"),
    "no id": ("products/update", '{"title": "x"}', "invalid: id"),
    "an id in floating point": ("products/update", '{"id": 7.88032119674292922e17, "title": "x"}', "invalid: id"),
    "a rounded id": ("products/update", '{"id": 788032119674292900.0, "title": "x"}', "invalid: id"),
    "no title": ("products/update", '{"id": 5, "title": " "}', "invalid: title"),
    "another thing's gid": (
        "products/update",
        '{"admin_graphql_api_id": "gid://shopify/Order/5"}',
        "invalid: admin_graphql_api_id",
    ),
    "variants that are none": ("products/update", '{"id": 5, "title": "x", "variants": {}}', "invalid: variants"),
    "a variant that is none": ("products/update", '{"id": 5, "title": "x", "variants": [7]}', "invalid: variants.0"),
    "nothing deleted": ("products/delete", "{}", "invalid: id"),
    "no item": ("inventory_levels/update", "{}", "invalid: inventory_item_id"),
    "no operation": ("bulk_operations/finish", "{}", "invalid: admin_graphql_api_id"),
    "an order without currency": ("orders/create", '{"id": 5}', "invalid: currency"),
    "an order's price": (
        "orders/create",
        '{"id": 5, "currency": "CAD", "line_items": [{"quantity": 1, "price": "1e9"}]}',
        "invalid: line_items.0.price",
    ),
    "an order's time": ("orders/create", '{"id": 5, "currency": "CAD", "updated_at": "noon"}', "invalid: updated_at"),
    "nobody": ("customers/redact", "{}", "invalid: customer"),
    "an unknown topic": ("carts/update", "{}", "invalid: X-Shopify-Topic: 'carts/update'"),
    "a topic twice": ("products/update,products/update", "{}", "invalid: X-Shopify-Topic"),
    "no topic": ("", "{}", "invalid: X-Shopify-Topic: is missing"),
}


@pytest.mark.parametrize(("topic", "body", "reason"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_read_is_put_aside_whole_and_with_the_reason(
    webhooks: WebhookWorld, topic: str, body: str, reason: str
) -> None:
    webhooks.post(body, topic=topic, webhook_id="wh-bad")
    assert webhooks.work() == set()
    [(envelope, said)] = webhooks.put_aside()
    kept = {name: envelope[name] for name in ("client_id", "shop", "topic", "webhook_id", "body")}
    assert kept == {"client_id": CLIENT, "shop": SHOP, "topic": topic, "webhook_id": "wh-bad", "body": body}
    assert said.startswith(reason)


def test_one_that_cannot_be_read_does_not_hold_up_the_others(webhooks: WebhookWorld) -> None:
    webhooks.post("{", webhook_id="wh-1")
    webhooks.told(sample("products/update"), webhook_id="wh-2")
    webhooks.post("[]", webhook_id="wh-3", topic="orders/create")
    assert webhooks.work_once(webhooks.waiting("webhooks")) == set()
    assert sorted(envelope["webhook_id"] for envelope, _ in webhooks.put_aside()) == ["wh-1", "wh-3"]
    assert len(webhooks.batches()) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "null",
        '{"unknown": ' + "[" * 100_000,
        '{"client_id": "cli_0000000000000001"}',
        json.dumps({"client_id": "no client", "shop": SHOP}),
        json.dumps(
            dict.fromkeys(
                ("client_id", "shop", "topic", "webhook_id", "event_id", "triggered_at", "api_version"),
                "cli_0000000000000001",
            )
            | {"received_at": "noon", "correlation_id": "c"}
        ),
    ],
)
def test_a_message_that_is_no_envelope_is_put_aside(webhooks: WebhookWorld, body: str) -> None:
    assert webhooks.work([{"MessageId": "m-1", "Body": body or " "}]) == set()
    [one] = webhooks.waiting("dead-letters")
    assert one["MessageAttributes"]["reason"]["StringValue"].startswith("malformed: not an envelope of a webhook")


def test_ids_beyond_two_to_the_53_stay_what_they_are(webhooks: WebhookWorld) -> None:
    rounded = {"id": 9007199254740992, "admin_graphql_api_id": f"gid://shopify/Product/{BIG}", "title": "x"}
    told = {**rounded, "variants": [{"id": str(BIG + 2), "price": 5}, {"id": BIG + 4, "price": "6"}]}
    webhooks.told(told)
    webhooks.work()
    [taken] = webhooks.batches()[0].products
    assert [taken.key, *(one.key for one in taken.variants)] == [str(BIG), str(BIG + 2), str(BIG + 4)]


@pytest.mark.parametrize("topic", sorted(topics.KNOWN - topics.COMPLIANCE))
def test_nulls_everywhere_end_in_a_result_or_a_reason(webhooks: WebhookWorld, topic: str) -> None:
    """Each field of the sample, one after the other, is null."""
    webhooks.shopify.answers["stock"] = lambda _: {"nodes": []}
    told = sample(topic)
    for number, field in enumerate(told):
        webhooks.told({**told, field: None}, topic=topic, webhook_id=f"wh-{number}")
    assert webhooks.work() == set()
    assert all(reason.startswith("invalid: ") for _, reason in webhooks.put_aside())


KEYS = sorted({"id", "price", "option1", "src", "position", *(key for topic in topics.KNOWN for key in sample(topic))})
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["active", "19.99", "2026-03-14T09:26:53Z", "gid://shopify/Product/5", "CAD", "https://x.example/a.jpg"]
    )
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=8)
    ),
    max_leaves=25,
)


@pytest.mark.slow
@settings(
    max_examples=40, phases=[Phase.generate], deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(bodies=st.lists(JSON, min_size=8, max_size=8), data=st.data())
def test_any_json_is_done_or_put_aside_with_a_reason(
    webhooks: WebhookWorld, bodies: list[Any], data: st.DataObject
) -> None:
    webhooks.shopify.answers |= {"stock": lambda _: {"nodes": []}, "product": lambda _: {"product": None}}
    for number, body in enumerate(bodies):
        topic = data.draw(st.sampled_from(sorted(topics.KNOWN - {topics.APP_UNINSTALLED})))
        sent = body
        if isinstance(body, dict) and data.draw(st.booleans()):
            sent = {**sample(topic), **body}
        webhooks.post(json.dumps(sent), topic=topic, webhook_id=f"wh-{number}")
    assert webhooks.work() == set()
    assert webhooks.held_back.messages == []
    for _, reason in webhooks.put_aside():
        assert reason.startswith(("invalid: ", "malformed: "))
    webhooks.empty("dead-letters")

"""Shopify's signatures and addresses, on values that were worked out elsewhere."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from skuflow.sync.shopify.address import admin_base
from skuflow.sync.shopify.signatures import query_is_genuine, webhook_is_genuine

BODY = '{"id": 788032119674292922, "title": "Été"}'.encode()
SIGNATURE = base64.b64encode(hmac.new(b"hush", BODY, hashlib.sha256).digest()).decode()


def test_a_redirect_is_verified_as_in_shopify_s_own_example() -> None:
    """The example of shopify.dev's authorization code grant, with its secret."""
    params = {
        "code": "0907a61c0c8d55e99db179b68161bc00",
        "hmac": "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf",
        "shop": "some-shop.myshopify.com",
        "state": "0.6784241404160823",
        "timestamp": "1337178173",
    }
    assert query_is_genuine(params, ["hush"])
    assert query_is_genuine(params, ["other", "hush"])
    assert not query_is_genuine(params, ["other"])
    assert not query_is_genuine(params, [])
    assert not query_is_genuine({**params, "shop": "other.myshopify.com"}, ["hush"])
    assert not query_is_genuine({**params, "more": "1"}, ["hush"])


def test_parameters_cannot_be_moved_into_one_another() -> None:
    separate = {"a": "1", "b": "2"}
    text = hmac.new(b"hush", b"a=1&b=2", hashlib.sha256).hexdigest()
    assert query_is_genuine({**separate, "hmac": text}, ["hush"])
    assert not query_is_genuine({"a": "1&b=2", "hmac": text}, ["hush"])
    assert not query_is_genuine({"a=1&b": "2", "hmac": text}, ["hush"])


def test_a_webhook_is_verified_over_its_bytes() -> None:
    assert webhook_is_genuine(BODY, SIGNATURE, ["hush"])
    assert webhook_is_genuine(BODY, SIGNATURE, ["new", "hush"])
    for body, signature, secrets in (
        (BODY + b" ", SIGNATURE, ["hush"]),
        (BODY.replace(b"\xc3\x89", b"\xc3\xa9"), SIGNATURE, ["hush"]),
        (BODY, SIGNATURE[:-1], ["hush"]),
        (BODY, SIGNATURE.lower(), ["hush"]),
        (BODY, "", ["hush"]),
        (BODY, "é", ["hush"]),
        (BODY, hmac.new(b"hush", BODY, hashlib.sha256).hexdigest(), ["hush"]),
        (BODY, SIGNATURE, ["other"]),
        (BODY, SIGNATURE, []),
    ):
        assert not webhook_is_genuine(body, signature, secrets)


@pytest.mark.parametrize(
    ("app_id", "sandbox", "base"),
    [
        ("0a1b", "", "https://maple.myshopify.com"),
        ("0a1b", "http://127.0.0.1:9000", "https://maple.myshopify.com"),
        ("sandbox-skuflow", "", "https://maple.myshopify.com"),
        ("sandbox-skuflow", "http://127.0.0.1:9000/", "http://127.0.0.1:9000/shopify/maple.myshopify.com"),
    ],
)
def test_only_the_sandbox_s_own_app_is_sent_to_the_sandbox(app_id: str, sandbox: str, base: str) -> None:
    assert admin_base("maple.myshopify.com", app_id, sandbox) == base

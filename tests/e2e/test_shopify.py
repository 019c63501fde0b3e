"""A shop and the platform, on the deployed app: connected through the pages, read, heard, healed, let go."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from typing import Any

import httpx
import pytest

from local.api.calling import Api
from local.api.shops import await_run, install_link, start_run, status_of
from local.demo.browser import Browser, Page
from local.demo.merchant import Merchant
from local.operations import shopify_app
from local.operations.dead_letters import queues
from local.operations.invocation import invoke
from local.problems import LocalProblem
from local.sandbox.control import SandboxControl
from tests.e2e.shop import Platform, Shop, eventually

pytestmark = pytest.mark.e2e

PRODUCTS, VARIANTS = 12, 3


@pytest.fixture
def merchant(platform: Platform) -> Merchant:
    """A merchant with a shop that nobody has connected yet."""
    owner = Merchant(platform.instance.sandbox, f"e2e-{secrets.token_hex(4)}.myshopify.com")
    owner.open_shop("CAD", products=PRODUCTS, variants=VARIANTS)
    return owner


def test_a_shop_is_connected_read_heard_healed_and_let_go(platform: Platform, shop: Shop, merchant: Merchant) -> None:
    api = Api(shop.base, shop.key)
    assert install(api, merchant).status == 200
    seen = status_of(api, merchant.shop)
    assert (seen["status"], seen["last_success_at"], seen["lag_seconds"]) == ("connected", None, None)

    read_now(platform, api, merchant)
    mine = products_of(shop, merchant)
    assert {title: len(each["variants"]) for title, each in mine.items()} == {
        each["title"]: VARIANTS for each in merchant.products()
    }
    seen = status_of(api, merchant.shop)
    assert (seen["products"]["created"], seen["products"]["rejected"], seen["trouble"]) == (PRODUCTS, 0, None)
    assert seen["run"] is None
    assert seen["next_run_at"] is not None

    heard, unheard, *_ = merchant.products()
    merchant.reprice(heard, half_of(heard))
    eventually(lambda: price_of(shop, mine, heard), lambda price: price == cents(half_of(heard)), "the webhook")

    merchant.lose_next_webhook("products/update")
    merchant.reprice(unheard, half_of(unheard))
    assert [each["state"] for each in merchant.deliveries("products/update")][-1] == "dropped"
    run = await_run(api, merchant.shop, start_run(api, merchant.shop)["run_id"], lambda _: None)
    counted = {name: run["totals"][name] for name in ("created", "updated", "unchanged", "removed", "rejected")}
    assert counted == {"created": 0, "updated": 1, "unchanged": PRODUCTS - 1, "removed": 0, "rejected": 0}
    assert price_of(shop, mine, unheard) == cents(half_of(unheard))

    merchant.uninstall()
    seen = eventually(
        lambda: status_of(api, merchant.shop), lambda found: found["status"] == "uninstalled", "the uninstalling"
    )
    assert (seen["run"], seen["next_run_at"]) == (None, None)
    assert len(products_of(shop, merchant)) == PRODUCTS
    with pytest.raises(LocalProblem, match="409"):
        start_run(api, merchant.shop)
    assert {queue.name: queue.waiting for queue in queues(platform.aws) if queue.waiting} == {}


def test_the_apps_secret_is_rotated_without_losing_a_webhook(
    platform: Platform, shop: Shop, merchant: Merchant
) -> None:
    """Shopify goes on signing with the old secret for a while; both are good until the next rotation."""
    api, sandbox = Api(shop.base, shop.key), SandboxControl(merchant.sandbox)
    install(api, merchant)
    read_now(platform, api, merchant)
    mine, (product, *_) = products_of(shop, merchant), merchant.products()
    fresh = secrets.token_hex(16)
    sandbox.add_secret(fresh)
    shopify_app.adopt(platform.aws, shopify_app.SANDBOX_ID, fresh)
    merchant.reprice(product, "11.11")
    eventually(lambda: price_of(shop, mine, product), lambda price: price == 1111, "a webhook signed with the old one")
    sandbox.revoke_old_secret()
    merchant.reprice(product, "22.22")
    eventually(lambda: price_of(shop, mine, product), lambda price: price == 2222, "a webhook signed with the new one")
    # A receiver that has read the secret anew within the last seconds does not do so again: it refuses, and Shopify tries again.
    delivered = merchant.deliveries("products/update")
    assert {each["state"] for each in delivered} == {"delivered"}
    assert {attempt["answer"] for each in delivered for attempt in each["attempts"]} <= {"200", "401"}
    # Every function that knew the old secret has to have met the new one before other stories go on with it.
    eventually(
        lambda: install(api, merchant).status, lambda status: status == 200, "an installation under the new secret"
    )


def test_an_install_link_is_good_for_one_visit(shop: Shop, merchant: Merchant) -> None:
    link = install_link(Api(shop.base, shop.key), merchant.shop)["url"]
    first, second = Browser().open(link), Browser().open(link)
    assert (first.status, len(first.forms)) == (200, 1)
    assert (second.status, second.forms) == (403, ())


def test_whoever_did_not_set_out_does_not_arrive(shop: Shop, merchant: Merchant) -> None:
    """The way back from Shopify is only good in the browser that went there."""
    setting_out = Browser()
    page = setting_out.open(install_link(Api(shop.base, shop.key), merchant.shop)["url"])
    arrived = Browser().submit(page, page.forms[0], answer="install")
    assert arrived.status in {401, 403}
    assert list(shop.pages("/v1/shopify/shops")) == []


def test_a_shop_of_another_client_is_not_taken_over(open_shop: Callable[..., Shop], merchant: Merchant) -> None:
    owner, stranger = open_shop("Owner"), open_shop("Stranger")
    assert install(Api(owner.base, owner.key), merchant).status == 200
    assert install(Api(stranger.base, stranger.key), merchant).status == 409
    assert [each["shop"] for each in owner.pages("/v1/shopify/shops")] == [merchant.shop]
    assert list(stranger.pages("/v1/shopify/shops")) == []


def test_a_shop_that_is_disconnected_knows_us_no_longer(shop: Shop, merchant: Merchant) -> None:
    api = Api(shop.base, shop.key)
    install(api, merchant)
    api.delete(f"/v1/shopify/shops/{merchant.shop}")
    assert status_of(api, merchant.shop)["status"] == "disconnected"
    at_shopify = httpx.get(f"{merchant.sandbox}/sandbox/shopify/{merchant.shop}", timeout=30, trust_env=False).json()
    assert at_shopify["installed"] is False


@pytest.mark.parametrize("signature", ["", "bm90IHRoZSBzaWduYXR1cmU=", "forged"])
def test_a_webhook_that_shopify_did_not_sign_is_refused(shop: Shop, merchant: Merchant, signature: str) -> None:
    api = Api(shop.base, shop.key)
    install(api, merchant)
    body = json.dumps({"id": 1, "title": "Forged"}).encode()
    given = signed(body, "somebody else's secret") if signature == "forged" else signature
    assert send(shop, merchant.shop, body, given).status_code == 401
    assert status_of(api, merchant.shop)["webhooks"]["received"] == 0


def test_a_webhook_of_a_shop_that_nobody_connected_is_not_found(platform: Platform, shop: Shop) -> None:
    body = json.dumps({"id": 1, "title": "Lost"}).encode()
    answer = send(shop, "nobody.myshopify.com", body, signed(body, platform.instance.app_secret))
    assert answer.status_code == 404
    assert "nobody" not in answer.text


def install(api: Api, merchant: Merchant) -> Page:
    return merchant.install(install_link(api, merchant.shop)["url"])


def read_now(platform: Platform, api: Api, merchant: Merchant) -> None:
    """The first reading, without waiting for the minute in which it would begin."""
    assert not invoke(platform.aws, "sync/run_due_shops", {"trigger": "e2e"}).failed
    eventually(lambda: status_of(api, merchant.shop), lambda seen: bool(seen["last_success_at"]), "the first reading")


def products_of(shop: Shop, merchant: Merchant) -> dict[str, dict[str, Any]]:
    """Title -> product, of those that came from the merchant's shop."""
    source = f"shopify:{merchant.shop}"
    return {each["title"]: each for each in shop.pages("/v1/products") if each["source"] == source}


def price_of(shop: Shop, mine: dict[str, dict[str, Any]], product: dict[str, Any]) -> int:
    """What the first variant of the merchant's `product` costs in the catalogue now, in cents."""
    found = shop.get(f"/v1/products/{mine[product['title']]['product_id']}")["variants"]
    (variant,) = [each for each in found if each["sku"] == product["variants"][0]["sku"]]
    cents_: int = variant["price"]["amount_minor"]
    return cents_


def half_of(product: dict[str, Any]) -> str:
    """`product` is as it was read, so this stays what it is once the price is changed."""
    return str((Decimal(product["variants"][0]["price"]) / 2).quantize(Decimal("0.01")))


def cents(price: str) -> int:
    return int(Decimal(price) * 100)


def signed(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, sha256).digest()).decode()


def send(shop: Shop, domain: str, body: bytes, signature: str) -> httpx.Response:
    """A webhook as Shopify sends one."""
    headers = {
        "content-type": "application/json",
        "x-shopify-topic": "products/update",
        "x-shopify-shop-domain": domain,
        "x-shopify-webhook-id": secrets.token_hex(16),
        "x-shopify-triggered-at": "2026-01-31T12:00:00.000000000Z",
        "x-shopify-api-version": "2026-10",
        **({"x-shopify-hmac-sha256": signature} if signature else {}),
    }
    return shop.call("POST", "/v1/shopify/webhooks", key="", content=body, headers=headers)

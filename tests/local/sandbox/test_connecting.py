"""Our own functions connect a shop of the sandbox: real redirects, real HTTP, the wiring as it is deployed."""

from __future__ import annotations

from itertools import count
from urllib.parse import urlsplit

import pytest

from functions.sync.connect_shop.handler import handle
from local.sandbox.control import SandboxControl, ShopControl
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.settings import from_env
from skuflow.platform.table import bind
from skuflow.sync.settings import ConnectShopSettings
from skuflow.sync.shops.errors import NeedsReauth
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.shops.tokens import Tokens
from skuflow.sync.store import SyncItem
from skuflow.sync.wiring import build_connect_shop
from skuflow.sync.wiring.outbound import app_credentials, outbound_table, outbound_to, shop_tokens
from tests.http import CLIENT, Answer, Api

MINE = ClientId(CLIENT)
PUBLIC_URL = "http://127.0.0.1:9"
_NUMBERS = count(1)


class App:
    """Our side, wired from its environment alone."""

    def __init__(self, shop: ShopControl) -> None:
        self.shop = shop
        self.api = Api(handle, build_connect_shop())
        self.settings = from_env(ConnectShopSettings)
        self.table = bind(SyncItem, self.settings.sync_table)
        self.shops = DynamoShops(self.table)

    def worker(self) -> Tokens:
        outbound = outbound_to("shopify", self.settings, outbound_table(self.settings))
        return shop_tokens(self.settings, self.table, outbound, app_credentials(self.settings))

    def send_off(self) -> Answer:
        link = self.api.call("GET", "/v1/shopify/install", query={"shop": self.shop.domain}).headers["location"]
        assert link.startswith(PUBLIC_URL)
        return self.get(link)

    def get(self, url: str, cookies: tuple[str, ...] = ()) -> Answer:
        parts = urlsplit(url)
        kept = [cookie.partition(";")[0] for cookie in cookies]
        return self.api.call("GET", parts.path, query=parts.query, cookies=kept, client_id=None)

    def connect(self) -> Answer:
        forwarded = self.send_off()
        return self.get(self.shop.agree(forwarded.headers["location"]), forwarded.cookies)


@pytest.fixture
def app(sandbox: SandboxControl, sync_table: str) -> App:
    shop = sandbox.shop(f"connecting-{next(_NUMBERS)}.myshopify.com")
    shop.open()
    return App(shop)


def test_a_shop_is_connected_through_the_pages_of_shopify(app: App) -> None:
    page = app.connect()
    assert page.status == 200, page.body
    item = app.shops.get(MINE, app.shop.domain)
    assert item.is_connected
    assert set(item.scopes) == {"read_products", "read_inventory", "read_orders", "read_discounts"}


def test_the_same_way_back_leads_nowhere_a_second_time(app: App) -> None:
    forwarded = app.send_off()
    back = app.shop.agree(forwarded.headers["location"])
    assert app.get(back, ("skuflow-installation=another",)).status == 403
    assert app.get(back, forwarded.cookies).status == 200
    assert app.get(back, forwarded.cookies).status == 403


def test_tokens_are_renewed_and_work(app: App) -> None:
    app.connect()
    first = app.worker().access_token(MINE, app.shop.domain)
    second = app.worker().renewed(MINE, app.shop.domain, refused=first)
    assert first != second
    assert app.worker().access_token(MINE, app.shop.domain) == second
    third = app.worker().renewed(MINE, app.shop.domain, refused=second)
    assert third not in {first, second}


def test_a_token_that_was_revoked_is_replaced(app: App) -> None:
    app.connect()
    token = app.worker().access_token(MINE, app.shop.domain)
    app.shop.revoke_tokens()
    assert app.worker().renewed(MINE, app.shop.domain, refused=token) != token
    assert app.shops.get(MINE, app.shop.domain).is_connected


def test_an_app_that_was_uninstalled_has_to_be_connected_again(app: App) -> None:
    app.connect()
    token = app.worker().access_token(MINE, app.shop.domain)
    app.shop.uninstall()
    with pytest.raises(NeedsReauth):
        app.worker().renewed(MINE, app.shop.domain, refused=token)
    assert app.shops.get(MINE, app.shop.domain).status == "needs_reauth"
    assert app.connect().status == 200
    assert app.worker().access_token(MINE, app.shop.domain) != token


def test_disconnecting_uninstalls_the_app(app: App) -> None:
    app.connect()
    assert app.api.call("DELETE", f"/v1/shopify/shops/{app.shop.domain}").status == 204
    item = app.shops.get(MINE, app.shop.domain)
    assert (item.status, item.trouble) == ("disconnected", None)

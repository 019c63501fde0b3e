"""What connects shops, in one process: the real handler and stores over an AWS in memory, and Shopify's side of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from functions.sync.connect_shop.handler import handle
from skuflow.kernel.errors import TransientError
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.secrets import Secrets
from skuflow.platform.table import bind
from skuflow.sync.deps import ConnectShopDeps
from skuflow.sync.shopify.token_endpoint import TokenEndpoint
from skuflow.sync.shops.complete_installation import Completing
from skuflow.sync.shops.installations import Installations
from skuflow.sync.shops.seal import KmsSeal
from skuflow.sync.shops.secrets import AppCredentials
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.shops.token_store import DynamoTokens
from skuflow.sync.store import SyncItem
from tests.doubles import FakeClock
from tests.fakes.oauth import APP_ID, APP_SECRET, FakeOAuth
from tests.fakes.shops import SHOP
from tests.http import CLIENT, Answer, Api
from tests.tables import table_name

ID_SECRET, SECRET_SECRET = "skuflow/test/shopify/client-id", "skuflow/test/shopify/client-secret"
PUBLIC_URL = "https://api.skuflow.test"
COOKIE = "__Host-skuflow-installation"


@dataclass
class InstallWorld:
    """`uninstalled` are the shops in which Shopify was told to uninstall our app; `unwilling` is raised instead. `asked` are those
    put into the queue of work."""

    clock: FakeClock
    table: type[SyncItem]
    shopify: FakeOAuth
    deps: ConnectShopDeps
    uninstalled: list[str] = field(default_factory=list)
    unwilling: Exception | None = None
    asked: list[tuple[ClientId, str]] = field(default_factory=list)
    queue_is_down: bool = False

    @property
    def shops(self) -> DynamoShops:
        return DynamoShops(self.table)

    @property
    def tokens(self) -> DynamoTokens:
        return DynamoTokens(self.table)

    def call(self, method: str, path: str, **how: Any) -> Answer:
        return Api(handle, self.deps).call(method, path, **how)

    def install(self, shop: str = SHOP, **how: Any) -> Answer:
        return self.call("GET", "/v1/shopify/install", query={"shop": shop}, **how)

    def open(self, url: str) -> Answer:
        """A browser follows a link of ours."""
        return self.call("GET", "/v1/shopify/authorize", query=urlsplit(url).query, client_id=None)

    def sent_off(self, shop: str = SHOP, *, client_id: str = CLIENT) -> str:
        """The state of a browser that was sent to Shopify."""
        forwarded = self.open(self.install(shop, client_id=client_id).headers["location"])
        assert forwarded.status == 302, forwarded.body
        return dict(parse_qsl(urlsplit(forwarded.headers["location"]).query))["state"]

    def back(self, query: str, cookie: str | None) -> Answer:
        """The browser comes back from Shopify with `query` and the state that it keeps."""
        cookies: Iterable[str] = [f"{COOKIE}={cookie}"] if cookie is not None else []
        return self.call("GET", "/v1/shopify/callback", query=query, cookies=cookies, client_id=None)

    def connect(self, *, client_id: str = CLIENT) -> Answer:
        """A whole installation."""
        self.shopify.codes.add("code-1")
        state = self.sent_off(client_id=client_id)
        return self.back(self.shopify.callback(state), state)

    def is_connected(self, client_id: str = CLIENT) -> bool:
        return self.shops.owner_of(SHOP) == (ClientId(client_id), "connected")

    def stored(self) -> list[dict[str, Any]]:
        """Every item of the table, as it is kept."""
        return list(client("dynamodb").scan(TableName=table_name("sync"))["Items"])

    def without_https(self) -> InstallWorld:
        """The same on a local stage."""
        return replace(self, deps=replace(self.deps, public_url="http://127.0.0.1:4566/api"))


def make_install_world(tables: Callable[[str], str], clock: FakeClock, new_secret: Callable[[], str]) -> InstallWorld:
    for name, value in ((ID_SECRET, APP_ID), (SECRET_SECRET, APP_SECRET)):
        client("secretsmanager").create_secret(Name=name, SecretString=value)
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    table, shopify = bind(SyncItem, tables("sync")), FakeOAuth(clock)
    credentials = AppCredentials(Secrets(client("secretsmanager"), clock), ID_SECRET, SECRET_SECRET, clock)

    def base_of(shop: str) -> str:
        return f"https://{shop}"

    def uninstall_app(_client_id: ClientId, shop: str) -> None:
        if world.unwilling is not None:
            raise world.unwilling
        world.uninstalled.append(shop)

    def ask(client_id: ClientId, shop: str) -> None:
        world.asked.append((client_id, shop))
        if world.queue_is_down:
            raise TransientError("the queue does not answer")

    completing = Completing(
        installations=Installations(table),
        shops=DynamoShops(table),
        endpoint=TokenEndpoint(shopify.outbound, credentials, base_of),
        secrets=credentials,
        seal=KmsSeal(lambda: client("kms"), key),
        clock=clock,
        ask=ask,
    )
    deps = ConnectShopDeps(completing, credentials.client_id, base_of, uninstall_app, new_secret, PUBLIC_URL)
    world = InstallWorld(clock, table, shopify, deps)
    return world


def parameters(url: str) -> dict[str, str]:
    """The query of `url`, each parameter once."""
    found = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}

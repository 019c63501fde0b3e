"""A shop that was connected, its tokens in the real stores over an AWS in memory, and Shopify's side of the protocol."""

from __future__ import annotations

from dataclasses import dataclass

from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.secrets import Secrets
from skuflow.platform.table import bind
from skuflow.sync.shopify.token_endpoint import TokenEndpoint
from skuflow.sync.shops.model import connected
from skuflow.sync.shops.seal import KmsSeal
from skuflow.sync.shops.secrets import AppCredentials
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.shops.token_store import DynamoTokens
from skuflow.sync.shops.tokens import Tokens, sealed
from skuflow.sync.store import SyncItem
from tests.doubles import FakeClock
from tests.fakes.oauth import APP_ID, APP_SECRET, FakeOAuth
from tests.fakes.shops import CAUSE, SCOPES, SHOP

MINE = ClientId("cli_0000000000000001")
ID_SECRET, SECRET_SECRET = "skuflow/test/shopify/client-id", "skuflow/test/shopify/client-secret"


@dataclass
class Stand:
    """A shop that was connected at START with the tokens shpat_1 and shprt_1, and workers of ours."""

    clock: FakeClock
    table: type[SyncItem]
    shopify: FakeOAuth
    key: str

    @property
    def shops(self) -> DynamoShops:
        return DynamoShops(self.table)

    def worker(self) -> Tokens:
        """A process of its own: it remembers nothing of what others know."""
        endpoint = TokenEndpoint(self.shopify.outbound, self.credentials(), lambda shop: f"https://{shop}")
        seal = KmsSeal(lambda: client("kms"), self.key)
        return Tokens(DynamoTokens(self.table), self.shops, seal, endpoint, self.clock, lambda _seconds: None)

    def credentials(self) -> AppCredentials:
        return AppCredentials(Secrets(client("secretsmanager"), self.clock), ID_SECRET, SECRET_SECRET, self.clock)

    def connect(self) -> None:
        """As an installation does."""
        self.shopify.codes.add("code")
        worker = self.worker()
        grant = worker.endpoint.exchange(MINE, SHOP, "code")
        pair = sealed(worker.seal, MINE, SHOP, grant, self.clock())
        known = self.shops.get(MINE, SHOP) if self.shops.owner_of(SHOP) else None
        self.shops.connect(MINE, connected(known, SHOP, SCOPES, self.clock(), CAUSE), pair)


def make_stand(sync_table: str, clock: FakeClock) -> Stand:
    for name, value in ((ID_SECRET, APP_ID), (SECRET_SECRET, APP_SECRET)):
        client("secretsmanager").create_secret(Name=name, SecretString=value)
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    made = Stand(clock, bind(SyncItem, sync_table), FakeOAuth(clock), key)
    made.connect()
    return made

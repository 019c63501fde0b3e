"""One real thing for each path parameter of the API, made through the API itself, for tests that walk every operation.

A new path parameter needs a function here, marked `@seed("<its name>")`; a test names those that are missing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

import pytest

from skuflow.access.audit import BY_OPERATOR, Act
from skuflow.access.model import NewClient, open_client
from skuflow.access.store import AccessItem, AccessStore
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.table import bind
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.store import SyncItem
from tests.doubles import START
from tests.fakes.shops import connect
from tests.http import ALL_SCOPES, Answer, Api
from tests.tables import LAYOUTS, create_table, table_name
from tests.user_pool import APP, ISSUER

_numbers = itertools.count(1)


@dataclass(slots=False)
class World:
    """Every context's API function over one AWS in memory, set up from its own settings."""

    _apis: dict[str, Api] = field(default_factory=dict)

    def call(self, context: str, method: str, path: str, *, client_id: str | None, **how: Any) -> Answer:
        """`how` as in `tests.http.http_event`."""
        if context not in self._apis:
            handler = import_module(f"functions.{context}.handler")
            self._apis[context] = Api(handler.handle, deps_of(context))
        return self._apis[context].call(method, path, client_id=client_id, **{"scopes": ALL_SCOPES, **how})

    def open_client(self, client_id: str) -> None:
        """Have a client's own record under this id."""
        wanted = NewClient("Isolated", "CAD", "America/Toronto", "ca")
        client_ = open_client(wanted, client_id=ClientId(client_id), now=START, is_time_zone=lambda _name: True)
        made = Act(BY_OPERATOR, START, f"aud_{client_id}").on_client("client.created", client_)
        self.store.add_client(client_.client_id, client_, made)

    @cached_property
    def store(self) -> AccessStore:
        return AccessStore(bind(AccessItem, table_name("access")))


def environment() -> pytest.MonkeyPatch:
    """Make everything that a setting of an HTTP function may name, and set it. Undo when done."""
    patch = pytest.MonkeyPatch()
    for context in LAYOUTS:
        patch.setenv(f"{context.upper()}_TABLE", create_table(context))
    region = {"LocationConstraint": "ca-central-1"}
    for bucket in ("upload", "batch", "document"):
        client("s3").create_bucket(Bucket=f"skuflow-test-{bucket}", CreateBucketConfiguration=region)  # type: ignore[typeddict-item]
        patch.setenv(f"{bucket.upper()}_BUCKET", f"skuflow-test-{bucket}")
    for queue in ("WORK", "REPORT", "DEAD_LETTER", "REJECTS", "INBOX", "SHOP", "BULK", "WEBHOOK", "PLANNING", "JOB"):
        patch.setenv(f"{queue}_QUEUE_URL", client("sqs").create_queue(QueueName=queue.lower())["QueueUrl"])
    for flag in ("APPLICATION", "ENVIRONMENT", "PROFILE"):
        patch.setenv(f"FLAGS_{flag}", "test")
    patch.setenv("PUBLIC_URL", "https://api.test")
    patch.setenv("EVENT_BUS", "default")
    patch.setenv("TABLES", "catalog outbound")
    pool = client("cognito-idp").create_user_pool(PoolName="skuflow-test", UsernameAttributes=["email"])["UserPool"][
        "Id"
    ]
    patch.setenv("USER_POOL_ID", pool)
    patch.setenv("TOKEN_ISSUER", ISSUER)
    patch.setenv("TOKEN_APP", APP)
    for name in ("SHOPIFY_CLIENT_ID_SECRET", "SHOPIFY_CLIENT_SECRET_SECRET", "TOKEN_KEY"):
        patch.setenv(name, f"test-{name.lower()}")
    return patch


def deps_of(function: str) -> Any:
    """What the handler of `function`, written `context.trigger`, is given, built from its settings; None if it takes nothing."""
    context, trigger = function.split(".")
    try:
        wiring = import_module(f"skuflow.{context}.wiring")
    except ModuleNotFoundError:
        return None
    return getattr(wiring, f"build_{trigger}")()


@dataclass
class Owner:
    """A client with things of its own, by the name of the path parameter that stands for each."""

    world: World
    client_id: str
    things: dict[str, str] = field(default_factory=dict)

    def has(self, parameter: str) -> str:
        """The id of the client's thing for `parameter`, which is made if need be. Raises LookupError if nobody knows how."""
        if parameter not in self.things:
            if parameter not in SEEDS:
                raise LookupError(
                    f"nothing is known to stand for {{{parameter}}}: add a @seed({parameter!r}) to tests/seeds.py"
                )
            self.things[parameter] = SEEDS[parameter](self)
        return self.things[parameter]

    def make(self, context: str, path: str, body: Mapping[str, Any], *, method: str = "POST") -> Any:
        """The body of the answer; fails unless it was a success."""
        answer = self.world.call(f"{context}.api", method, path, client_id=self.client_id, body=dict(body))
        assert answer.status < 300, (path, answer.status, answer.body)
        return answer.body


Seed = Callable[[Owner], str]
SEEDS: dict[str, Seed] = {}


def seed(parameter: str) -> Callable[[Seed], Seed]:
    def register(make: Seed) -> Seed:
        SEEDS[parameter] = make
        return make

    return register


def _unique(word: str) -> str:
    return f"{word} {next(_numbers)}"


@seed("key_id")
def _key(owner: Owner) -> str:
    return str(owner.make("access", "/v1/api-keys", {"label": _unique("Key"), "scopes": ["catalog:read"]})["key_id"])


@seed("user_id")
def _user(owner: Owner) -> str:
    body = {"email": f"{_unique('kim').replace(' ', '-')}@isolated.example", "role": "viewer"}
    return str(owner.make("access", "/v1/users", body)["user_id"])


@seed("import_id")
def _import(owner: Owner) -> str:
    return str(
        owner.make("sync", "/v1/imports", {"file_name": "catalogue.csv", "currency": "CAD"})["import"]["import_id"]
    )


@seed("mapping_id")
def _mapping(owner: Owner) -> str:
    body = {"name": _unique("Mapping"), "mapping": {"title": "Name", "price": "Price", "sku": "SKU"}}
    return str(owner.make("sync", "/v1/import-mappings", body)["mapping_id"])


@seed("shop")
def _shop(owner: Owner) -> str:
    shop = f"{_unique('shop').replace(' ', '-')}.myshopify.com"
    connect(DynamoShops(bind(SyncItem, table_name("sync"))), ClientId(owner.client_id), shop)
    return shop


@seed("run_id")
def _run(owner: Owner) -> str:
    return str(owner.make("sync", f"/v1/shopify/shops/{owner.has('shop')}/syncs", {})["run_id"])


@seed("product_id")
def _product(owner: Owner) -> str:
    variant = {"sku": _unique("SKU").replace(" ", "-"), "price": {"amount_minor": 1999, "currency": "CAD"}}
    product = owner.make("catalog", "/v1/products", {"title": _unique("Linen shirt"), "variants": [variant]})
    owner.things["variant_id"] = product["variants"][0]["variant_id"]
    return str(product["product_id"])


@seed("variant_id")
def _variant(owner: Owner) -> str:
    owner.has("product_id")
    variant_id = owner.things["variant_id"]
    path = f"/v1/products/{owner.things['product_id']}/inventory/{variant_id}"
    owner.make("catalog", path, {"tracked": True, "levels": [{"on_hand": 50}]}, method="PUT")
    return variant_id


_OFFER = {
    "retailer": "Northshop",
    "url": "https://northshop.example/shirt",
    "price": {"amount_minor": 1899, "currency": "CAD"},
}


@seed("offer_id")
def _offer(owner: Owner) -> str:
    path = f"/v1/products/{owner.has('product_id')}/offers/shop-1"
    owner.make("catalog", path, _OFFER, method="PUT")
    return "shop-1"


@seed("reservation_id")
def _reservation(owner: Owner) -> str:
    return str(owner.make("catalog", "/v1/reservations", _reserve(owner))["reservation_id"])


@seed("category_id")
def _category(owner: Owner) -> str:
    body = {"market": "CA", "name": _unique("Shoes")}
    return str(owner.make("catalog", "/v1/categories", body)["category_id"])


@seed("brand_id")
def _brand(owner: Owner) -> str:
    return str(owner.make("catalog", "/v1/brands", {"name": _unique("Brand")})["brand_id"])


@seed("metric_code")
def _metric(owner: Owner) -> str:
    body = {"code": _unique("calls").replace(" ", "_"), "aggregation": "sum", "unit": "call"}
    return str(owner.make("billing", "/v1/metrics", body)["code"])


@seed("job_id")
def _job(owner: Owner) -> str:
    return str(owner.make("quality", "/v1/quality/jobs", {"mode": "preview"})["job_id"])


@seed("rule_id")
def _rule(owner: Owner) -> str:
    body = {"name": _unique("rule").replace(" ", "-"), "entity": "product", "field": "brand", "kind": "required"}
    return str(owner.make("quality", "/v1/quality/rules", body)["rule_id"])


@seed("threshold_id")
def _threshold(owner: Owner) -> str:
    body = {"metric": "score", "direction": "below", "limit": "80"}
    return str(owner.make("quality", "/v1/quality/thresholds", body, method="PUT")["threshold_id"])


@seed("collection_id")
def _collection(owner: Owner) -> str:
    return str(owner.make("catalog", "/v1/collections", {"title": _unique("Collection")})["collection_id"])


def _reserve(owner: Owner) -> dict[str, Any]:
    product = owner.has("product_id")
    line = {"product_id": product, "variant_id": _variant(owner), "quantity": 1}
    return {"lines": [line], "reservation_id": f"order-{next(_numbers):08}"}


def _adjust(owner: Owner) -> dict[str, Any]:
    owner.has("product_id")
    return {"adjustments": [{"variant_id": _variant(owner), "units": -2}]}


QUERIES = {
    "market": "CA",
    "country": "CA",
    "shop": "somebody.myshopify.com",
    "metric": "billable_items",
    "start": "2026-03-01",
    "end": "2026-03-31",
}
"""Query parameter that must be given → a value for it."""

BODIES: dict[str, Callable[[Owner], dict[str, Any]]] = {
    "create_reservation": _reserve,
    "adjust_inventory": _adjust,
    "send_usage": lambda _owner: {"transaction_id": _unique("use"), "metric": "billable_items", "value": 1},
}
"""Operation → a body that its model's own examples cannot give, because ids stand in it."""

from tests import seeds_of_invoices, seeds_of_selling  # noqa: E402, F401 - adds its own seeds and bodies

"""The control API below `/sandbox/shopify`: what merchants, time and tests do. JSON in, JSON out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.sandbox.shopify import payloads, tokens
from local.sandbox.shopify.bulk import Bulk, host
from local.sandbox.shopify.editing import Editing, WrongEdit
from local.sandbox.shopify.graphql import GraphQLEndpoint
from local.sandbox.shopify.model import Customer, Product
from local.sandbox.shopify.seeding import seed
from local.sandbox.shopify.shop import Shop
from local.sandbox.shopify.webhooks import COMPLIANCE, Webhooks
from local.sandbox.shopify.world import World


@dataclass
class Controls:
    world: World
    webhooks: Webhooks
    editing: Editing
    bulk: Bulk
    graphql: GraphQLEndpoint

    def routes(self) -> list[Route]:
        post, shop = ["POST"], "/{shop}"
        return [
            Route("/", self.shops),
            Route("/settings", self.settings, methods=post),
            Route("/secrets", self.secrets, methods=post),
            Route(shop, self.shop),
            Route(shop, self.open, methods=["PUT"]),
            Route(f"{shop}/seed", self.seed, methods=post),
            Route(f"{shop}/products", self.products),
            Route(f"{shop}/products", self.create, methods=post),
            Route(f"{shop}/products/{{product:int}}", self.edit, methods=["PATCH"]),
            Route(f"{shop}/products/{{product:int}}", self.delete, methods=["DELETE"]),
            Route(f"{shop}/orders", self.order, methods=post),
            Route(f"{shop}/orders/{{order:int}}", self.touch_order, methods=["PATCH"]),
            Route(f"{shop}/uninstall", self.uninstall, methods=post),
            Route(f"{shop}/tokens/revoke", self.revoke, methods=post),
            Route(f"{shop}/token-requests", self.token_requests),
            Route(f"{shop}/bucket", self.bucket, methods=post),
            Route(f"{shop}/bulk/next", self.host, methods=["PUT"]),
            Route(f"{shop}/deliveries", self.deliveries),
            Route(f"{shop}/deliveries/retry-now", self.retry, methods=post),
            Route(f"{shop}/deliveries/settled", self.settled, methods=post),
            Route(f"{shop}/deliveries/{{webhook}}/repeat", self.repeat, methods=post),
            Route(f"{shop}/webhooks", self.emit, methods=post),
        ]

    def _shop(self, request: Request) -> Shop:
        return self.world.shop(request.path_params["shop"])

    async def shops(self, _request: Request) -> Response:
        return told({"shops": [_summary(shop) for shop in self.world.shops.values()]})

    async def settings(self, request: Request) -> Response:
        """`bulk_delay` seconds, `bulk_held`, `strict_rotation`, `compliance_url`, `platform`."""
        asked = await request.json()
        app = self.world.state.app
        self.bulk.delay = float(asked.get("bulk_delay", self.bulk.delay))
        if "bulk_held" in asked:
            self.bulk.hold(held=bool(asked["bulk_held"]))
        self.world.strict_rotation = bool(asked.get("strict_rotation", self.world.strict_rotation))
        app.compliance_url = str(asked.get("compliance_url", app.compliance_url))
        app.platform = str(asked.get("platform", app.platform))
        return told({
            "bulk_delay": self.bulk.delay, "bulk_held": self.bulk.held, "strict_rotation": self.world.strict_rotation,
            "compliance_url": app.compliance_url, "platform": app.platform,
        })  # fmt: skip

    async def secrets(self, request: Request) -> Response:
        """`add` a new client secret: both are good, webhooks go on being signed with the older. `revoke_old`: only the newest."""
        asked, app = await request.json(), self.world.state.app
        if asked.get("add"):
            app.secrets = [str(asked["add"]), *app.secrets]
        if asked.get("revoke_old"):
            app.secrets = app.secrets[:1]
        return told({"secrets": len(app.secrets)})

    async def shop(self, request: Request) -> Response:
        return told(_summary(self._shop(request)))

    async def open(self, request: Request) -> Response:
        asked = await request.json() if await request.body() else {}
        self.graphql.buckets.pop(request.path_params["shop"], None)
        shop = self.world.open_shop(
            request.path_params["shop"],
            name=asked.get("name", ""),
            currency=asked.get("currency", "CAD"),
            time_zone=asked.get("time_zone", "America/Toronto"),
        )
        return told(_summary(shop), 201)

    async def seed(self, request: Request) -> Response:
        """`products`, `variants_per_product`, `seed`; the shop is opened if need be."""
        asked, domain = await request.json(), request.path_params["shop"]
        shop = self.world.shops.get(domain) or self.world.open_shop(domain)
        seed(shop, self.world.clock, **{name: int(value) for name, value in asked.items()})
        return told(_summary(shop), 201)

    async def products(self, request: Request) -> Response:
        return told({"products": list(self._shop(request).state.products.values())})

    async def create(self, request: Request) -> Response:
        asked = await request.json()
        made = self.editing.create(self._shop(request), asked, silent=bool(asked.get("silent")))
        return told(made, 201)

    async def edit(self, request: Request) -> Response:
        asked, shop = await request.json(), self._shop(request)
        product = _product(shop, request)
        self.editing.edit(shop, product, asked, silent=bool(asked.get("silent")))
        return told(product)

    async def delete(self, request: Request) -> Response:
        shop = self._shop(request)
        product = _product(shop, request)
        self.editing.delete(shop, product, silent=request.query_params.get("silent") == "1")
        return told({"deleted": product.id})

    async def order(self, request: Request) -> Response:
        asked = await request.json()
        lines = [(int(line["variant_id"]), int(line.get("quantity", 1))) for line in asked.get("lines", ())]
        order = self.editing.order(self._shop(request), lines, silent=bool(asked.get("silent")))
        return told(order, 201)

    async def touch_order(self, request: Request) -> Response:
        asked, shop = await request.json(), self._shop(request)
        order = shop.state.orders.get(request.path_params["order"])
        if order is None:
            raise WrongEdit("order: there is none of that id")
        self.editing.touch_order(shop, order, status=asked.get("status", ""), cancelled=bool(asked.get("cancelled")))
        return told(order)

    async def uninstall(self, request: Request) -> Response:
        self.editing.uninstall(self._shop(request))
        return told({"installed": False})

    async def revoke(self, request: Request) -> Response:
        tokens.revoke(self._shop(request))
        return told({"revoked": True})

    async def token_requests(self, request: Request) -> Response:
        return told({"token_requests": self._shop(request).state.token_requests})

    async def bucket(self, request: Request) -> Response:
        """`available`, `maximum`, `restored` (a second): the shop's cost bucket as it is from now on."""
        asked, bucket = await request.json(), self.graphql.bucket(self._shop(request))
        now = self.world.clock.seconds()
        bucket.level(now)
        bucket.maximum = float(asked.get("maximum", bucket.maximum))
        bucket.restored = float(asked.get("restored", bucket.restored))
        bucket.available = min(bucket.maximum, float(asked.get("available", bucket.available)))
        return told(bucket.status(now))

    async def host(self, request: Request) -> Response:
        """The body is the result of the shop's next bulk operation, whatever that asks for."""
        size = await host(self.world, self._shop(request), request.stream())
        return told({"bytes": size}, 201)

    async def deliveries(self, request: Request) -> Response:
        """Filtered by `topic` and `state`; the last `limit` of them, oldest first."""
        wanted = {name: request.query_params.get(name, "") for name in ("topic", "state")}
        limit = int(request.query_params.get("limit", "200"))
        found = [
            each
            for each in self._shop(request).state.deliveries
            if wanted["topic"] in ("", each.topic) and wanted["state"] in ("", each.state)
        ]
        return told({"deliveries": found[-limit:], "count": len(found)})

    async def retry(self, request: Request) -> Response:
        return told({"retried": await self.webhooks.retry(self._shop(request))})

    async def settled(self, request: Request) -> Response:
        """Answers once nothing is on its way any more, or with 408 after `within` seconds."""
        try:
            async with asyncio.timeout(float(request.query_params.get("within", "30"))):
                await self.webhooks.settled()
        except TimeoutError:
            return told({"settled": False}, 408)
        return told({"settled": True})

    async def repeat(self, request: Request) -> Response:
        done = await self.webhooks.repeat(self._shop(request), request.path_params["webhook"])
        return told({"repeated": done}, 200 if done else 404)

    async def emit(self, request: Request) -> Response:
        """`topic` with a `body` of one's own; or a compliance topic, for which one is made."""
        asked, shop = await request.json(), self._shop(request)
        body = asked.get("body")
        if body is None and asked["topic"] in COMPLIANCE:
            customer = None if asked["topic"] == "shop/redact" else _customer(shop)
            body = payloads.compliance_body(shop, asked["topic"], customer, list(shop.state.orders)[:3])
        if body is None:
            raise WrongEdit("body: give the webhook's body")
        made = self.webhooks.emit(shop, asked["topic"], body)
        return told({"deliveries": made}, 201)


def told(document: Any, status: int = 200) -> Response:
    """Records and all as JSON; quick also with a hundred thousand of them."""
    return Response(msgspec.json.encode(document), status, media_type="application/json")


def _product(shop: Shop, request: Request) -> Product:
    product = shop.product(request.path_params["product"])
    if product is None:
        raise WrongEdit("product: there is none of that id")
    return product


def _customer(shop: Shop) -> Customer:
    order = next(iter(shop.state.orders.values()), None)
    return (
        order.customer if order else Customer(191167, "customer-0@example.com", "Avery", "Tremblay", "+1 902 555 0142")
    )


def _summary(shop: Shop) -> dict[str, Any]:
    state = shop.state
    return {
        "domain": state.domain,
        "name": state.name,
        "currency": state.currency,
        "products": len(state.products),
        "variants": sum(len(product.variants) for product in state.products.values()),
        "orders": len(state.orders),
        "installed": state.installation is not None,
        "scopes": state.installation.scopes if state.installation else [],
        "subscriptions": state.subscriptions,
        "operations": state.operations[-10:],
        "deliveries": len(state.deliveries),
        "location_id": state.location_id,
        "id": state.id,
    }

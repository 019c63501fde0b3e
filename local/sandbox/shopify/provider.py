"""Shopify as a provider of the sandbox: its parts put together, its routes, its background work, its state."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from local.sandbox.clock import Clock
from local.sandbox.faults import Faults
from local.sandbox.provider import Options
from local.sandbox.shopify.bulk import Bulk
from local.sandbox.shopify.controls import Controls
from local.sandbox.shopify.editing import Editing
from local.sandbox.shopify.graphql import GraphQLEndpoint, admin_schema
from local.sandbox.shopify.harbour_and_field import DOMAIN, furnish
from local.sandbox.shopify.model import App, ShopifyState
from local.sandbox.shopify.oauth import OAuth
from local.sandbox.shopify.pages import Pages
from local.sandbox.shopify.roots import catalogue
from local.sandbox.shopify.webhooks import ANSWER_WITHIN, CONNECT_WITHIN, Webhooks
from local.sandbox.shopify.world import CLIENT_ID, PROVIDER, NoSuchShop, World

FAULTS = (
    "throttled", "token_revoked", "refresh_refused", "bulk_failed", "duplicate_webhooks", "reordered_webhooks", "dropped_webhooks",
    "wrong_signature",
)  # fmt: skip

LOOK_EVERY = 0.25
"""Seconds between two looks for retries that are due."""


class Shopify:
    """A provider, as `local.sandbox.provider.Provider` wants it."""

    name = PROVIDER

    def __init__(self, options: Options, clock: Clock, faults: Faults, files: Path, kept: bytes | None) -> None:
        app = App(CLIENT_ID, [options.app_secret], options.platform, options.compliance_url)
        state = msgspec.json.decode(kept, type=ShopifyState) if kept else ShopifyState(app)
        # What is kept is the shops; who the app is and where it lives is said anew at each start.
        state.app.platform, state.app.compliance_url = options.platform, options.compliance_url
        state.app.secrets = [options.app_secret] if options.app_secret not in state.app.secrets else state.app.secrets
        clock.skipped = max(clock.skipped, state.skipped_seconds)
        faults.offer(PROVIDER, FAULTS)
        self.world = World(state, clock, faults, files, options.base_url)
        self.webhooks = Webhooks(self.world)
        self.editing = Editing(self.world, self.webhooks)
        schema = admin_schema()
        self.bulk = Bulk(self.world, self.webhooks, schema, catalogue)
        self.graphql = GraphQLEndpoint(self.world, schema, self.bulk, self.editing)
        self._watch: asyncio.Task[None] | None = None
        if DOMAIN not in self.world.shops and options.default_shop:
            furnish(self.world, self.editing)

    def routes(self) -> list[Route]:
        oauth, pages = OAuth(self.world), Pages(self.world, self.editing)
        return [
            Route("/", pages.shops),
            Route("/{shop}/admin/oauth/authorize", oauth.ask),
            Route("/{shop}/admin/oauth/authorize", oauth.agree, methods=["POST"]),
            Route("/{shop}/admin/oauth/access_token", oauth.token, methods=["POST"]),
            Route("/{shop}/admin/api/{version}/graphql.json", self.graphql.serve, methods=["POST"]),
            Route("/{shop}/bulk/{file}", self.result),
            Route("/{shop}/", pages.products),
            Route("/{shop}/products", pages.create, methods=["POST"]),
            Route("/{shop}/products/{product:int}", pages.product),
            Route("/{shop}/products/{product:int}", pages.save, methods=["POST"]),
            Route("/{shop}/uninstall", pages.uninstall, methods=["POST"]),
        ]

    def controls(self) -> list[Route]:
        return Controls(self.world, self.webhooks, self.editing, self.bulk, self.graphql).routes()

    async def result(self, request: Request) -> Response:
        """A bulk result, whole or by ranges; 403 once it has expired, as the storage behind Shopify answers."""
        shop = self.world.shop(request.path_params["shop"])
        number, _, rest = request.path_params["file"].partition(".")
        path = self.bulk.file_of(shop, int(number), partial=rest == "partial.jsonl") if number.isdigit() else None
        if path is None or not path.is_file():
            raise HTTPException(403, "The signed URL has expired or is not valid")
        return FileResponse(path, media_type="application/jsonl", headers={"Cache-Control": "private"})

    def placed(self, path: str) -> tuple[str, str]:
        """Where a path is, in the words of the fault switches: the shop, and graphql, token, bulk or pages."""
        parts = path.strip("/").split("/")
        ends = {"graphql.json": "graphql", "access_token": "token"}
        place = ends.get(parts[-1], "bulk" if "bulk" in parts else "pages")
        return parts[0], place

    async def start(self) -> None:
        timeout = httpx.Timeout(ANSWER_WITHIN, connect=CONNECT_WITHIN)
        self.webhooks.client = httpx.AsyncClient(timeout=timeout, trust_env=False)
        self.webhooks.resume()
        self.bulk.resume()
        self._watch = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        if self.webhooks.client is not None:
            await self.webhooks.client.aclose()

    async def _look(self) -> None:
        while True:
            await self.webhooks.due()
            await asyncio.sleep(LOOK_EVERY)

    def kept(self) -> bytes:
        self.world.state.skipped_seconds = self.world.clock.skipped
        return msgspec.json.encode(self.world.state)

    def refused(self, _request: Request, error: Exception) -> Response:
        """There is no such shop."""
        assert isinstance(error, NoSuchShop)
        return JSONResponse({"errors": "Not Found"}, 404)

    handled: type[Exception] = NoSuchShop
